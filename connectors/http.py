"""The one way to a provider: httpx with timeouts, bounded retry, host pinning and a cap on answers."""

import asyncio
import ipaddress
import json
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import certifi
import httpx

from connectors.contract import Misconfigured, RateLimited, Transient, Unreachable

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
Monotonic = Callable[[], float]
Admit = Callable[[], AbstractAsyncContextManager[object]]

ATTEMPTS = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 16.0
PATIENCE = 20.0
"""A Retry-After above this many seconds is handed to the caller, who can write it down and survive a restart."""
LARGEST_ANSWER = 48 * 1024 * 1024
"""Bytes after decompression. A Gmail message may hold 25 MB of mail, a third more in base64."""
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
DEADLINE = 120.0
"""Seconds for one whole exchange, against answers that drip."""


class TooLarge(Unreachable):
    """The answer is larger than we are ready to hold. Asking for less may help; asking again does not."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, ready to be sent as it stands."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer. Header names are lower case; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Raises Unreachable when the body is no JSON: a gateway's page, a cut or a bottomless document."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Unreachable("The provider's answer could not be read.", reason="not_json") from None

    def mapping(self) -> dict[str, object]:
        """The JSON object in the body. Raises Unreachable when there is none."""
        found = self.json()
        if not isinstance(found, dict):
            raise Unreachable("The provider's answer could not be read.", reason="not_an_object")
        return found


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds named by Retry-After; an HTTP date counts from the answer's own Date header (RFC 9110, 10.2.3)."""
    named = headers.get("retry-after", "").strip()
    if named.isdigit():
        return float(named)
    until, sent = _http_date(named), _http_date(headers.get("date", ""))
    return max(0.0, (until - sent).total_seconds()) if until and sent else None


def _http_date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL, the port filled in. Raises ValueError for anything but http and https."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("Only http and https addresses can be contacted.")
    return parts.scheme, parts.hostname.lower(), parts.port or {"http": 80, "https": 443}[parts.scheme]


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class PinnedWire(httpx.AsyncBaseTransport):
    """Lets requests pass to the configured roots only, and answers only up to a size."""

    def __init__(self, wire: httpx.AsyncBaseTransport, origins: set[tuple[str, str, int]]) -> None:
        self._wire = wire
        self.origins = origins

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if origin(str(request.url)) not in self.origins:
            raise Unreachable("The provider pointed to another host; it was not followed.", reason="foreign_host")
        answer = await self._wire.handle_async_request(request)
        if isinstance(answer.stream, httpx.AsyncByteStream):
            answer.stream = _Capped(answer.stream)
        return answer

    async def aclose(self) -> None:
        await self._wire.aclose()


class LentWire(httpx.AsyncBaseTransport):
    """A wire for a library's own client, which may close what it was given."""

    def __init__(self, wire: httpx.AsyncBaseTransport) -> None:
        self._wire = wire

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._wire.handle_async_request(request)


