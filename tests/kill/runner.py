"""Processes to be killed: each syncs a folder's store against a simulator until caught up, dying where told.

For every line `FOLDER URL POINT COUNT` on its standard input this program forks one such process, prints its id, waits
for its end and prints how it ended. POINT is `none`, or `before-commit`, `after-commit`, `after-fetch`: the process
kills itself with SIGKILL when it gets there for the COUNT-th time; or `on-parser`, `on-reader`: a letter whose subject
says so kills whatever opens it, in the connector or in the reader. Any other death comes from outside.
"""

import asyncio
import os
import shutil
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import structlog
from sqlalchemy import Connection, update

from app.reading.inbound import read_inbound
from app.reading.outbound import read_sent
from app.services import letters
from app.services.announcing import Announcer
from app.services.parts import Parts
from app.settings import Settings
from app.store import sync_jobs
from app.store.database import Database
from app.store.key_file import read_or_make_key_file
from app.store.sealing import Sealer
from app.store.tables import sync_jobs as jobs
from app.worker import LEASE, Worker
from connectors import Connector, GmailConnector, OutlookConnector, Transport
from connectors.gmail import walk
from connectors.http import Answer, Ask
from connectors.message import Address, Message
from connectors.quota import GMAIL_2026, GRAPH
from connectors.simulator import SimulatorConfig

Opens = Callable[..., Any]
PLENTY = 10**9
"""Quota units: here the clock is real, and waiting for a minute's window would prove nothing."""


class Point:
    """Counts passages and dies at the last."""

    def __init__(self, name: str, count: int) -> None:
        self.name, self.left = name, count

    def passed(self, name: str) -> None:
        if name == self.name:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    point: Point

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        with super().write(durable=durable) as tx:
            yield tx
            self.point.passed("before-commit")
        self.point.passed("after-commit")


class MortalTransport(Transport):
    point: Point

    async def once(self, ask: Ask) -> Answer:
        answer = await super().once(ask)
        self.point.passed("after-fetch")
        return answer


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (a real process in a test)


TRUST = ssl.create_default_context()
"""Loaded once for all: it takes longer than a small sync."""


@cache
def linked_at(url: str) -> tuple[MortalTransport, dict[str, Connector]]:
    """Both connectors at a simulator, made once and inherited by every child; no connection is open yet."""
    config = SimulatorConfig(base_url=url)
    transport = MortalTransport((url,), wire=httpx.AsyncHTTPTransport(verify=TRUST))
    gmail = GmailConnector(
        client_id=config.google_client_id,
        client_secret=config.google_client_secret,
        issuer=config.google_issuer,
        api_root=config.gmail_url,
        transport=transport,
        clock=clock,
        quota=replace(GMAIL_2026, units=PLENTY),
    )
    outlook = OutlookConnector(
        client_id=config.microsoft_client_id,
        client_secret=config.microsoft_client_secret,
        authority=config.microsoft_authority,
        graph_root=config.graph_url,
        transport=transport,
        clock=clock,
        quota=replace(GRAPH, units=PLENTY),
    )
    return transport, {"google": gmail, "microsoft": outlook}


def parts_of(folder: Path, url: str, point: Point) -> Parts:
    """The product's parts on a folder, its providers at the simulator."""
    transport, linked = linked_at(url)
    transport.point = point
    database = MortalDatabase.open(f"sqlite:///{folder / 'aftertouch.sqlite3'}")
    assert isinstance(database, MortalDatabase)
    database.point = point
    database.migrate()
    sealer = Sealer(read_or_make_key_file(folder / "key.json"))
    return Parts(Settings(data_dir=folder), clock, database, sealer, linked, Announcer())


async def sync_everything(parts: Parts, over: datetime | None = None) -> None:
    """Everything now, also what a dead process held: its minute's lease is taken for given back, or run out `over`."""
    with parts.database.write() as tx:
        tx.execute(update(jobs).values(due_at=clock(), not_before=None))
        tx.execute(update(jobs).where(jobs.c.lease_until.is_not(None)).values(lease_until=over))
    while True:
        with parts.database.write() as tx:
            lease = sync_jobs.take_due(tx, clock(), LEASE)
        if lease is None:
            return
        await Worker(parts).settle(lease)


def warm_up() -> None:
    """The lexicons, which take longer to compile than a small mailbox to sync, are inherited by every child."""
    letter = Message("1", "1", clock(), Address("rita@acme.example"), text="Hello, may I call you on Friday?")
    read_inbound(letter, zone="UTC")
    read_sent(letter)


def rehearse(folder: Path, url: str) -> None:
    """One whole sync of a copy of the store: statements, which take longer to compile than to run, are inherited."""
    with TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        parts = parts_of(Path(copy), url, Point("none", 1))
        asyncio.run(sync_everything(parts))
        parts.database.close()
    linked_at.cache_clear()  # connections of this process are of no use to its children


def deadly(opening: Opens, subject: str) -> Opens:
    """Opens letters as ever, but for one."""

    def open_or_die(letter: Any, **how: Any) -> Any:
        if subject in str(letter):
            os.kill(os.getpid(), signal.SIGKILL)
        return opening(letter, **how)

    return open_or_die


def run(folder: Path, url: str, point: Point) -> None:
    """What a child does."""
    walk.message_from = deadly(walk.message_from, "on-parser")  # type: ignore[attr-defined]
    letters.read_once = deadly(letters.read_once, "on-reader")  # type: ignore[attr-defined]
    over = clock() if point.name.startswith("on-") else None
    asyncio.run(sync_everything(parts_of(folder, url, point), over))


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    warm_up()
    rehearsed = False
    for line in sys.stdin:
        folder, url, name, count = line.split()
        if not rehearsed:
            rehearse(Path(folder), url)
            rehearsed = True
        linked_at(url)
        pid = os.fork()
        if pid == 0:
            run(Path(folder), url, Point(name, int(count)))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
