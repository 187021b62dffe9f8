"""How often one may knock where little is proven yet: asking for pairing codes, and typing them (S6, S23).

Counted in this process, for a fixed window. Device tokens, sessions and sign-in links need no count: each has 256
random bits, and one device that was removed must not lock out another behind the same address.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from fastapi import Request

from app.services.errors import TooManyAttempts

WINDOW = timedelta(minutes=5)
REMEMBERED = 10_000


class Attempts:
    """At most `most` knocks of one name in five minutes; `clock` gives aware UTC."""

    def __init__(self, most: int, clock: Callable[[], datetime]) -> None:
        self._most = most
        self._clock = clock
        self._counted: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def check(self, name: str) -> None:
        """Raises TooManyAttempts, with the seconds to wait, while the window is full."""
        now = self._clock()
        began, count = self._counted.get(name, (now, 0))
        if count >= self._most and now - began < WINDOW:
            raise TooManyAttempts(ceil((began + WINDOW - now).total_seconds()))

    def note(self, name: str) -> None:
        """Count one more."""
        now = self._clock()
        began, count = self._counted.pop(name, (now, 0))
        self._counted[name] = (began, count + 1) if now - began < WINDOW else (now, 1)
        if len(self._counted) > REMEMBERED:
            self._counted.popitem(last=False)


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""
