"""A stage for connector tests: the simulator in-process, a clock that moves when told, a person at the browser."""

import json
from collections.abc import AsyncIterator, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from connectors import Connector, GmailConnector, OutlookConnector, Transport
from connectors.contract import Grant, Held, Mailbox, Page
from connectors.message import Message
from connectors.simulator import SimulatorConfig, create_simulator
from connectors.simulator.mailbox import Mailbox as SimulatedMailbox
from connectors.simulator.sample import load_sample
from connectors.simulator.world import World, new_world

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SINCE = START - timedelta(days=365)
ADDRESS = {"google": "ana@example.com", "microsoft": "ana.berg@outlook.example"}
PATH = {"google": "google", "microsoft": "microsoft"}


@dataclass
class Clock:
    """Time that passes only by sleeping or by being told to."""

    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@cache
def sample_boxes() -> list[SimulatedMailbox]:
    """Ana's sample mailboxes, written once for all tests; each test gets a copy."""
    world = new_world(SimulatorConfig(), lambda: START)
    load_sample(world, START.date())
    return world.mailboxes


class Stage:
    """One provider's simulator with Ana's sample mailbox, the connector that reads it, and what it kept."""

    def __init__(self, provider: str, **connector: Any) -> None:
        self.provider = provider
        self.address = ADDRESS[provider]
        self.clock = Clock()
        self.config = SimulatorConfig(sample=False)
        self.app = create_simulator(self.config, clock=self.clock)
        self.world: World = self.app.state.world
        self.world.mailboxes += deepcopy(sample_boxes())
        self.browser = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=self.config.base_url)
        self.connector = self.connected(**connector)
        self.kept: list[Grant] = []

    @property
    def redirect_uri(self) -> str:
        return next(uri for uri in self.config.redirect_uris if PATH[self.provider] in uri)

    def connected(self, **changes: Any) -> Connector:
        """A connector with the simulator's credentials, or with `changes`."""
        wire = httpx.ASGITransport(app=self.app)
        roots = (self.config.base_url,)
        clock = self.clock
        transport = Transport(roots, wire=wire, sleep=clock.sleep, monotonic=clock.monotonic, chance=lambda: 0.5)
        if self.provider == "google":
            google: dict[str, Any] = {
                "client_id": self.config.google_client_id,
                "client_secret": self.config.google_client_secret,
                "issuer": self.config.google_issuer,
                "api_root": self.config.gmail_url,
            }
            return GmailConnector(**{**google, **changes}, transport=transport, clock=clock)
        microsoft: dict[str, Any] = {
            "client_id": self.config.microsoft_client_id,
            "client_secret": self.config.microsoft_client_secret,
            "authority": self.config.microsoft_authority,
            "graph_root": self.config.graph_url,
        }
        return OutlookConnector(**{**microsoft, **changes}, transport=transport, clock=clock)

    async def consent(self, url: str, *, button: str = "allow", unticked: Iterable[str] = ()) -> dict[str, str]:
        """Open the consent page, press a button, and bring back what the provider tells the callback."""
        page = await self.browser.get(url)
        form = LexborHTMLParser(page.text).css_first("form")
        pressed = form.css_first(f"button#{button}").attributes
        fields = [("account", self.address), (str(pressed["name"]), str(pressed["value"]))]
        boxes = [box.attributes for box in form.css("input[type=hidden], input[type=checkbox][checked]")]
        ticked = [box for box in boxes if not any(part in str(box["value"]) for part in unticked)]
        fields += [(str(box["name"]), str(box["value"])) for box in ticked]
        answer = await self.browser.post(urljoin(url, str(form.attributes["action"])), data=_form(fields))
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    async def link(self, connector: Connector | None = None) -> Grant:
        connector = connector or self.connector
        asked = await connector.begin(redirect_uri=self.redirect_uri, login_hint=self.address)
        flow = json.loads(json.dumps(dict(asked.flow)))
        return await connector.finish(flow=flow, answer=await self.consent(asked.url), redirect_uri=self.redirect_uri)

    async def keep(self, grant: Grant) -> None:
        self.kept.append(grant)

    async def mailbox(self) -> Mailbox:
        return self.connector.open(await self.link(), keep=self.keep)

    async def control(self, what: str, **body: Any) -> dict[str, Any]:
        said = {"mailbox": self.address, "provider": self.provider, **body}
        answer = await self.browser.post(f"/_simulator/{what}", json=said)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def deliver(self, subject: str = "Your application", **letter: Any) -> str:
        """Put a message into the mailbox; its provider id."""
        said = {"from": "rita@acme.example", "to": self.address, "subject": subject, "text": "Hello Ana.", **letter}
        found = await self.control("deliver", **said)
        return str(found["message"]["id"])

    async def fill(self, count: int) -> None:
        """A mailbox with `count` more messages, one an hour, in threads of three."""
        for number in range(count):
            at = START - timedelta(hours=number + 1)
            letter = {"from": f"p{number % 7}@acme.example", "at": at.isoformat(), "subject": f"Topic {number // 3}"}
            await self.deliver(**letter)

    async def truth(self) -> dict[str, dict[str, Any]]:
        """Every message the provider holds, by provider id."""
        answer = await self.browser.get("/_simulator/truth", params={"mailbox": self.address})
        return {told["id"]: told for told in answer.json()["messages"]}

    async def broken_rules(self) -> list[str]:
        """Where the connector overstepped the provider's limits."""
        tally = self.world.meter.tally(self.address)
        return list(tally.violations)


@dataclass
class Ledger:
    """What a caller stores of the pages: messages by id, ids that are gone, the cursor."""

    messages: dict[str, Message] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    poisoned: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None
    pages: list[Page] = field(default_factory=list)

    def take(self, page: Page) -> None:
        self.messages |= {message.provider_message_id: message for message in page.messages}
        self.gone = (self.gone - {message.provider_message_id for message in page.messages}) | set(page.gone)
        self.poisoned |= dict(page.poisoned)
        self.cursor = page.cursor
        self.pages.append(page)

    @property
    def present(self) -> set[str]:
        return set(self.messages) - self.gone

    async def held(self, start: datetime) -> frozenset[str]:
        return frozenset(one for one in self.present if self.messages[one].at >= start)

    async def sync(
        self, mailbox: Mailbox, *, deep: bool = False, most: int | None = None, knowing: bool = True
    ) -> "Ledger":
        """Take pages until caught up, or `most` of them, as if the process then died."""
        held: Held | None = self.held if knowing else None
        pages: AsyncIterator[Page] = mailbox.pages(self.cursor, since=SINCE, deep=deep, held=held)
        taken = 0
        async for page in pages:
            self.take(page)
            taken += 1
            if most is not None and taken >= most:
                break
        return self


def _form(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return form
