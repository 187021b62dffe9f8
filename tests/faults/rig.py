"""A rig for faults: two small mailboxes at the simulator, an Aftertouch that can be restarted, and what both hold."""

import asyncio
import hashlib
import itertools
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from sqlalchemy import select

from app.main import create_app
from app.services.announcing import Announcer
from app.services.parts import Parts
from app.services.shelf import Shelf
from app.store import people
from app.store.database import Database
from app.store.tables import accounts, dead_letters, messages, sync_jobs
from app.store.tables import audit as audit_table
from app.worker import LEASE, Worker
from connectors.simulator import SimulatorConfig, callbacks
from connectors.simulator.mailbox import Item, Mailbox
from connectors.simulator.sample import sample_mailboxes
from tests.world import ADDRESS, BASE_URL, GMAIL, NOW, OUTLOOK, World

RITA, THEO, DANA = "rita@acme.example", "theo@marlow.example", "dana@northwind.example"
PEOPLE = (RITA, THEO, DANA)


@dataclass
class Rig(World):
    """`Rig(folder)` holds a dozen letters in each mailbox: three people, written to and chased, one who answered."""

    config: SimulatorConfig = field(
        default_factory=lambda: SimulatorConfig(
            sample=False, redirect_uris=callbacks(BASE_URL), google_push_url=f"{BASE_URL}/hooks/google"
        )
    )

    def __post_init__(self) -> None:
        self.outbound = _Doorstep(self)
        self.line = _Line(self)
        shutil.copy(_migrated(), self.folder / "aftertouch.sqlite3")
        super().__post_init__()
        self.parts = replace(self.parts, announcer=Impatient())
        self.worker = Worker(self.parts, chance=lambda: 0.5)
        self.provider = self.simulator.state.world
        self.provider.sleep = self.line.sleep
        self.pusher = self.simulator.state.pusher
        self.url = f"sqlite:///{self.folder / 'aftertouch.sqlite3'}"
        self.numbers = itertools.count(1)
        self.provider.mailboxes += sample_mailboxes(self.config.seed)
        for address in (GMAIL, OUTLOOK):
            self.fill(address)

    def wire(self) -> httpx.AsyncBaseTransport:
        return self.line

    def twin(self, database: Database | None = None) -> Parts:
        """Another process at work on the same store: nothing in memory is shared with the first.

        From here on both take their places at the mailboxes as processes do.
        """
        mine, opened = self.parts.database, database or Database.open(self.url, across_people=True)
        self.parts = replace(self.parts, connectors=self._connectors(seated_by=mine))
        self.worker = Worker(self.parts, chance=lambda: 0.5)
        own = self._connectors(seated_by=opened)
        return replace(self.parts, database=opened, connectors=own, announcer=Impatient(), shelf=Shelf())

    def renewals(self) -> dict[str, int]:
        """How often each mailbox's refresh token was used at its provider."""
        used: Counter[str] = Counter()
        for grant in self.provider.grants.grants.values():
            used[grant.address] += grant.renewed
        return dict(used)

    def box(self, address: str = GMAIL) -> Mailbox:
        found: Mailbox | None = self.provider.mailbox(address)
        assert found is not None
        return found

    def fill(self, address: str) -> None:
        """Rita was written to four times, Theo twice; Dana answered."""
        for days, other, mine in (
            (40, RITA, True), (35, RITA, True), (30, RITA, True), (20, RITA, True),
            (28, THEO, True), (9, THEO, True), (26, DANA, True), (8, DANA, True), (6, DANA, False),
        ):  # fmt: skip
            self.write(other, address, mine=mine, days=days)

    def write(
        self, other: str, address: str = GMAIL, *, mine: bool = False, days: float = 0, folder: str = "", text: str = ""
    ) -> Item:
        """Put one letter into a mailbox, straight at the provider; no push is sent."""
        at = self.clock() - timedelta(days=days)
        sender, to = (address, other) if mine else (other, address)
        number = next(self.numbers)
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: {'' if mine else 'Re: '}Application at {other}\r\n"
            f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <{number}.{address}>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text or f'Hello, letter {number}. When may I call?'}\r\n"
        ).encode()
        place = folder or ("sentitems" if mine else "inbox")
        if place not in self.box(address).folders:
            self.box(address).add_folder(place, place.title())
        return self.box(address).add(raw, at, place, logged=self.clock())

    async def linked(self) -> "Rig":
        await self.link_both()
        return self

    async def restart(self) -> None:
        """Another process on the same files: nothing that was only in memory is left."""
        self.parts.database.close()
        self.use(Database.open(self.url, across_people=True))

    def move_to(self, url: str) -> None:
        """Begin anew on another, empty store."""
        self.parts.database.close()
        self.url = url
        self.use(Database.open(url, across_people=True))
        with self.parts.database.write() as tx:
            self.person_id = people.sole_person(tx, self.clock())

    def use(self, database: Database) -> None:
        self.parts = replace(self.parts, database=database, connectors=self._connectors(), announcer=Impatient())
        self.worker = Worker(self.parts, chance=lambda: 0.5)

    @property
    def answers(self) -> list[int]:
        """The status codes our hooks gave since the last look."""
        assert isinstance(self.outbound, _Doorstep)
        told, self.outbound.answers = self.outbound.answers, []
        return told

    async def fault(self, name: str, **options: Any) -> None:
        await self.control("faults", name=name, **options)

    async def mend(self) -> None:
        await self.control("faults", clear=True)

    async def polls(self, count: int) -> None:
        for _ in range(count):
            await self.poll()

    async def deep(self) -> None:
        """Let the slow layers' time come, and walk them."""
        self.clock.advance(minutes=31)
        await self.sync()

    async def part_sync(self, pages: int) -> None:
        """Sync whatever is due until so many pages are stored, then die on the spot and start again."""
        self.parts = replace(self.parts, announcer=_Dying(pages))
        self.worker = Worker(self.parts, chance=lambda: 0.5)
        await self.until_killed()

    async def until_killed(self) -> bool:
        """Sync whatever is due; True when the process died on the way. It is started again after its lease."""
        try:
            await self.sync()
            died = False
        except Killed:
            died = True
            self.clock.advance(seconds=LEASE.total_seconds() + 1)
        await self.restart()
        return died

    async def grant(self, url: str, account: str) -> dict[str, str]:
        """Say yes at the provider for that mailbox; what the callback is told."""
        answer = await self.control("consent", url=url, account=account)
        return dict(parse_qsl(urlsplit(answer["location"]).query))

    def rows(self, table: Any, *columns: Any) -> list[Any]:
        with self.parts.database.read() as tx:
            return list(tx.execute(select(*(columns or table.c))))

    def stored(self, address: str = GMAIL) -> dict[str, Any]:
        """Stored messages of a mailbox by provider id."""
        ids = {row.id for row in self.rows(accounts) if row.address == address}
        return {row.provider_message_id: row for row in self.rows(messages) if row.account_id in ids}

    def truth(self, address: str = GMAIL) -> dict[str, Item]:
        """What the provider holds now and shows, drafts and chats left out."""
        box = self.box(address)
        shown = (item for item in box.items.values() if not item.visible_from or item.visible_from <= self.clock())
        real = (item for item in shown if not item.is_draft and item.folder != "conversationhistory")
        return {
            item.gmail_id if box.provider == "google" else box.graph_id(item, immutable=True): item for item in real
        }

    def missing(self, address: str = GMAIL) -> set[str]:
        return self.truth(address).keys() - self.stored(address).keys()

    def account(self, address: str = GMAIL) -> Any:
        return next(account for account in self.accounts() if account.address == address)

    def job(self, address: str = GMAIL) -> Any:
        return next(row for row in self.rows(sync_jobs) if row.account_id == self.account(address).id)

    def events(self) -> list[str]:
        return [row.what for row in self.rows(audit_table)]

    def dead(self) -> list[Any]:
        return self.rows(dead_letters)

    def cursor(self, address: str = GMAIL) -> dict[str, Any]:
        from app.store import accounts as stored_accounts

        with self.parts.database.read() as tx:
            text = stored_accounts.open_cursor(tx, self.parts.sealer, self.account(address).id)
        found: dict[str, Any] = json.loads(text or "{}")
        return found

    def meter(self, address: str = GMAIL) -> Any:
        return self.provider.meter.tally(address)

    def digest(self) -> str:
        """The ledger without row numbers and seals: what was stored of which message, in no order."""
        wanted = ("provider_message_id", "message_key", "at", "outbound", "sender", "folder", "present", "reading")
        told = sorted([str(getattr(row, name)) for name in wanted] for row in self.rows(messages))
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    async def verdicts(self) -> Mapping[str, tuple[object, ...]]:
        """What would be said about each person, without the ids that differ from one store to the next."""
        found = {}
        for who in PEOPLE:
            advice = await self.advice(who)
            rules = tuple(warning.rule for warning in advice.warnings)
            counted = tuple((one.unanswered, one.stage, one.state) for one in advice.recipients)
            found[who] = (advice.level, rules, advice.next_good_date, counted)
        return found


