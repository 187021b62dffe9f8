"""Budgets: one provider's allowance for the whole app, shared by every process through the database."""

from collections.abc import Callable
from datetime import datetime

import structlog

from app.services.measuring import QUOTA
from app.store import provider_budgets
from app.store.database import Database
from app.store.errors import StoreError

log = structlog.get_logger()

PORTIONS = 50
"""A process draws this part of the allowance at a time: few writes, and little is left over when one is killed."""


class SharedPurse:
    """Of one provider; see connectors.quota.Purse. A store in trouble grants: the provider still says no itself."""

    def __init__(self, database: Database, provider: str, *, window: float, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._provider = provider
        self._window = window
        self._clock = clock
        self._period = -1
        self._left = 0

    def wait(self, units: int, allowance: int) -> float:
        """Seconds until so many units may be spent, 0 when now."""
        period, into = divmod(self._clock().timestamp(), self._window)
        if int(period) != self._period:
            self._period, self._left = int(period), 0
        if self._left < units and not self._draw(max(units, allowance // PORTIONS), allowance):
            return max(0.01, self._window - into)
        return 0.0

    def spend(self, units: int) -> None:
        self._left -= units
        QUOTA.labels(self._provider).inc(units)

    def _draw(self, units: int, allowance: int) -> bool:
        try:
            with self._database.write() as tx:
                granted = provider_budgets.draw(tx, self._provider, self._period, units=units, allowance=allowance)
        except StoreError as error:
            log.error("store_in_trouble", kind=type(error).__name__)
            granted = True
        self._left += units if granted else 0
        return granted
