"""What a provider lets the whole app ask in one window, drawn on by every process in portions."""

from sqlalchemy import Connection, case, func

from app.store.database import insert_into
from app.store.tables import provider_budgets


def draw(tx: Connection, provider: str, period: int, *, units: int, allowance: int) -> bool:
    """Whether so many more units of this window may be spent. `period` numbers the window, later ones higher.

    A process whose clock is behind draws on the newest window there is.
    """
    held = provider_budgets.c
    asked = insert_into(tx, provider_budgets).values(provider=provider, period=period, units=units)
    begun = case((held.period < asked.excluded.period, 0), else_=held.units)
    newest = case((held.period < asked.excluded.period, asked.excluded.period), else_=held.period)
    drawn = asked.on_conflict_do_update(
        index_elements=[held.provider],
        set_={"units": begun + asked.excluded.units, "period": newest},
        where=begun + asked.excluded.units <= allowance,
    )
    return tx.execute(drawn.returning(func.coalesce(held.units, 0))).first() is not None
