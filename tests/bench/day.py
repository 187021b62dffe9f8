"""A day of many mailboxes on this machine: what one costs, by the real sync, store and limits against the simulator.

Time passes in the simulation only. AFTERTOUCH_DAY_MAILBOXES, _POLL, _DATABASE (sqlite or postgresql), _SHARDS say how
many, how often each is looked at while its person writes (five times more rarely else), on which database, and over how
many processes with a database each they are spread, by person. _HELD, _LETTERS and _ASKED: messages before, new ones in
the day, and questions for advice, of each.
"""

import asyncio
import gc
import heapq
import json
import logging
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import structlog
from sqlalchemy import Connection, func, select

from app.cadence.thread import Channel
from app.services import advising, linking
from app.services.budgets import SharedPurse
from app.store import devices, people
from app.store.tables import accounts, dead_letters, messages, metadata
from app.worker import Worker
from connectors.quota import GMAIL_2026, GRAPH
from connectors.simulator import SimulatorConfig, callbacks
from connectors.simulator.bulk import QUOTE, add_crowd
from connectors.simulator.mailbox import Item, Mailbox
from tests.bench.figure import Figure
from tests.bench.postgres_seconds import postgres_seconds
from tests.cluster.cluster import wheel_postgres
from tests.faults.rig import Impatient
from tests.postgres import OWNER, administer, database_named
from tests.world import BASE_URL, NOW, World

MAILBOXES = int(os.environ.get("AFTERTOUCH_DAY_MAILBOXES", "2000"))
POLL = int(os.environ.get("AFTERTOUCH_DAY_POLL", "300"))
DATABASE = os.environ.get("AFTERTOUCH_DAY_DATABASE", "postgresql")
SHARDS = int(os.environ.get("AFTERTOUCH_DAY_SHARDS", "2"))
HELD = int(os.environ.get("AFTERTOUCH_DAY_HELD", "20"))
"""Messages in every mailbox before it is linked."""
LETTERS = int(os.environ.get("AFTERTOUCH_DAY_LETTERS", "30"))
"""New ones in the day, one in four written by the person."""
SITTINGS, EVERY = 2, timedelta(minutes=12)
ASKED = int(os.environ.get("AFTERTOUCH_DAY_ASKED", "10")) // SITTINGS
"""Twice a day a person writes, and asks for advice every twelve minutes of it."""
STEP = timedelta(seconds=10)
DAY = timedelta(days=1)


class Line(httpx.AsyncBaseTransport):
    """The way to the simulator; `seconds` is its processor time, `received` the bytes of its answers."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._open = 0
        self._since = 0.0
        self.seconds, self.received, self.requests = 0.0, 0, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._since = self._since if self._open else time.process_time()
        self._open += 1
        try:
            status, headers, body = await _answer(self._application, request)
        finally:
            self._open -= 1
            self.seconds += 0.0 if self._open else time.process_time() - self._since
        self.received, self.requests = self.received + len(body), self.requests + 1
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


async def _answer(application: Any, request: httpx.Request) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Of an ASGI application, in one piece. httpx's own way looks through the packages for another loop each time."""
    url, sent = request.url, list[dict[str, Any]]()
    asked = {"type": "http.request", "body": await request.aread(), "more_body": False}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return asked

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    return sent[0]["status"], sent[0]["headers"], b"".join(each.get("body", b"") for each in sent)


