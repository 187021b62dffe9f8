"""The one promise every provider keeps: link, open, sync in pages, probe, revoke; and how each may fail."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from connectors.message import Message


@dataclass(frozen=True, slots=True)
class Authorization:
    """Where to send the browser, and what must be kept (sealed, once) until it comes back.

    `flow` is JSON-serialisable and holds state, verifier and nonce.
    """

    url: str
    state: str
    flow: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Grant:
    """A linked mailbox. `subject` is the provider's stable identity (Google sub, Microsoft tid.oid).

    `secret` is the refresh material: JSON text, sealed before it is stored, never shown. `expires_at` is when it ends
    however often it is used, where the provider said so; None when it did not.
    """

    subject: str
    address: str
    secret: str
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Grant(subject={self.subject!r}, secret=<sealed>)"


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a sync. Store `messages` and `cursor` in one transaction, then ask for the next.

    `gone` are provider ids no longer in the mailbox: their presence ends, their facts stay. `done` and
    `total` count messages of the first sync, `total` None when unknown. `caught_up` marks the last page. `degraded`
    says that history stays unusable and the mailbox is being listed instead. `poisoned` pairs the provider ids of
    messages that could not be normalised with why; the other messages of the page are whole. `bridged` is set when
    the provider had lost our place: the mailbox was compared anew from that instant on. `skew` is by how many seconds
    our clock is ahead of the provider's, 0 when it cannot be told.
    """

    messages: tuple[Message, ...]
    cursor: str
    gone: tuple[str, ...] = ()
    done: int = 0
    total: int | None = None
    caught_up: bool = False
    degraded: bool = False
    poisoned: tuple[tuple[str, str], ...] = ()
    bridged: datetime | None = None
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Reread:
    """Some messages asked for by provider id: read, no longer in the mailbox, or still unreadable and why."""

    messages: tuple[Message, ...] = ()
    gone: tuple[str, ...] = ()
    poisoned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A message of the person's own that a list shows and nobody has read: when it was sent, as far as its id tells."""

    provider_message_id: str
    provider_thread_id: str
    at: datetime
    link: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a mailbox shows of one address at the least cost: all that came from them, read; what went out, unread."""

    messages: tuple[Message, ...] = ()
    unread: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What a push says: look at the mailbox of this address. Never a cursor, never proof of anything but news.

    `secret` is what the subscription was made with, for the caller to compare; `missed` says that news were lost,
    `renew` that the provider will send no more unless it is asked again. `at` is when it was published, where told.
    """

    address: str = ""
    secret: str = ""
    missed: bool = False
    renew: bool = False
    at: datetime | None = None


KeepGrant = Callable[[Grant], Awaitable[None]]
Turn = Callable[[], AbstractAsyncContextManager[str]]
"""Entered around a renewal: inside, nobody else renews this mailbox's grant, in whatever process. Gives the secret as
it is kept now, for somebody may have renewed it while this one waited."""


class Handle(Protocol):
    """What messages are opened with."""

    def __call__(self, provider_message_id: str, /) -> AbstractContextManager[bool]:
        """Entered around whatever opens one message. When it gives False the message stays unopened."""
        ...

    def batch(self, provider_message_ids: Sequence[str], /) -> AbstractContextManager[None]:
        """Entered around opening these, one after the other and without waiting for anything between."""
        ...


class AtWill:
    """Every message may be opened."""

    def __call__(self, provider_message_id: str, /) -> AbstractContextManager[bool]:
        return nullcontext(True)

    def batch(self, provider_message_ids: Sequence[str], /) -> AbstractContextManager[None]:
        return nullcontext()


at_will = AtWill()

UNOPENED = "killed the program"
"""Why a message that may not be opened is set aside."""
Held = Callable[[datetime], Awaitable[frozenset[str]]]
"""Which provider message ids the caller holds as present, of messages at or after an instant."""


