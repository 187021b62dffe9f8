"""Running processes: the web server, the workers, the simulator, one sync in the foreground."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from app import logs, tracing
from app.compose import open_parts, pointed_at, read_clock, simulation, sole_person
from app.main import create_app
from app.services import leaving, linking, signing_in
from app.services.parts import Parts
from app.settings import Settings, SettingsError
from app.store import sync_jobs
from app.store.accounts import Account
from app.worker import LEASE, Worker
from connectors.simulator.config import SimulatorConfig, callbacks

STARTED_EVERY = 0.02


async def serve(settings: Settings, *, host: str | None = None, port: int | None = None, works: bool = True) -> int:
    """The web server, with the sync work inside if it `works`, and the simulator when no provider is configured."""
    logs.set_up()
    tracing.set_up(settings)
    settings = _listening_at(settings, host, port)
    listener = _listen(host or settings.base.hostname or "127.0.0.1", port or settings.base.port or 8025)
    simulated = simulation(settings) if settings.simulates else None
    used, given = (pointed_at(simulated, settings), settings) if simulated else (settings, None)
    with open_parts(used, given=given, across_people=False, even_blind=True) as parts:
        if parts.sealer.why_blind:
            print(f"Read-only, and nothing is lost: {parts.sealer.why_blind}", file=sys.stderr, flush=True)
        server = _server(create_app(parts, works=works and not parts.sealer.why_blind))
        async with _beside(simulated, server):
            # Until the server listens to signals itself, one that comes must end it; and it raises the signal that
            # ended it once more, when what is still open here is to be closed first.
            signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
            print(f"Sign in: {_way_in(parts)}", flush=True)
            await server.serve(sockets=[listener])
    return 0 if server.started else 1


def _way_in(parts: Parts) -> str:
    """A one-time link on one's own machine; on a shared server the page where everybody signs in."""
    return parts.settings.base_url if parts.settings.hosted else signing_in.new_link(parts, parts.clock())


def _listening_at(settings: Settings, host: str | None, port: int | None) -> Settings:
    """Without a base address of its own the server's address is where it was told to listen."""
    if "base_url" in settings.model_fields_set or (host is None and port is None):
        return settings
    named = (settings.base.hostname if host in (None, "0.0.0.0", "::") else host) or ""  # noqa: S104
    spelled = f"[{named}]" if ":" in named else named
    return settings.model_copy(update={"base_url": f"http://{spelled}:{port or settings.base.port}"})


def _listen(host: str, port: int) -> socket.socket:
    """Raises SettingsError when the port is taken, before anything is started."""
    try:
        return socket.create_server(
            (host, port), backlog=128, family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise SettingsError(
            [
                f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}. "
                "Choose another port with: aftertouch serve --port N"
            ]
        ) from error


async def work(settings: Settings) -> int:
    """Sync workers only, until SIGTERM or SIGINT."""
    logs.set_up()
    tracing.set_up(settings)
    with open_parts(settings) as parts:
        working = asyncio.create_task(_syncing(parts))
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, working.cancel)
        await asyncio.gather(working, return_exceptions=True)
    return 0


async def _syncing(parts: Parts) -> None:
    """Alone on SQLite; on PostgreSQL one of many, and only then is the queue loaded."""
    if parts.database.backend == "sqlite":
        await Worker(parts).run()
        return
    from app.distributing import Distributed

    await Distributed(parts).run()


async def simulate(settings: Settings, *, port: int, seed: int) -> int:
    """The provider simulator alone."""
    config = SimulatorConfig(base_url=f"http://127.0.0.1:{port}", seed=seed, redirect_uris=callbacks(settings.base_url))
    for name, value in pointed_at(config, settings).model_dump().items():
        if name.startswith(("google_", "gmail_", "microsoft_", "graph_")) and "push" not in name:
            shown = value.get_secret_value() if isinstance(value, SecretStr) else value
            print(f"AFTERTOUCH_{name.upper()}={shown}", flush=True)
    await _run_simulator(config, port)
    return 0


async def sync_in_foreground(settings: Settings, address: str | None) -> int:
    """Sync one or all linked mailboxes now, with progress. 0 when all are caught up, 1 otherwise."""
    logs.set_up()
    with open_parts(settings) as parts:
        person_id = sole_person(parts)
        accounts = [each for each in linking.list_accounts(parts, person_id) if address in (None, each.address)]
        if not accounts:
            print("No such mailbox is linked." if address else "No mailbox is linked yet.", file=sys.stderr)
            return 1
        results = [await _sync_one(parts, account) for account in accounts]
    return 0 if all(results) else 1


async def _sync_one(parts: Parts, account: Account) -> bool:
    showing = asyncio.create_task(_show_progress(parts, account))
    try:
        with parts.database.write() as tx:
            sync_jobs.want(tx, account.id, parts.clock(), deep=True)
            lease = sync_jobs.take_due(tx, parts.clock(), LEASE, account_id=account.id)
        if lease is None:
            busy = "it is being synced by another process, or the provider asked to wait."
            print(f"{account.address}: {busy}", file=sys.stderr)
            return False
        await Worker(parts).settle(lease)
    finally:
        showing.cancel()
    after = next(each for each in linking.list_accounts(parts, account.person_id) if each.id == account.id)
    print(f"{after.address}: {after.state}" + (f" ({after.state_reason})" if after.state_reason else ""))
    return after.state == "live"


async def _show_progress(parts: Parts, account: Account) -> None:
    while True:
        await parts.announcer.next(account.person_id, within=5.0)
        for each in linking.list_accounts(parts, account.person_id):
            if each.id == account.id and each.progress_done is not None:
                total = f" of {each.progress_total}" if each.progress_total else ""
                print(f"{each.address}: {each.progress_done}{total} messages", flush=True)


async def erase(settings: Settings) -> dict[str, Any]:
    """Delete everything of this data folder's person; the receipt."""
    with open_parts(settings) as parts:
        receipt = await leaving.erase_all(parts, sole_person(parts))
    return {"revoked": receipt.revoked, "deleted": receipt.deleted}


def _server(app: FastAPI) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(app, access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=5)
    )


@contextlib.asynccontextmanager
async def _beside(config: SimulatorConfig | None, server: uvicorn.Server) -> AsyncIterator[None]:
    """The simulator in the same process, from when the server is up and for as long as the block lasts."""
    if config is None:
        yield
        return
    port = urlsplit(config.base_url).port or 0
    running = asyncio.create_task(_run_after(server, config, port))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _run_simulator(config: SimulatorConfig, port: int) -> None:
    from connectors.simulator.serve import run_simulator  # not loaded where real mailboxes are linked

    await run_simulator(config, port=port, clock=read_clock)


async def _run_after(server: uvicorn.Server, config: SimulatorConfig, port: int) -> None:
    """What is loaded for the simulator keeps nobody waiting for the first page."""
    while not server.started:  # noqa: ASYNC110 it is a plain flag of the server
        await asyncio.sleep(STARTED_EVERY)
    await _run_simulator(config, port)
