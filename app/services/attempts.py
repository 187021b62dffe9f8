"""How often one may knock where little is proven yet, or ask of one device; counted for all processes together (S23).

A window begins with the first knock of a name. A process draws the count in portions, so that what is asked often
costs few writes, and whoever is told to wait costs none. What is guarded by 256 random bits - a device token, a
session, a sign-in link - opens whoever else knocks behind the same address: there the wrong ones alone are counted.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog

from app.services.errors import TooManyAttempts
from app.store import attempts
from app.store.database import Database
from app.store.errors import StoreError
from app.store.sealing import Sealer

log = structlog.get_logger()

WINDOW = timedelta(minutes=5)
REMEMBERED = 10_000


@dataclass(slots=True)
class _Drawn:
    """What this process holds of a name's window: so many more until then; `over` once others used it up."""

    until: datetime
    left: int
    over: bool = False


class Attempts:
    """At most `most` knocks of one name in five minutes. `kind` tells one count from another.

    Names, such as addresses, are kept as keyed hashes alone.
    """

    def __init__(
        self, database: Database, sealer: Sealer, clock: Callable[[], datetime], *, kind: str, most: int
    ) -> None:
        self._database, self._sealer, self._clock = database, sealer, clock
        self._kind, self._most = kind, most
        self._portion = max(1, most // 100)
        self._drawn: OrderedDict[str, _Drawn] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one more. Raises TooManyAttempts, with the seconds to wait, when the window is full."""
        now = self._clock()
        drawn = self._drawn.get(name)
        if drawn is None or drawn.until <= now or (drawn.left == 0 and not drawn.over):
            drawn = self._remember(name, self._draw(name, now))
        if drawn.over:
            raise TooManyAttempts(ceil((drawn.until - now).total_seconds()))
        drawn.left -= 1

    def check(self, name: str) -> None:
        """Raises TooManyAttempts while the window is full, and counts nothing."""
        now = self._clock()
        drawn = self._drawn.get(name)
        if drawn is not None and drawn.until > now and drawn.over:
            raise TooManyAttempts(ceil((drawn.until - now).total_seconds()))
        began, count = self._counted(name, now)
        if count >= self._most:
            raise TooManyAttempts(ceil((began + WINDOW - now).total_seconds()))

    def _draw(self, name: str, now: datetime) -> _Drawn:
        """A store in trouble grants a portion: who cannot write cannot sign in or pair either."""
        try:
            with self._database.write() as tx:
                began, count = attempts.add(tx, self._key(name), self._portion, now=now, window=WINDOW)
        except StoreError as error:
            log.error("store_in_trouble", kind=type(error).__name__)
            return _Drawn(now + WINDOW, self._portion)
        granted = min(self._portion, self._most - (count - self._portion))
        return _Drawn(began + WINDOW, max(0, granted), over=granted <= 0)

    def _counted(self, name: str, now: datetime) -> tuple[datetime, int]:
        try:
            with self._database.read() as tx:
                return attempts.counted(tx, self._key(name), now) or (now, 0)
        except StoreError as error:
            log.error("store_in_trouble", kind=type(error).__name__)
            return now, 0

    def _remember(self, name: str, drawn: _Drawn) -> _Drawn:
        self._drawn.pop(name, None)
        self._drawn[name] = drawn
        if len(self._drawn) > REMEMBERED:
            self._drawn.popitem(last=False)
        return drawn

    def _key(self, name: str) -> str:
        return f"{self._kind}:{self._sealer.fingerprint(name)}"