class Mailbox(ABC):
    """An open, linked mailbox. Calls `keep` with every rotated secret before using what came with it."""

    @abstractmethod
    async def own_addresses(self) -> frozenset[str]:
        """Every address the person sends from here, lower case: the profile's and all accepted aliases."""

    @abstractmethod
    def pages(
        self, cursor: str | None, *, since: datetime, deep: bool = False, held: Held | None = None
    ) -> AsyncIterator[Page]:
        """Sync from `cursor` (None: first sync, newest first, back to `since`) until caught up.

        Resumable after any page. `deep` also walks every slow layer and reconciles the last 30 days; with `held` it
        reads only what the caller lacks and names what is gone, without it the whole window is read again.
        """

    @abstractmethod
    async def probe(self, address: str, *, since: datetime, known: Collection[str] = ()) -> tuple[Message, ...]:
        """Mail to and from one address, in any folder, and whatever lies in the newest thread with it, cheaply.

        For a recipient not synced yet; provider ids `known` to the caller need not be read again.
        """

    async def glance(
        self, address: str, *, since: datetime, kin: str = "", known: Collection[str] = ()
    ) -> Glance | None:
        """As much of a probe as lists can tell. None where they tell too little: then probe.

        With `kin` mail from that whole domain counts as theirs.
        """
        return None

    async def follow(
        self, letters: Sequence[Trace], *, beside: Sequence[Trace] = (), known: Collection[str] = ()
    ) -> tuple[Message, ...]:
        """Letters a glance left unread, and what others wrote in the threads of those `beside`.

        `known` to the caller need not be read again. Only a mailbox whose glances leave letters unread needs it.
        """
        return ()

    async def look(
        self, addresses: Collection[str], threads: Collection[str], *, since: datetime, known: Collection[str] = ()
    ) -> tuple[Message, ...]:
        """What has come from these addresses or lies in these provider threads and is not `known`.

        For a mailbox that is synced, when somebody writes and a poll may miss what a slower layer would find. Nothing
        where a poll misses nothing.
        """
        return ()

    @abstractmethod
    async def read(self, provider_message_ids: Sequence[str]) -> Reread:
        """Single messages by id: those that could not be read before, or were read by an older reader."""

    async def watch(self, url: str, *, secret: str, anew: bool = False) -> datetime | None:
        """Have news pushed to `url`, now or still; until when. None where that is not set up. Idempotent.

        `anew` renews also what is not half over: the provider said that it must be.
        """
        return None

    async def unwatch(self, url: str) -> bool:
        """End the pushes to `url`; whether none come any more."""
        return True

    @abstractmethod
    async def close(self) -> None: ...


class Connector(ABC):
    """One provider. Builds no state of its own; everything it needs comes with each call."""

    provider: str
    deep_every: timedelta = timedelta(minutes=30)
    """How often a deep sync is worth its requests."""

    @abstractmethod
    async def begin(self, *, redirect_uri: str, login_hint: str | None = None) -> Authorization:
        """Start an authorization code flow with PKCE, state and nonce. Raises Misconfigured, Unreachable."""

    @abstractmethod
    async def finish(self, *, flow: Mapping[str, object], answer: Mapping[str, str], redirect_uri: str) -> Grant:
        """Turn the callback's query into a grant. The caller has already burned the state.

        Raises ConsentDenied, LinkRefused, MissingPermission, Misconfigured, AdminBlocked, Unreachable.
        """

    @abstractmethod
    def open(self, grant: Grant, *, keep: KeepGrant, turn: Turn | None = None, handle: Handle = at_will) -> Mailbox:
        """The mailbox of a grant. Without `turn` whoever opens it is the only one who renews the grant."""

    async def heard(self, authorization: str, body: bytes, *, url: str) -> tuple[Hint, ...]:
        """What a push to `url` says. Raises PushForged when it is not the provider's, as far as it can be told."""
        raise PushForged("This provider sends no pushes.", reason="not_offered")

    @abstractmethod
    async def revoke(self, grant: Grant) -> bool:
        """Withdraw the grant at the provider; False when the provider could not be told or offers no way."""


class ConnectorError(Exception):
    """`reason` is a short machine word; the message is for the person and holds no secret."""

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class Transient(ConnectorError):
    """Try again by itself; `retry_after` in seconds when the provider named it."""

    def __init__(self, message: str, *, reason: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class Unreachable(Transient):
    """Network trouble, a 5xx, or an answer that is no answer."""


class RateLimited(Transient):
    """The provider said slow down."""


class DailyLimit(RateLimited):
    """The provider's daily quota is used up."""


class AccessRevoked(ConnectorError):
    """The grant is dead or needs the person: link again."""


class MissingPermission(ConnectorError):
    """The person left out the scope that reading mail needs."""


class AdminBlocked(ConnectorError):
    """The organisation's administrator does not allow it."""


class Misconfigured(ConnectorError):
    """Our own set-up: client id, secret, redirect address or a switched-off API."""


class HistoryUnusable(ConnectorError):
    """Even a fresh cursor is refused; the connector has fallen back to listing."""


class ConsentDenied(ConnectorError):
    """The person said no at the provider."""


class LinkRefused(ConnectorError):
    """The callback does not belong to a flow we started (state, issuer, nonce, audience, code)."""


class PushForged(ConnectorError):
    """A push that does not come from the provider, or not for us."""
