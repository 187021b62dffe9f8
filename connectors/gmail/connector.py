"""Gmail as a Connector: links accounts and opens mailboxes."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.contract import (
    AccessRevoked,
    Authorization,
    Connector,
    Glance,
    Grant,
    Handle,
    Held,
    Hint,
    KeepGrant,
    Mailbox,
    Page,
    Reread,
    Trace,
    Turn,
    at_will,
)
from connectors.gmail.client import GmailClient, methods_at
from connectors.gmail.cursor import Place
from connectors.gmail.oauth import Access, GoogleIdentity, read_secret
from connectors.gmail.probe import Probe
from connectors.gmail.push import Pushes
from connectors.gmail.walk import Walk, readable
from connectors.http import Transport
from connectors.message import Message
from connectors.quota import GMAIL_2026, Limiters, Profile, Purse, Seats

TWINS = {"gmail.com": "googlemail.com", "googlemail.com": "gmail.com"}
"""The two names of one mailbox (W3)."""


class GmailConnector(Connector):
    """Holds the settings, the identity's discovery and one limiter for each mailbox."""

    provider = "google"
    deep_every = timedelta(days=1)

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        issuer: str,
        api_root: str,
        transport: Transport,
        clock: Callable[[], datetime],
        quota: Profile = GMAIL_2026,
        purse: Purse | None = None,
        seats: Seats | None = None,
        push_topic: str = "",
        push_sender: str = "",
    ) -> None:
        self._identity = GoogleIdentity(
            client_id=client_id, client_secret=client_secret, issuer=issuer, transport=transport, clock=clock
        )
        self._methods = methods_at(api_root)
        self._topic = push_topic
        self._pushes = Pushes(self._identity, sender=push_sender, clock=clock, monotonic=transport.monotonic)
        self._transport = transport
        self._clock = clock
        self._limiters = Limiters(
            quota, monotonic=transport.monotonic, sleep=transport.sleep, project=purse, seats=seats
        )

    async def begin(self, *, redirect_uri: str, login_hint: str | None = None) -> Authorization:
        return await self._identity.begin(redirect_uri=redirect_uri, login_hint=login_hint)

    async def finish(self, *, flow: Mapping[str, object], answer: Mapping[str, str], redirect_uri: str) -> Grant:
        return await self._identity.finish(flow=flow, answer=answer, redirect_uri=redirect_uri)

    def open(self, grant: Grant, *, keep: KeepGrant, turn: Turn | None = None, handle: Handle = at_will) -> Mailbox:
        access = Access(self._identity, grant, keep=keep, turn=turn, clock=self._clock)
        limiter = self._limiters.of(grant.subject)
        client = GmailClient(self._methods, access=access, transport=self._transport, limiter=limiter)
        return GmailMailbox(client, address=grant.address, clock=self._clock, topic=self._topic, handle=handle)

    async def heard(self, authorization: str, body: bytes, *, url: str) -> tuple[Hint, ...]:
        return await self._pushes.heard(authorization, body, url=url)

    async def revoke(self, grant: Grant) -> bool:
        try:
            token = str(read_secret(grant.secret)["refresh_token"])
        except AccessRevoked:
            return False
        return await self._identity.revoke(token)


class GmailMailbox(Mailbox):
    def __init__(
        self,
        client: GmailClient,
        *,
        address: str,
        clock: Callable[[], datetime],
        topic: str = "",
        handle: Handle = at_will,
    ) -> None:
        self._handle = handle
        self._topic = topic
        self._client = client
        self._address = address
        self._clock = clock

    async def own_addresses(self) -> frozenset[str]:
        profile = await self._client.profile() or {}
        accepted = {
            str(alias.get("sendAsEmail", ""))
            for alias in await self._client.aliases()
            if alias.get("isPrimary") or alias.get("verificationStatus", "accepted") == "accepted"
        }
        own = {one.lower() for one in (*accepted, str(profile.get("emailAddress", "")), self._address) if "@" in one}
        return frozenset(own | {twin for one in own for twin in _twin(one)})

    async def pages(
        self, cursor: str | None, *, since: datetime, deep: bool = False, held: Held | None = None
    ) -> AsyncIterator[Page]:
        walk = Walk(
            self._client,
            place=Place.parse(cursor),
            account=self._address,
            since=since,
            clock=self._clock,
            held=held,
            handle=self._handle,
        )
        async for page in walk.run(deep=deep):
            yield page

    async def probe(self, address: str, *, since: datetime, known: Collection[str] = ()) -> tuple[Message, ...]:
        return await self._probe(since).read(address, known=known)

    async def glance(
        self, address: str, *, since: datetime, kin: str = "", known: Collection[str] = ()
    ) -> Glance | None:
        return await self._probe(since).glance(address, kin=kin, known=known)

    async def follow(
        self, letters: Sequence[Trace], *, beside: Sequence[Trace] = (), known: Collection[str] = ()
    ) -> tuple[Message, ...]:
        probe = self._probe(min((trace.at for trace in beside), default=self._clock()))
        return await probe.follow(letters, beside=beside, known=known)

    def _probe(self, since: datetime) -> Probe:
        return Probe(self._client, self._address, since, self._clock())

    async def read(self, provider_message_ids: Sequence[str]) -> Reread:
        fetched = await self._client.fetch(provider_message_ids)
        messages, poisoned = readable(fetched.found, account=self._address, now=self._clock(), handle=self._handle)
        return Reread(tuple(messages), fetched.gone, (*fetched.unread, *poisoned))

    async def watch(self, url: str, *, secret: str, anew: bool = False) -> datetime | None:
        """The Google project says where the topic's pushes go; Google signs them, so `url` and `secret` are unused.

        Every call renews the whole seven days (G29).
        """
        if not self._topic:
            return None
        told = await self._client.watch(self._topic)
        return datetime.fromtimestamp(int(told["expiration"]) / 1000, tz=UTC)

    async def unwatch(self, url: str) -> bool:
        if self._topic:
            await self._client.stop()
        return True

    async def close(self) -> None:
        """Nothing is held open: connections belong to the transport."""


def _twin(address: str) -> tuple[str, ...]:
    local, _, domain = address.rpartition("@")
    return (f"{local}@{TWINS[domain]}",) if domain in TWINS else ()
