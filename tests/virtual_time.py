"""An event loop whose clock moves only when everybody waits: budgets are exact and no machine is too slow for them."""

import asyncio
import selectors
from typing import Any

GLIMPSE = 0.001
"""Seconds a real socket or thread is given before time is moved on."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Sleeping costs no time: when nothing is ready, the clock jumps to the next timer."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.now


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(GLIMPSE)
        if not found:
            self._loop.now += timeout
        return found
