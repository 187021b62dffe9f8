"""Outlook as a Connector: links accounts and opens mailboxes."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.contract import (
    Authorization,
    Connector,
    Grant,
    Handle,
    Held,
    Hint,
    KeepGrant,
    LinkRefused,
    Mailbox,
    Page,
    Reread,
    Turn,
    at_will,
)
from connectors.http import Transport
from connectors.message import Message
from connectors.outlook.client import GraphClient, Json
from connectors.outlook.cursor import Place
from connectors.outlook.folders import well_known
from connectors.outlook.oauth import Access, MicrosoftIdentity
from connectors.outlook.probe import Probe
from connectors.outlook.push import heard, subscribed, unsubscribed
from connectors.outlook.reading import Reader
from connectors.outlook.walk import Walk
from connectors.quota import GRAPH, Limiters, Pace, Profile, Purse, Seats
from connectors.refusals import BadRequest, NotThere

IDENTITIES = "mail,userPrincipalName,otherMails,proxyAddresses"


class OutlookConnector(Connector):
    """Holds the settings and one limiter for each mailbox."""

    provider = "microsoft"

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        authority: str,
        graph_root: str,
        transport: Transport,
        clock: Callable[[], datetime],
        quota: Profile = GRAPH,
        purse: Purse | None = None,
        seats: Seats | None = None,
    ) -> None:
        self._identity = MicrosoftIdentity(
            client_id=client_id, client_secret=client_secret, authority=authority, transport=transport, clock=clock
        )
        self._root = graph_root
        self._transport = transport
        self._clock = clock
        self._limiters = Limiters(
            quota, monotonic=transport.monotonic, sleep=transport.sleep, project=purse, seats=seats
        )

    async def begin(self, *, redirect_uri: str, login_hint: str | None = None) -> Authorization:
        return await self._identity.begin(redirect_uri=redirect_uri, login_hint=login_hint)

    async def finish(self, *, flow: Mapping[str, object], answer: Mapping[str, str], redirect_uri: str) -> Grant:
        """`redirect_uri` stands in the flow already; MSAL compares it there."""
        grant = await self._identity.finish(flow=flow, answer=answer)
        client = self._client(grant, _keep_nothing)
        named = [*_identities(await _me(client)), grant.address]
        address = next((one for one in named if "@" in one), "")
        if not address:
            raise LinkRefused("Microsoft did not say which address this is.", reason="no_email")
        return replace(grant, address=address)

    def open(self, grant: Grant, *, keep: KeepGrant, turn: Turn | None = None, handle: Handle = at_will) -> Mailbox:
        return OutlookMailbox(self._client(grant, keep, turn), address=grant.address, clock=self._clock, handle=handle)

    async def heard(self, authorization: str, body: bytes, *, url: str) -> tuple[Hint, ...]:
        """Graph signs nothing in a basic notice: the caller compares each hint's secret."""
        return heard(body)

    async def revoke(self, grant: Grant) -> bool:
        """Microsoft has no way to take back one app's grant; the person can at account.microsoft.com/privacy."""
        return False

    def _client(self, grant: Grant, keep: KeepGrant, turn: Turn | None = None) -> GraphClient:
        access = Access(self._identity, grant, keep=keep, turn=turn)
        limiter = self._limiters.of(grant.subject)
        return GraphClient(self._root, access=access, transport=self._transport, limiter=limiter)


class OutlookMailbox(Mailbox):
    def __init__(
        self, client: GraphClient, *, address: str, clock: Callable[[], datetime], handle: Handle = at_will
    ) -> None:
        self._handle = handle
        self._client = client
        self._address = address
        self._clock = clock
        self._probe = Probe(client)

    async def own_addresses(self) -> frozenset[str]:
        return frozenset([*_identities(await _me(self._client)), self._address.lower()])

    async def pages(
        self, cursor: str | None, *, since: datetime, deep: bool = False, held: Held | None = None
    ) -> AsyncIterator[Page]:
        walk = Walk(
            self._client, place=Place.parse(cursor), since=since, clock=self._clock, held=held, handle=self._handle
        )
        async for page in walk.run(deep=deep):
            yield page

    async def probe(self, address: str, *, since: datetime, known: Collection[str] = ()) -> tuple[Message, ...]:
        return await self._probe.read(address, since=since, known=known)

    async def look(
        self, addresses: Collection[str], threads: Collection[str], *, since: datetime, known: Collection[str] = ()
    ) -> tuple[Message, ...]:
        return await self._probe.look(addresses, threads, since=since, known=known)

    async def read(self, provider_message_ids: Sequence[str]) -> Reread:
        reader = Reader(self._client, await well_known(self._client), handle=self._handle)
        found = await reader.read(provider_message_ids)
        return Reread(found.messages, found.gone, found.poisoned)

    async def watch(self, url: str, *, secret: str, anew: bool = False) -> datetime | None:
        return await subscribed(self._client, url, secret=secret, now=self._clock(), anew=anew)

    async def unwatch(self, url: str) -> bool:
        return await unsubscribed(self._client, url)

    async def close(self) -> None:
        """Nothing is held open: connections belong to the transport."""


async def _me(client: GraphClient) -> Json:
    """The signed-in person; a personal account may refuse the addresses of work accounts."""
    try:
        return await client.get("/me", {"$select": IDENTITIES}, pace=Pace.URGENT)
    except (BadRequest, NotThere):
        return await client.get("/me", pace=Pace.URGENT)


def _identities(me: Json) -> list[str]:
    """Every address of `/me`, the main one first, lower case, without the `smtp:` before a proxy address."""
    listed: list[Any] = [me.get("mail"), me.get("userPrincipalName")]
    for name in ("proxyAddresses", "otherMails"):
        listed += me.get(name) or ()
    bare = (str(one).lower().removeprefix("smtp:") for one in listed if one)
    return list(dict.fromkeys(one for one in bare if "@" in one and ":" not in one))


async def _keep_nothing(grant: Grant) -> None:
    """While linking there is nowhere to keep a renewed secret yet, and nothing to renew."""
