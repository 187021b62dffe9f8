"""Once: what two clicks ask for is done once, and both get the answer of the one time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
AT_MOST = 1_000


class Once:
    """One for each process. What is asked for again while it is being done, or `kept` afterwards, waits for that."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[datetime | None, asyncio.Future[Any]]] = {}

    async def do(self, key: str, act: Callable[[], Awaitable[T]], now: datetime, *, kept: timedelta = timedelta()) -> T:
        """The answer of `act`, or of the one that was begun under this key. What it raises is not kept."""
        self._forget(now)
        if key not in self._asked:
            doing = asyncio.ensure_future(act())
            self._asked[key] = (None, doing)
            doing.add_done_callback(lambda over: self._settle(key, over, now + kept))
        answer: T = await asyncio.shield(self._asked[key][1])
        return answer

    def _settle(self, key: str, over: asyncio.Future[Any], until: datetime) -> None:
        if over.cancelled() or over.exception() is not None:
            self._asked.pop(key, None)
        else:
            self._asked[key] = (until, over)

    def done(self, key: str, now: datetime) -> Any:
        """What was answered under this key lately; None when nothing was."""
        self._forget(now)
        _, doing = self._asked.get(key, (None, None))
        return doing.result() if doing is not None and doing.done() else None

    def _forget(self, now: datetime) -> None:
        over = [key for key, (until, _) in self._asked.items() if until is not None and until <= now]
        for key in (*over, *list(self._asked)[: max(0, len(self._asked) - AT_MOST)]):
            self._asked.pop(key, None)
