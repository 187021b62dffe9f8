"""Seating: of all processes one at a time asks a mailbox, and one more on behalf of whoever is writing (M22).

The providers count what is in flight for a mailbox whichever process sent it, so a limit that each process keeps
for itself is none. A process that holds a place may fill it as its own limiter allows.
"""

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.store import places
from app.store.database import Database
from app.store.errors import StoreError
from connectors.contract import RateLimited

log = structlog.get_logger()

LAPSES = timedelta(seconds=2)
"""A place is free so long after its process was killed. Clocks of several servers may differ by less than that."""
RENEWED_EVERY = 0.5
LOOK_EVERY = 0.05
WAITS = 3.0
"""Seconds; who is writing is answered from the store long before (services/freshness.py)."""


@dataclass(slots=True)
class _Place:
    """What this process has of one place: how many sit there, until when it is surely theirs (monotonic).

    `wanted` says that another process waits for it, `yields_until` that it is let first.
    """

    sitting: int = 0
    sure_until: float = 0.0
    wanted: bool = False
    yields_until: float = 0.0
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    keeping: asyncio.Task[None] | None = None


class Seats:
    """Of one provider, for this process; see connectors.quota.Seats. A store in trouble grants every place."""

    def __init__(self, database: Database, provider: str, *, clock: Callable[[], datetime]) -> None:
        self._database, self._provider, self._clock = database, provider, clock
        self._holder = secrets.token_hex(8)
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def __call__(self, subject: str, bench: str) -> AsyncIterator[None]:
        """Held inside, together with whoever of this process is there. Raises RateLimited when others stay too long."""
        name = f"{bench}:{hashlib.sha256(f'{self._provider} {subject}'.encode()).hexdigest()[:32]}"
        place = self._places.setdefault(name, _Place())
        async with place.door:
            await self._let_others(place)
            if not place.sitting or time.monotonic() > place.sure_until:
                await self._win(name, place)
            place.sitting += 1
        try:
            yield
        finally:
            place.sitting -= 1
            if not place.sitting:
                self._leave(name, place)

    async def _let_others(self, place: _Place) -> None:
        """Nobody joins those who are to make room for another process."""
        while place.sitting and place.wanted:  # noqa: ASYNC110 who leaves cannot know who looks
            await asyncio.sleep(LOOK_EVERY)

    async def _win(self, name: str, place: _Place) -> None:
        await asyncio.sleep(max(0.0, place.yields_until - time.monotonic()))
        end = time.monotonic() + WAITS
        while not self._taken(name, place):
            if time.monotonic() > end:
                raise RateLimited("Another process is asking this mailbox.", reason="busy")
            await asyncio.sleep(LOOK_EVERY)
        place.keeping = place.keeping or asyncio.create_task(self._keep(name, place))

    async def _keep(self, name: str, place: _Place) -> None:
        """A place that was lost, after a long pause of this process, is won again by the next who wants to sit."""
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            self._taken(name, place)

    def _taken(self, name: str, place: _Place) -> bool:
        now, begun = self._clock(), time.monotonic()
        try:
            with self._database.write() as tx:
                wanted = places.take(tx, name, self._holder, now=now, until=now + LAPSES)
        except StoreError as error:  # the provider still says no itself
            log.error("store_in_trouble", kind=type(error).__name__)
            wanted = False
        if wanted is None:
            return False
        place.sure_until, place.wanted = begun + LAPSES.total_seconds(), wanted
        return True

    def _leave(self, name: str, place: _Place) -> None:
        if place.keeping:
            place.keeping.cancel()
            place.keeping = None
        with suppress(StoreError), self._database.write() as tx:  # it lapses by itself
            if places.give_back(tx, name, self._holder):
                place.yields_until = time.monotonic() + 2 * LOOK_EVERY
