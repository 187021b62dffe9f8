"""What the providers let us ask: a ledger of units and a limiter for each mailbox, by profile."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from connectors.contract import RateLimited, Transient

Sleep = Callable[[float], Awaitable[None]]
Monotonic = Callable[[], float]

PATIENCE = 20.0
"""A wait longer than these seconds is handed to the caller, who can write it down and survive a restart."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A provider's allowance for one mailbox: `units` in any `window` seconds, and how much may be in flight.

    Background work stays below `share` of the units and `in_flight` requests; a probe while somebody writes may use
    the rest and `probes` more requests.
    """

    name: str
    units: int
    window: float
    in_flight: int
    probes: int
    costs: Mapping[str, int]
    share: float = 0.75


GMAIL_2026 = Profile(
    name="gmail_2026",
    units=6_000,
    window=60.0,
    in_flight=5,
    probes=1,
    costs=MappingProxyType({"messages.get": 20, "threads.get": 40, "list": 5, "history": 2, "read": 1, "watch": 100}),
)
"""Projects from 2026-05-01 on (developers.google.com/workspace/gmail/api/reference/quota)."""

GMAIL_LEGACY = Profile(
    name="gmail_legacy",
    units=15_000,
    window=60.0,
    in_flight=5,
    probes=1,
    costs=MappingProxyType({"messages.get": 5, "threads.get": 10, "list": 5, "history": 2, "read": 1, "watch": 100}),
)
"""Projects that used the API between November 2025 and April 2026."""

GRAPH = Profile(name="graph", units=10_000, window=600.0, in_flight=3, probes=1, costs=MappingProxyType({"request": 1}))
"""Outlook on Microsoft Graph: 10,000 requests in 10 minutes and 4 at once, per app and mailbox."""


class Limiter:
    """One mailbox's allowance. Never more than its share in any window, never more in flight than allowed.

    The spendings of the last window are remembered one by one, so no window of that length, wherever it
    starts, holds more than the allowance. `spent` counts all units since the start, by call.
    """

    def __init__(self, profile: Profile, *, monotonic: Monotonic, sleep: Sleep) -> None:
        self.profile = profile
        self.spent: dict[str, int] = {}
        self._monotonic = monotonic
        self._sleep = sleep
        self._recent: deque[tuple[float, int]] = deque()
        self._held = 0
        self._not_before = 0.0
        self._background = asyncio.Semaphore(profile.in_flight)
        self._urgent = asyncio.Semaphore(profile.probes)
        self._queue = asyncio.Lock()

    @asynccontextmanager
    async def admit(self, call: str, *, count: int = 1, urgent: bool = False) -> AsyncIterator[None]:
        """Wait for a free place and for the units of `count` calls; hold the place while inside."""
        async with self._urgent if urgent else self._background:
            await self._allowed_again()
            await self._afford(call, count * self.profile.costs[call], urgent=urgent)
            try:
                yield
            except Transient as refused:
                self._not_before = max(self._not_before, self._monotonic() + (refused.retry_after or 0.0))
                raise

    async def _allowed_again(self) -> None:
        """What one call was told to wait, all wait. Raises RateLimited when that is longer than it is worth here."""
        rest = self._not_before - self._monotonic()
        if rest > PATIENCE:
            raise RateLimited("The provider asked to wait.", reason="held", retry_after=rest)
        if rest > 0:
            await self._sleep(rest)

    async def _afford(self, call: str, units: int, *, urgent: bool) -> None:
        if urgent:
            await self._wait_for(units, self.profile.units)
        else:
            async with self._queue:
                await self._wait_for(units, int(self.profile.units * self.profile.share))
        self._recent.append((self._monotonic(), units))
        self._held += units
        self.spent[call] = self.spent.get(call, 0) + units

    async def _wait_for(self, units: int, allowance: int) -> None:
        while self._units_held() + units > allowance and self._recent:
            await self._sleep(max(0.01, self._recent[0][0] + self.profile.window - self._monotonic()))

    def _units_held(self) -> int:
        oldest = self._monotonic() - self.profile.window
        while self._recent and self._recent[0][0] <= oldest:
            self._held -= self._recent.popleft()[1]
        return self._held


class Limiters:
    """The limiters of one provider, one for each mailbox, shared by everything that reads it."""

    def __init__(self, profile: Profile, *, monotonic: Monotonic, sleep: Sleep) -> None:
        self._profile = profile
        self._monotonic = monotonic
        self._sleep = sleep
        self._of: dict[str, Limiter] = {}

    def of(self, subject: str) -> Limiter:
        if subject not in self._of:
            self._of[subject] = Limiter(self._profile, monotonic=self._monotonic, sleep=self._sleep)
        return self._of[subject]