@dataclass
class Service(World):
    """Many people's Aftertouch, all in this process but the database; `spent` holds processor seconds by kind."""

    config: SimulatorConfig = field(
        default_factory=lambda: SimulatorConfig(sample=False, redirect_uris=callbacks(BASE_URL))
    )
    spent: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        database, clock = self.parts.database, self.clock
        purses = {
            "google": SharedPurse(database, "google", window=GMAIL_2026.window, clock=clock),
            "microsoft": SharedPurse(database, "microsoft", window=GRAPH.window, clock=clock),
        }
        settings = self.parts.settings.model_copy(update={"poll_seconds": POLL})
        shared = self._connectors(purses)
        self.parts = replace(self.parts, settings=settings, connectors=shared, announcer=Impatient(), sample=False)
        self.worker = Worker(self.parts, chance=lambda: 0.5)
        self.provider = self.simulator.state.world

    def wire(self) -> httpx.AsyncBaseTransport:
        if not hasattr(self, "line"):
            self.line = Line(self.simulator)
        return self.line

    @contextmanager
    def measured(self, kind: str) -> Iterator[None]:
        """What the simulator took of it is left out."""
        begun, theirs = time.process_time(), self.line.seconds
        try:
            yield
        finally:
            took = time.process_time() - begun - (self.line.seconds - theirs)
            self.spent[kind] = self.spent.get(kind, 0.0) + took


@dataclass(frozen=True)
class Owner:
    """One person with one mailbox and one browser."""

    person_id: str
    device_id: str
    box: Mailbox


