"""Audit: what was linked, paired, rotated or erased and when, without content."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.store.database import insert_into
from app.store.tables import audit


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`what` is a short machine word, `about` an id or empty."""

    at: datetime
    what: str
    about: str


def record(tx: Connection, person_id: str, now: datetime, what: str, about: str = "") -> None:
    tx.execute(insert_into(tx, audit).values(person_id=person_id, at=now, what=what, about=about))


def forget(tx: Connection, person_id: str) -> None:
    """The record of someone about whom nothing else is held any more."""
    tx.execute(delete(audit).where(audit.c.person_id == person_id))


def of_person(tx: Connection, person_id: str, *, limit: int = 200) -> list[AuditEntry]:
    """Newest first."""
    mine = select(audit.c.at, audit.c.what, audit.c.about).where(audit.c.person_id == person_id)
    return [AuditEntry(*row) for row in tx.execute(mine.order_by(audit.c.id.desc()).limit(limit))]
