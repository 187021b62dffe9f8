"""Places at a provider: which process may ask a mailbox now, in a row that lapses by itself when the process died."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, or_, update

from app.store.prepared import Prepared, PreparedInsert
from app.store.tables import places


def take(tx: Connection, name: str, holder: str, *, now: datetime, until: datetime) -> bool | None:
    """The place is this holder's until then if it was free, had lapsed, or was this holder's already.

    True when somebody else is waiting for it, False when nobody is, None when it is another holder's: then this one
    waits.
    """
    row = _TAKE.first(tx, name=name, holder=holder, expires_at=until, wanted=False, now=now)
    if row is None:
        _WANT.run(tx, place=name)
    return None if row is None else bool(row.wanted)


def give_back(tx: Connection, name: str, holder: str) -> bool:
    """Free for whoever comes next, and whether somebody waits; nothing where it has become somebody else's."""
    row = _GIVE_BACK.first(tx, place=name, by=holder)
    return row is not None and bool(row.wanted)


def _taken(asked: Any) -> Any:
    held = places.c
    mine = held.holder == asked.excluded.holder
    theirs = {"holder": asked.excluded.holder, "expires_at": asked.excluded.expires_at}
    taken = asked.on_conflict_do_update(
        index_elements=[held.name],
        set_=theirs | {"wanted": case((mine, held.wanted), else_=False)},
        where=or_(held.expires_at <= bindparam("now"), mine),
    )
    return taken.returning(held.wanted)


_HERE = places.c.name == bindparam("place")
_TAKE = PreparedInsert(places, ("name", "holder", "expires_at", "wanted"), _taken)
_WANT = Prepared(update(places).where(_HERE).values(wanted=True))
_GIVE_BACK = Prepared(delete(places).where(_HERE, places.c.holder == bindparam("by")).returning(places.c.wanted))