class _Doorstep(httpx.AsyncBaseTransport):
    """Carries the providers' pushes to the web application as it runs now."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.answers: list[int] = []
        self.last: httpx.Request | None = None
        self._open: tuple[Parts | None, Any] = (None, None)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.last = request
        if self._open[0] is not self.rig.parts:
            self._open = (self.rig.parts, create_app(self.rig.parts))
        answer = await httpx.ASGITransport(app=self._open[1]).handle_async_request(request)
        self.answers.append(answer.status_code)
        return answer


SLEPT: ContextVar[float] = ContextVar("SLEPT", default=0.0)


class _Line(httpx.AsyncBaseTransport):
    """The way to the simulator, with what a socket adds: a read that takes too long, and an answer that breaks off.

    Long sleeps of the simulator pass on the rig's clock, so that a hang of a minute costs no time.
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.paths: Counter[str] = Counter()

    async def sleep(self, seconds: float) -> None:
        if seconds < 1:
            await asyncio.sleep(seconds)
            return
        SLEPT.set(SLEPT.get() + seconds)
        self.rig.clock.advance(seconds=seconds)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        SLEPT.set(0.0)
        self.paths[request.url.path] += 1
        answer = await httpx.ASGITransport(app=self.rig.simulator).handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([chunk async for chunk in answer.stream])
        if SLEPT.get() > request.extensions["timeout"]["read"]:
            raise httpx.ReadTimeout("nothing came", request=request)
        if int(answer.headers.get("content-length", len(body))) > len(body):
            raise httpx.RemoteProtocolError("the connection was closed", request=request)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class Impatient(Announcer):
    """Nobody else works here while advice waits, so waiting would only cost time."""

    async def until(self, topic: str, holds: Callable[[], bool], *, within: float) -> bool:
        return holds()


class Killed(BaseException):
    """The process is gone; nothing after this line runs."""


class _Dying(Impatient):
    """Lets the process die right after the n-th page was committed and told of."""

    def __init__(self, pages: int) -> None:
        super().__init__()
        self.left = pages

    def tell(self, topic: str) -> None:
        self.left -= 1
        if self.left <= 0:
            raise Killed


@cache
def _migrated() -> Path:
    """An empty store with its tables, made once."""
    path = Path(mkdtemp()) / "empty.sqlite3"
    database = Database.open(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


__all__ = ["ADDRESS", "DANA", "GMAIL", "NOW", "OUTLOOK", "PEOPLE", "RITA", "THEO", "Killed", "Rig"]
