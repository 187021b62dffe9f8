"""An event loop whose clock moves only when everybody waits: budgets are exact and no machine is too slow for them."""

import asyncio
import selectors
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from types import FrameType
from typing import Any, TypeVarTuple

Ts = TypeVarTuple("Ts")

GLIMPSE = 0.001
"""Seconds a real socket is given before time is moved on, and between two looks at threads that are at work."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Sleeping costs no time: when nothing is ready and no thread is at work, the clock jumps to the next timer."""

    def __init__(self) -> None:
        self.now = 0.0
        self._lent: set[asyncio.Future[Any]] = set()
        self._hands: set[int] = set()
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.now

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], Any], *args: *Ts) -> asyncio.Future[Any]:
        """What a thread was given counts as work from now until its outcome has come back to the loop."""

        def work() -> Any:
            hand = threading.get_ident()
            self._hands.add(hand)
            try:
                return func(*args)
            finally:
                self._hands.discard(hand)

        lent = super().run_in_executor(executor, work)
        self._lent.add(lent)
        lent.add_done_callback(self._lent.discard)
        return lent

    def somebody_works(self) -> bool:
        """Whether a thread has something to do but wait, for the loop itself perhaps."""
        frames = sys._current_frames()
        waiting = [hand for hand in [*self._hands] if hand in frames and _waits(frames[hand])]
        return len(self._lent) > len(waiting)


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(GLIMPSE)
        while not found and self._loop.somebody_works():
            found = super().select(GLIMPSE)
        found = found or super().select(0)  # a thread that waits now may have said something before
        if not found:
            self._loop.now += timeout
        return found


def _waits(frame: FrameType) -> bool:
    return frame.f_code.co_name == "wait" and frame.f_code.co_filename == threading.__file__