class _Capped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held = 0
        async for chunk in self._stream:
            held += len(chunk)
            if held > LARGEST_ANSWER:
                raise TooLarge("The provider's answer is too large.", reason="too_large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class Transport:
    """Sends asks to the configured providers.

    `allowed_roots` are the base URLs of the settings: scheme, host and port of every request must be one of
    theirs; plain http only on loopback. `extra_ca` is a PEM file trusted beside the usual authorities
    (SSL_CERT_FILE). `wire` replaces the network in tests; `sleep`, `monotonic` and `chance` replace time and luck,
    `timeout` and `deadline` how long an exchange may take.
    With `clock`, `skew` tells by how many seconds it is ahead of the last answer's Date header (S31).
    Raises Misconfigured for a root or a file that cannot be used.
    """

    def __init__(
        self,
        allowed_roots: tuple[str, ...],
        *,
        extra_ca: str | None = None,
        wire: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        monotonic: Monotonic = time.monotonic,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], datetime] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        self.sleep = sleep
        self.skew = 0.0
        self._clock = clock
        self._deadline = deadline
        self.monotonic = monotonic
        self._chance = chance
        network = wire or httpx.AsyncHTTPTransport(verify=_trust(extra_ca))
        self.wire = PinnedWire(network, {_usable_root(root) for root in allowed_roots})
        self._http = httpx.AsyncClient(transport=self.wire, timeout=timeout, follow_redirects=False, trust_env=False)

    def also_allow(self, *urls: str) -> None:
        """Let requests pass to the origins of `urls`: endpoints that a configured issuer's discovery names.

        Raises Misconfigured for plain http off this machine.
        """
        self.wire.origins.update(_usable_root(url) for url in urls)

    async def once(self, ask: Ask) -> Answer:
        """One exchange. Raises Unreachable for anything the network does; any status is an answer."""
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._http.stream(ask.method, ask.url, headers=dict(ask.headers), content=ask.body) as reply,
            ):
                body = await _readable(reply)
        except NETWORK_TROUBLE as trouble:
            raise unreachable(trouble) from None
        answer = Answer(reply.status_code, {name.lower(): value for name, value in reply.headers.items()}, body)
        sent = _http_date(answer.headers.get("date", ""))
        if self._clock and sent:
            self.skew = (self._clock() - sent).total_seconds()
        return answer

    async def call(self, ask: Ask, *, read: Callable[[Answer], T], admit: Admit = nullcontext) -> T:
        """Send until `read` accepts the answer, at most four times, and return what it made of it.

        `read` raises the contract's errors; only Transient ones are tried again, after the provider's Retry-After or
        else a random pause of at most 1, 2, 4 seconds. `admit` is entered around every attempt,
        and sees how it was refused.
        """
        for attempt in range(ATTEMPTS):
            try:
                async with admit():
                    return read(await self.once(ask))
            except Transient as trouble:
                if attempt + 1 == ATTEMPTS or not worth_waiting(trouble):
                    raise
                await self.pause(attempt, floor=trouble.retry_after)
        raise AssertionError("the last attempt either returns or raises")

    async def pause(self, attempt: int, *, floor: float | None = None) -> None:
        """To the second what the provider named, `floor` (M23); else full jitter over a doubling window."""
        window = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
        await self.sleep(floor or self._chance() * window)

    async def close(self) -> None:
        await self._http.aclose()


NETWORK_TROUBLE = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError, ValueError)
"""What httpx, and a library that works through it, raises when no usable answer came."""


def unreachable(trouble: Exception) -> Transient:
    """The contract's error for network trouble; its text names the kind only, since a URL may hold a code."""
    return Unreachable("The provider could not be reached.", reason=type(trouble).__name__)


def worth_waiting(trouble: Transient) -> bool:
    """Whether to try again here and now, or leave it to whoever keeps the schedule."""
    if isinstance(trouble, TooLarge) or trouble.reason == "foreign_host":
        return False
    return trouble.retry_after is None or trouble.retry_after <= PATIENCE


def common_refusal(answer: Answer) -> Transient | None:
    """What any provider means by 408, 425, 429 and 5xx; None for every other status."""
    wait = retry_after(answer.headers)
    if answer.status == 429:
        return RateLimited("The provider asks to slow down.", reason="429", retry_after=wait)
    if answer.status >= 500 or answer.status in (408, 425):
        return Unreachable("The provider has trouble at the moment.", reason=str(answer.status), retry_after=wait)
    return None


async def _readable(reply: httpx.Response) -> bytes:
    """The body; of a refusal whose body is garbled, nothing: its status and its Retry-After still count."""
    try:
        return await _whole(reply)
    except (httpx.DecodingError, httpx.RemoteProtocolError):
        if reply.status_code < 400:
            raise
        return b""


async def _whole(reply: httpx.Response) -> bytes:
    held, size = [], 0
    async for chunk in reply.aiter_bytes():
        held.append(chunk)
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise TooLarge("The provider's answer is too large.", reason="too_large")
    return b"".join(held)


def _usable_root(root: str) -> tuple[str, str, int]:
    try:
        scheme, host, port = origin(root)
    except ValueError as trouble:
        raise Misconfigured(f"{root}: {trouble}", reason="bad_root") from None
    if scheme == "http" and not is_loopback(host):
        raise Misconfigured(f"{root}: plain http is only accepted on this machine.", reason="bad_root")
    return scheme, host, port


def _trust(extra_ca: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    if extra_ca is None:
        return context
    try:
        context.load_verify_locations(cafile=extra_ca)
    except (OSError, ssl.SSLError):
        raise Misconfigured(f"The certificate file {extra_ca} cannot be read.", reason="bad_ca") from None
    return context
