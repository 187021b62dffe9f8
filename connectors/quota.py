"""What the providers let us ask: a ledger of units and a limiter for each mailbox, by profile."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from enum import Enum
from functools import partial
from types import MappingProxyType
from typing import Protocol

from connectors.contract import RateLimited, Transient

Sleep = Callable[[float], Awaitable[None]]
Monotonic = Callable[[], float]

PATIENCE = 20.0
"""A wait longer than these seconds is handed to the caller, who can write it down and survive a restart."""


class Pace(Enum):
    """How much of the allowance a call may count on.

    `URGENT` is for somebody who is writing and waits: all of it, and a place in flight that nothing else takes.
    `STEADY` is what is new or waits for an answer. `IDLE` is the rest of a large first sync.
    """

    URGENT = "urgent"
    STEADY = "steady"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Profile:
    """A provider's allowance for one mailbox: `units` in any `window` seconds, and how much may be in flight.

    Steady work stays below `share` of the units and idle work below `idle_share`, both below `in_flight` requests; a
    probe while somebody writes may use the rest and `probes` more requests. `project` are the units all mailboxes
    of one app may use together in a window.
    """

    name: str
    units: int
    window: float
    in_flight: int
    probes: int
    costs: Mapping[str, int]
    share: float = 0.75
    idle_share: float = 0.5
    project: int = 1_200_000

    def allowed(self, pace: Pace) -> int:
        """Units in a window that may be spent before a call of this pace has to wait."""
        shares = {Pace.URGENT: 1.0, Pace.STEADY: self.share, Pace.IDLE: self.idle_share}
        return int(self.units * shares[pace])


GMAIL_2026 = Profile(
    name="gmail_2026",
    units=6_000,
    window=60.0,
    in_flight=3,
    probes=2,
    costs=MappingProxyType(
        {"messages.get": 20, "threads.get": 40, "list": 5, "history": 2, "read": 1, "watch": 100, "stop": 50}
    ),
)
"""Projects from 2026-05-01 on (developers.google.com/workspace/gmail/api/reference/quota); five in flight (G25)."""

GMAIL_LEGACY = Profile(
    name="gmail_legacy",
    units=15_000,
    window=60.0,
    in_flight=3,
    probes=2,
    costs=MappingProxyType(
        {"messages.get": 5, "threads.get": 10, "list": 5, "history": 2, "read": 1, "watch": 100, "stop": 50}
    ),
)
"""Projects that used the API between November 2025 and April 2026."""

GRAPH = Profile(name="graph", units=10_000, window=600.0, in_flight=3, probes=1, costs=MappingProxyType({"request": 1}))
"""Outlook on Microsoft Graph: 10,000 requests in 10 minutes and 4 at once, per app and mailbox; 2,000 a second per app.
"""


class Seats(Protocol):
    """A place at a mailbox that of all processes one has at a time; `bench` is "work" or "probe"."""

    def __call__(self, subject: str, bench: str) -> AbstractAsyncContextManager[object]:
        """Held inside; whoever of the same process comes meanwhile shares it.

        Raises RateLimited when another process keeps it.
        """


def alone(subject: str, bench: str) -> AbstractAsyncContextManager[object]:
    """The seats of a process that knows of no other."""
    return nullcontext()


class Purse(Protocol):
    """What all mailboxes of one app draw on together."""

    def wait(self, units: int, allowance: int) -> float:
        """Seconds until so many units may be had, 0 when now: then `spend` follows at once."""

    def spend(self, units: int) -> None: ...


class Window:
    """What was spent in the last `seconds`, remembered one by one, so that no window holds more, wherever it starts."""

    def __init__(self, seconds: float, monotonic: Monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._recent: deque[tuple[float, int]] = deque()
        self._held = 0

    def spend(self, units: int) -> None:
        self._recent.append((self._monotonic(), units))
        self._held += units

    def wait(self, units: int, allowance: int) -> float:
        """Seconds until the oldest spending leaves, 0 when so many units fit in now or nothing is spent at all."""
        now = self._monotonic()
        while self._recent and self._recent[0][0] <= now - self._seconds:
            self._held -= self._recent.popleft()[1]
        if self._held + units <= allowance or not self._recent:
            return 0.0
        return max(0.01, self._recent[0][0] + self._seconds - now)


class Limiter:
    """One mailbox's allowance. Never more than its share in any window, never more in flight than allowed.

    `spent` counts all units since the start, by call; `project` is what every mailbox of the app draws on, `seat` the
    place that this process must have at a bench of the mailbox before it sends anything.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        monotonic: Monotonic,
        sleep: Sleep,
        project: Purse | None = None,
        seat: Callable[[str], AbstractAsyncContextManager[object]] = nullcontext,
    ) -> None:
        self.profile = profile
        self._seat = seat
        self.spent: dict[str, int] = {}
        self._monotonic = monotonic
        self._sleep = sleep
        self._mine = Window(profile.window, monotonic)
        self._project = project or Window(profile.window, monotonic)
        self._not_before = 0.0
        self._places = asyncio.Semaphore(profile.in_flight)
        self._reserved = asyncio.Semaphore(profile.probes)
        self._door = asyncio.Lock()
        self._queues = {pace: asyncio.Lock() for pace in (Pace.STEADY, Pace.IDLE)}

    @asynccontextmanager
    async def admit(
        self, call: str, *, count: int = 1, pace: Pace = Pace.STEADY, places: int = 1
    ) -> AsyncIterator[None]:
        """Wait for free places and for the units of `count` calls; hold the places while inside.

        `places` is how many of the calls the provider works on at once; an urgent call has only its own.
        """
        async with self._seated(pace, places):
            await self._allowed_again()
            await self._afford(call, count * self.profile.costs[call], pace)
            try:
                yield
            except Transient as refused:
                self.hold(refused.retry_after or 0.0)
                raise

    def hold(self, seconds: float) -> None:
        """Nothing is sent for so long: the provider asked for it."""
        self._not_before = max(self._not_before, self._monotonic() + seconds)

    @asynccontextmanager
    async def _seated(self, pace: Pace, places: int) -> AsyncIterator[None]:
        """Several places are taken one after the other behind a door, so that nobody waits for half of another's."""
        if pace is Pace.URGENT:
            async with self._reserved, self._seat("probe"):
                yield
            return
        taken = 0
        try:
            async with self._door:
                for _ in range(places):
                    await self._places.acquire()
                    taken += 1
            async with self._seat("work"):
                yield
        finally:
            for _ in range(taken):
                self._places.release()

    async def _allowed_again(self) -> None:
        """What one call was told to wait, all wait. Raises RateLimited when that is longer than it is worth here."""
        rest = self._not_before - self._monotonic()
        if rest > PATIENCE:
            raise RateLimited("The provider asked to wait.", reason="held", retry_after=rest)
        if rest > 0:
            await self._sleep(rest)

    async def _afford(self, call: str, units: int, pace: Pace) -> None:
        if pace is Pace.URGENT:
            await self._wait_for(units, pace)
        else:
            async with self._queues[pace]:
                await self._wait_for(units, pace)
        self._mine.spend(units)
        self._project.spend(units)
        self.spent[call] = self.spent.get(call, 0) + units

    async def _wait_for(self, units: int, pace: Pace) -> None:
        while rest := self._mine.wait(units, self.profile.allowed(pace)) or self._project.wait(
            units, self.profile.project
        ):
            await self._sleep(rest)


class Limiters:
    """The limiters of one provider, one for each mailbox, shared by everything that reads it.

    `project` is the purse of all mailboxes; where several processes work it is one that they share, and so are `seats`.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        monotonic: Monotonic,
        sleep: Sleep,
        project: Purse | None = None,
        seats: Seats | None = None,
    ) -> None:
        self._seats = seats or alone
        self._profile = profile
        self._monotonic = monotonic
        self._sleep = sleep
        self._project = project or Window(profile.window, monotonic)
        self._of: dict[str, Limiter] = {}

    def of(self, subject: str) -> Limiter:
        if subject not in self._of:
            self._of[subject] = Limiter(
                self._profile,
                monotonic=self._monotonic,
                sleep=self._sleep,
                project=self._project,
                seat=partial(self._seats, subject),
            )
        return self._of[subject]