class Day:
    """Mailboxes linked and read for the first time, then one day of mail and of people writing."""

    def __init__(self, service: Service, server: str) -> None:
        self.service = service
        self.server = server
        self.luck = random.Random(20261123)
        self.owners: list[Owner] = []
        self.syncs = 0

    async def link_all(self, count: int) -> None:
        """Every mailbox through its provider's consent, and its first sync to the end."""
        service = self.service
        for box in add_crowd(service.provider, count, HELD):
            with service.parts.database.write() as tx:
                owner = Owner(people.add(tx, service.clock()), secrets.token_hex(16), box)
                device = devices.Device(owner.device_id, owner.person_id, "browser", NOW, None, NOW + 400 * DAY)
                devices.add(tx, device, token_hash=secrets.token_hex(32))
            self.owners.append(owner)
            with service.measured("linking"):
                url = await linking.begin(service.parts, owner.person_id, box.provider, service.clock())
                told = await service.control("consent", url=url, account=box.address)
                answer = dict(parse_qsl(urlsplit(str(told["location"])).query))
                await linking.finish(service.parts, owner.person_id, box.provider, answer, service.clock())
            await self.sync_due("first sync")

    async def sync_due(self, kind: str) -> None:
        service = self.service
        with service.measured(kind):
            while lease := service.worker.take():
                await service.worker.settle(lease)
                self.syncs += 1

    async def live(self) -> None:
        """The virtual day, in steps of ten seconds: mail comes, whoever writes asks, what is due is synced."""
        end = self.service.clock() + DAY
        coming = self._letters()
        asking = self._questions()
        while (now := self.service.clock()) < end:
            if now.minute == 0 and now.second < STEP.seconds:
                print(f"{now:%H:%M}, {self.syncs} syncs", file=sys.stderr, flush=True)
            while coming and coming[0][0] <= now:
                self._deliver(self.owners[heapq.heappop(coming)[1]])
            while asking and asking[0][0] <= now:
                await self._ask(self.owners[heapq.heappop(asking)[1]])
            await self.sync_due("sync")
            with self.service.measured("sync"):
                await self.service.worker.sweep()
            self.service.clock.now = max(self.service.clock(), now + STEP)
        self.service.clock.advance(seconds=5 * POLL + 60)
        await self.sync_due("sync")

    def _letters(self) -> list[tuple[datetime, int]]:
        begun = self.service.clock()
        found = [(begun + DAY * self.luck.random(), who) for who in range(len(self.owners)) for _ in range(LETTERS)]
        heapq.heapify(found)
        return found

    def _questions(self) -> list[tuple[datetime, int]]:
        begun, found = self.service.clock(), []
        for who in range(len(self.owners)):
            for sitting in range(SITTINGS):
                first = begun + DAY * (sitting + 0.9 * self.luck.random()) / SITTINGS
                found += [(first + EVERY * turn, who) for turn in range(ASKED)]
        heapq.heapify(found)
        return found

    def _deliver(self, owner: Owner) -> None:
        """One in four is the person's own, and one in three an answer in a thread the mailbox knows."""
        box, now = owner.box, self.service.clock()
        known = self.luck.choice(list(box.items.values()))
        mine = self.luck.random() < 0.25
        other = f"person{self.luck.randrange(60)}@company{self.luck.randrange(20)}.example"
        sender, to = (box.address, other) if mine else (other, box.address)
        answer = self.luck.random() < 1 / 3
        line = f"In-Reply-To: {known.letter.message_id}\r\nReferences: {known.letter.message_id}\r\n" if answer else ""
        number = self.luck.getrandbits(64)
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: Position {number % 1000}\r\nDate: {format_datetime(now)}\r\n"
            f"Message-ID: <{number:x}@day.example>\r\n{line}Content-Type: text/plain; charset=utf-8\r\n\r\n"
            f"Hello,\r\n\r\nthank you for your letter. We will get back to you by Friday.\r\n{QUOTE}"
        )
        box.add(raw.encode(), now, "sentitems" if mine else "inbox", thread=known.thread if answer else "")

    async def _ask(self, owner: Owner) -> None:
        """About somebody the mailbox knows, as the extension does; that the browser was used is noted."""
        service, now = self.service, self.service.clock()
        known = self.luck.choice(list(owner.box.items.values())).letter
        other = next(one for _, one in (*known.recipients, known.sender) if one != owner.box.address)
        with service.measured("advice"):
            with service.parts.database.write() as tx:
                devices.note_use(tx, owner.device_id, now)
            question = advising.Question(Channel.EMAIL, (other,), zone="Europe/Berlin")
            await advising.advise(service.parts, owner.person_id, question, now)

    def stand(self) -> Counter[str]:
        """How much there is of everything at this moment."""
        service, told = self.service, Counter[str]()
        with service.parts.database.read() as tx:
            for table in metadata.tables.values():
                told["rows"] += tx.execute(select(func.count()).select_from(table)).scalar_one()
            told["bytes"] = _bytes(tx)
        for owner in self.owners:
            told[owner.box.provider] += service.provider.meter.tally(owner.box.address).units
        told["requests"], told["received"] = service.line.requests, service.line.received
        told["database ms"] = round(1e3 * postgres_seconds(self.server)) if self.server else 0
        return told

    def wrongs(self) -> list[str]:
        """What is lost, doubled, unread or not current at the end of the day."""
        found = []
        with self.service.parts.database.read() as tx:
            held = select(accounts.c.address, messages.c.provider_message_id)
            held = held.join(messages, messages.c.account_id == accounts.c.id)
            stored = Counter((address, message_id) for address, message_id in tx.execute(held))
            late = tx.execute(select(accounts.c.address).where(accounts.c.state != "live")).scalars().all()
            dead = tx.execute(select(func.count()).select_from(dead_letters)).scalar_one()
        real = Counter(
            (owner.box.address, _id(owner.box, item)) for owner in self.owners for item in owner.box.items.values()
        )
        found += [f"{sum((real - stored).values())} lost"] if real - stored else []
        found += [f"{sum((stored - real).values())} too many"] if stored - real else []
        found += [f"{len(late)} mailboxes are not live"] if late else []
        return found + ([f"{dead} could not be read"] if dead else [])


def _bytes(tx: Connection) -> int:
    asked = "SELECT pg_database_size(current_database())"
    if tx.dialect.name == "sqlite":
        asked = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"
    return int(tx.exec_driver_sql(asked).scalar_one())


def _id(box: Mailbox, item: Item) -> str:
    return item.gmail_id if box.provider == "google" else box.graph_id(item, immutable=True)


