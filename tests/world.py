"""A whole Aftertouch in one process: real store and services, connectors on the simulator, a clock we move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from app.cadence.thread import Channel
from app.services import advising, linking
from app.services.announcing import Announcer
from app.services.parts import Parts
from app.services.seating import Seats
from app.settings import Settings
from app.store import people, sync_jobs
from app.store.accounts import Account
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from app.worker import LEASE, Worker
from connectors import Connector, GmailConnector, OutlookConnector, Transport
from connectors.quota import Purse
from connectors.simulator import SimulatorConfig, callbacks, create_simulator

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
GMAIL = "ana@example.com"
OUTLOOK = "ana.berg@outlook.example"
ADDRESS = {"google": GMAIL, "microsoft": OUTLOOK}
BASE_URL = "http://127.0.0.1:8025"


@dataclass
class Clock:
    """Time that passes only when told to, or by sleeping."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - NOW).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    """Ana's two mailboxes at the simulator and an Aftertouch that may link them. Close it at the end."""

    folder: Path
    config: SimulatorConfig = field(default_factory=lambda: SimulatorConfig(redirect_uris=callbacks(BASE_URL)))
    clock: Clock = field(default_factory=Clock)
    outbound: httpx.AsyncBaseTransport | None = None
    database_url: str = ""

    def __post_init__(self) -> None:
        self.simulator = create_simulator(self.config, clock=self.clock, outbound=self.outbound)
        self.browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.simulator), base_url=self.config.base_url
        )
        url = self.database_url or f"sqlite:///{self.folder / 'aftertouch.sqlite3'}"
        database = Database.open(url, across_people=True)
        database.migrate()
        self.parts = Parts(
            settings=Settings(data_dir=self.folder, base_url=BASE_URL),
            clock=self.clock,
            database=database,
            sealer=Sealer(Keyring.new()),
            connectors=self._connectors(),
            announcer=Announcer(),
            zone="Europe/Berlin",
            country="DE",
            sample=True,
        )
        self.worker = Worker(self.parts)
        with database.write() as tx:
            self.person_id = people.sole_person(tx, self.clock())

    def wire(self) -> httpx.AsyncBaseTransport:
        """What stands for the network between Aftertouch and the providers."""
        return httpx.ASGITransport(app=self.simulator)

    def _connectors(
        self, purses: Mapping[str, Purse] | None = None, *, seated_by: Database | None = None
    ) -> dict[str, Connector]:
        """`purses` are what all processes draw on together, by provider; `seated_by` gives them places in turn."""
        clock, shared = self.clock, purses or {}
        seats = {name: Seats(seated_by, name, clock=clock) if seated_by else None for name in ADDRESS}
        transport = Transport(
            (self.config.base_url,),
            wire=self.wire(),
            sleep=clock.sleep,
            monotonic=clock.monotonic,
            chance=lambda: 0.5,
            clock=clock,
        )
        return {
            "google": GmailConnector(
                client_id=self.config.google_client_id,
                client_secret=self.config.google_client_secret,
                issuer=self.config.google_issuer,
                api_root=self.config.gmail_url,
                transport=transport,
                clock=clock,
                push_topic="projects/aftertouch/topics/gmail",
                push_sender=self.config.google_push_account,
                purse=shared.get("google"),
                seats=seats["google"],
            ),
            "microsoft": OutlookConnector(
                client_id=self.config.microsoft_client_id,
                client_secret=self.config.microsoft_client_secret,
                authority=self.config.microsoft_authority,
                graph_root=self.config.graph_url,
                transport=transport,
                clock=clock,
                purse=shared.get("microsoft"),
                seats=seats["microsoft"],
            ),
        }

    async def consent(self, url: str, provider: str, *, button: str = "allow") -> dict[str, str]:
        """Open the provider's consent page, press a button, and return what the callback is told."""
        form = LexborHTMLParser((await self.browser.get(url)).text).css_first("form")
        pressed = form.css_first(f"button#{button}").attributes
        fields: dict[str, list[str]] = {"account": [ADDRESS[provider]], str(pressed["name"]): [str(pressed["value"])]}
        for box in form.css("input[type=hidden], input[type=checkbox][checked]"):
            fields.setdefault(str(box.attributes["name"]), []).append(str(box.attributes["value"]))
        answer = await self.browser.post(urljoin(url, str(form.attributes["action"])), data=fields)
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    async def link(self, provider: str) -> str:
        """Link one of Ana's mailboxes through its consent page; the account id."""
        url = await linking.begin(self.parts, self.person_id, provider, self.clock())
        answer = await self.consent(url, provider)
        return await linking.finish(self.parts, self.person_id, provider, answer, self.clock())

    async def link_both(self) -> None:
        for provider in ADDRESS:
            await self.link(provider)
        await self.sync()

    async def sync(self) -> None:
        """Run every due sync to its end, as the worker would."""
        while lease := self._take():
            await self.worker.settle(lease)

    def _take(self) -> sync_jobs.Lease | None:
        with self.parts.database.write() as tx:
            return sync_jobs.take_due(tx, self.clock(), LEASE)

    async def poll(self) -> None:
        """Let a poll period pass and sync what is due."""
        self.clock.advance(seconds=self.parts.settings.poll_seconds + 1)
        await self.sync()

    def accounts(self) -> list[Account]:
        return linking.list_accounts(self.parts, self.person_id)

    async def advice(self, *to: str, **question: Any) -> advising.Advice:
        asked = advising.Question(Channel.EMAIL, to, zone="Europe/Berlin", **question)
        return await advising.advise(self.parts, self.person_id, asked, self.clock())

    async def control(self, what: str, **body: Any) -> dict[str, Any]:
        """Tell the simulator something; see connectors/simulator/control.py."""
        answer = await self.browser.post(f"/_simulator/{what}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def deliver(self, mailbox: str = GMAIL, **letter: str) -> None:
        provider = next(name for name, address in ADDRESS.items() if address == mailbox)
        said = {"mailbox": mailbox, "provider": provider, "to": mailbox, "subject": "Hello", "text": "Hello Ana."}
        await self.control("deliver", **{**said, **letter})

    async def close(self) -> None:
        await self.browser.aclose()
        self.parts.database.close()
