"""Places at a provider: which process may ask a mailbox now, in a row that lapses by itself when the process died."""

from datetime import datetime

from sqlalchemy import Connection, case, delete, or_, update

from app.store.database import insert_into
from app.store.tables import places


def take(tx: Connection, name: str, holder: str, *, now: datetime, until: datetime) -> bool | None:
    """The place is this holder's until then if it was free, had lapsed, or was this holder's already.

    True when somebody else is waiting for it, False when nobody is, None when it is another holder's: then this one
    waits.
    """
    held = places.c
    asked = insert_into(tx, places).values(name=name, holder=holder, expires_at=until, wanted=False)
    mine = held.holder == asked.excluded.holder
    theirs = {"holder": asked.excluded.holder, "expires_at": asked.excluded.expires_at}
    taken = asked.on_conflict_do_update(
        index_elements=[held.name],
        set_=theirs | {"wanted": case((mine, held.wanted), else_=False)},
        where=or_(held.expires_at <= now, mine),
    )
    wanted: bool | None = tx.execute(taken.returning(held.wanted)).scalar()
    if wanted is None:
        tx.execute(update(places).where(held.name == name).values(wanted=True))
    return wanted


def give_back(tx: Connection, name: str, holder: str) -> bool:
    """Free for whoever comes next, and whether somebody waits; nothing where it has become somebody else's."""
    mine = delete(places).where(places.c.name == name, places.c.holder == holder)
    return bool(tx.execute(mine.returning(places.c.wanted)).scalar())
