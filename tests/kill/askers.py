"""Real processes on one store that ask the same mailboxes at once: `python -m tests.kill.askers STORE URL ROLE...`.

STORE is a folder with its key, or `FOLDER=DATABASE_URL`; URL the simulator's. Each ROLE is a process of its own: `work`
syncs whatever is due and then reads Outlook's letters once more, three at a time; `probe` asks both mailboxes about
people again and again, as a web server does for several compose windows. The ids of the processes are printed in one
line; a line on standard input begins it; each process prints how often it was answered.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.compose import open_parts, pointed_at, read_clock
from app.services.grants import opened
from app.services.parts import Parts
from app.services.probing import glance
from app.settings import Settings
from app.store import accounts, messages, sync_jobs
from app.store.tables import accounts as every
from app.worker import LEASE, Worker
from connectors.simulator import SimulatorConfig
from tests.kill.runner import warm_up

ROUNDS = 2
WINDOWS = 3
READ = 40
PATIENCE = 20.0
"""Seconds, on however busy a machine: here what is in flight counts, and that everybody gets a turn."""


def settings_of(store: str, url: str) -> Settings:
    """The product's own settings, its providers at the simulator."""
    folder, _, database = store.partition("=")
    own = Settings(data_dir=Path(folder), database_url=database or None)
    return pointed_at(SimulatorConfig(base_url=url), own)


async def work(parts: Parts) -> int:
    """How many letters were read again."""
    while True:
        with parts.database.write() as tx:
            lease = sync_jobs.take_due(tx, parts.clock(), LEASE)
        if lease is None:
            break
        await Worker(parts).settle(lease)
    async with opened(parts, linked(parts)["microsoft"].id) as mailbox:
        assert mailbox is not None
        with parts.database.read() as tx:
            held = messages.present_since(tx, linked(parts)["microsoft"].id, parts.clock() - timedelta(days=400))
        return len((await mailbox.read(sorted(held)[:READ])).messages)


def linked(parts: Parts) -> dict[str, accounts.Account]:
    with parts.database.read() as tx:
        found = [accounts.get(tx, one) for one in tx.execute(select(every.c.id)).scalars()]
    return {account.provider: account for account in found}


async def ask(parts: Parts) -> int:
    """How many of all questions were answered in time by every mailbox."""
    asked = list(linked(parts).values())

    async def one(window: int) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await glance(parts, asked, [f"nobody{window}@never.example"], read_clock())
        except TimeoutError:
            return False
        return len(found.answered) == len(asked)

    answers = 0
    for _ in range(ROUNDS):
        answers += sum(await asyncio.gather(*(one(window) for window in range(WINDOWS))))
    return answers


def play(role: str, store: str, url: str, begin: int) -> int:
    with open_parts(settings_of(store, url)) as parts:
        os.read(begin, 1)
        return asyncio.run(work(parts) if role == "work" else ask(parts))


def main(store: str, url: str, *roles: str) -> None:
    if "work" in roles:
        warm_up()
    begin, start = os.pipe()
    children = []
    for role in roles:
        pid = os.fork()
        if pid == 0:
            print(f"{role} {play(role, store, url, begin)}", flush=True)
            os._exit(0)
        children.append(pid)
    print(*children, flush=True)
    sys.stdin.readline()
    os.write(start, b"g" * len(roles))
    for pid in children:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