def figures() -> Iterator[Figure]:
    begun = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.day"]
    shares = [MAILBOXES // SHARDS + (number < MAILBOXES % SHARDS) for number in range(SHARDS)]
    running = [subprocess.Popen([*command, str(share)], stdout=subprocess.PIPE) for share in shares]
    told: dict[str, Counter[str]] = {"first": Counter(), "day": Counter(), "wrong": Counter()}
    for process in running:
        for name, part in json.loads(process.communicate()[0]).items():
            told[name].update(part)
    yield Figure("mailboxes in the simulated day", MAILBOXES, "mailboxes")
    yield Figure("wall time of linking and the day, simulators included", time.monotonic() - begun, "seconds")
    yield Figure.at_most("lost, doubled, unread or not live at its end", told["wrong"].total(), "", 0)
    yield from _first(told["first"])
    yield from _daily(told["day"])


def _first(told: Counter[str]) -> Iterator[Figure]:
    yield Figure("linking one mailbox, processor", told["linking ms"] / MAILBOXES, "ms")
    yield Figure(f"first sync of {HELD} messages, processor", told["first sync ms"] / MAILBOXES, "ms")
    yield Figure("... and of the database, linking included", told["database ms"] / MAILBOXES, "ms")
    for name in ("google", "microsoft"):
        yield Figure(f"... provider units, {name}", told[name] / (MAILBOXES / 2), "units")
    yield Figure("... rows, a message", told["rows"] / MAILBOXES / HELD, "rows")
    yield Figure("... bytes, a message", told["bytes"] / MAILBOXES / HELD, "bytes")


def _daily(told: Counter[str]) -> Iterator[Figure]:
    spent = told["sync ms"] + told["advice ms"] + told["database ms"]
    yield Figure("a mailbox and day: syncs", told["syncs"] / MAILBOXES, "syncs")
    yield Figure("... processor of the workers", told["sync ms"] / MAILBOXES, "ms")
    yield Figure(f"... processor of advice, {SITTINGS * ASKED} times", told["advice ms"] / MAILBOXES, "ms")
    yield Figure("... processor of the database", told["database ms"] / MAILBOXES, "ms")
    yield Figure("... of all together", spent / MAILBOXES, "ms")
    yield Figure("... mailboxes a core carries at half load", 0.5 * 86_400e3 * MAILBOXES / spent, "mailboxes")
    for name in ("google", "microsoft"):
        yield Figure(f"... provider units, {name}", told[name] / (MAILBOXES / 2), "units")
    yield Figure("... requests to the provider", told["requests"] / MAILBOXES, "requests")
    yield Figure("... bytes from the provider", told["received"] / MAILBOXES / 1e3, "kB")
    yield Figure("... rows", told["rows"] / MAILBOXES, "rows")
    yield Figure("... bytes stored", told["bytes"] / MAILBOXES / 1e3, "kB")


@contextmanager
def _server() -> Iterator[tuple[str, str]]:
    """The superuser's URL and ours; both empty on SQLite."""
    if DATABASE == "sqlite":
        yield "", ""
        return
    with wheel_postgres() as server:
        administer(server, f"CREATE DATABASE day OWNER {OWNER}")
        yield server, database_named(server, "day")


async def _shard(day: Day, count: int) -> dict[str, Counter[str]]:
    empty = day.stand()
    await day.link_all(count)
    linked, day.syncs = day.stand(), 0
    gc.freeze()  # the mailboxes of so many people are no garbage
    await day.live()
    lived, wrong = day.stand(), Counter(day.wrongs())
    await day.service.close()
    spent = Counter({f"{kind} ms": round(1e3 * took) for kind, took in day.service.spent.items()})
    lived.subtract(linked)
    linked.subtract(empty)
    return {"first": linked + spent, "day": lived + spent + Counter(syncs=day.syncs), "wrong": wrong}


def main(count: int) -> None:
    """One shard of the day; its sums as JSON."""
    logging.disable()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder, _server() as (server, url):
        told = asyncio.run(_shard(Day(Service(Path(folder), database_url=url), server), count))
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
