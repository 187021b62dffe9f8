"""What a provider lets the whole app ask in one window, drawn on by every process in portions."""

from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, case

from app.store.prepared import PreparedInsert
from app.store.tables import provider_budgets


def draw(tx: Connection, provider: str, period: int, *, units: int, allowance: int) -> bool:
    """Whether so many more units of this window may be spent. `period` numbers the window, later ones higher.

    A process whose clock is behind draws on the newest window there is.
    """
    return _DRAW.first(tx, provider=provider, period=period, units=units, allowance=allowance) is not None


def _drawn(asked: Any) -> Any:
    held = provider_budgets.c
    begun = case((held.period < asked.excluded.period, 0), else_=held.units)
    newest = case((held.period < asked.excluded.period, asked.excluded.period), else_=held.period)
    drawn = asked.on_conflict_do_update(
        index_elements=[held.provider],
        set_={"units": begun + asked.excluded.units, "period": newest},
        where=begun + asked.excluded.units <= bindparam("allowance", type_=BigInteger),
    )
    return drawn.returning(held.units)


_DRAW = PreparedInsert(provider_budgets, ("provider", "period", "units"), _drawn)
