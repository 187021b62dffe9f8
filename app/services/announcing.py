"""Announcer: wakes whoever waits for news of a person's accounts, within this process."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

LOOK_AGAIN = 0.1


class Announcer:
    """A listener awaits `next`; `tell` wakes every listener of that topic (a person's id, or the work to do).

    Nothing is queued: news is read again from the store.
    """

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def tell(self, topic: str) -> None:
        for event in self._waiting.pop(topic, ()):
            event.set()

    async def next(self, topic: str, *, within: float) -> None:
        """Return at the next news of that person, or after `within` seconds."""
        event = asyncio.Event()
        self._waiting[topic].add(event)
        try:
            async with asyncio.timeout(within):
                await event.wait()
        except TimeoutError:
            self._waiting[topic].discard(event)

    async def until(self, topic: str, holds: Callable[[], bool], *, within: float) -> bool:
        """Wait for news until `holds()`; looks by itself too, for news may come from another process."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    await self.next(topic, within=LOOK_AGAIN)
        except TimeoutError:
            return False
        return True
