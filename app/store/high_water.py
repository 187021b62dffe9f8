"""How far a store has come: the newest line of its record, and how much in it was entered by hand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.store.database import highest_given
from app.store.tables import audit, corrections, logged_touches


@dataclass(frozen=True, slots=True)
class Level:
    """`line` numbers the record of every touch logged, correction, link and pairing; `at` is when the newest was.

    0 and None where there is none. `touches` and `corrections` count rows.
    """

    line: int
    at: datetime | None
    touches: int
    corrections: int


def level(tx: Connection) -> Level:
    at = tx.execute(select(audit.c.at).order_by(audit.c.id.desc()).limit(1)).scalar()
    counted = [tx.execute(select(func.count()).select_from(one)).scalar_one() for one in (logged_touches, corrections)]
    return Level(highest_given(tx, audit), at, *counted)


def is_noted(tx: Connection, person_id: str, what: str, about: str) -> bool:
    """Whether this person's record has such a line."""
    line = (audit.c.person_id == person_id) & (audit.c.what == what) & (audit.c.about == about)
    return tx.execute(select(audit.c.id).where(line).limit(1)).first() is not None
