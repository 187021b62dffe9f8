"""Corrections: what the person set right about a recipient; each can be undone and none is forgotten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from app.reading.facts import CorrectionFact, CorrectionKind
from app.store.database import insert_into
from app.store.prepared import Prepared
from app.store.recipients import joined_with
from app.store.tables import corrections, recipients


@dataclass(frozen=True, slots=True)
class Correction:
    """`subject_key` is the evidence key it is about, empty for the whole recipient."""

    id: str
    person_id: str
    recipient_id: str
    kind: CorrectionKind
    at: datetime
    subject_key: str = ""
    undone_at: datetime | None = None


_TOLD = select(*(corrections.c[name] for name in Correction.__slots__))
_OF_RECIPIENT = Prepared(
    _TOLD.where(
        corrections.c.recipient_id.in_(joined_with("recipient")),
        corrections.c.undone_at.is_(None),
    ).order_by(corrections.c.at, corrections.c.id)
)


def add(tx: Connection, correction: Correction) -> Correction:
    """Store it, or give the one that says the same and is not undone.

    Raises LookupError when the recipient is not this person's.
    """
    mine = (recipients.c.id == correction.recipient_id) & (recipients.c.person_id == correction.person_id)
    if tx.execute(select(recipients.c.id).where(mine).with_for_update()).first() is None:
        raise LookupError("there is no such recipient")
    here = corrections.c
    same = (here.recipient_id == correction.recipient_id) & (here.kind == correction.kind.value)
    twin = _read(
        tx, correction.person_id, same & (here.subject_key == correction.subject_key) & here.undone_at.is_(None)
    )
    if twin:
        return twin[0]
    row = {name: getattr(correction, name) for name in ("id", "person_id", "recipient_id", "at", "subject_key")}
    tx.execute(insert_into(tx, corrections).values(row | {"kind": correction.kind.value}))
    return correction


def undo(tx: Connection, person_id: str, correction_id: str, now: datetime) -> bool:
    """False when it is unknown or undone already."""
    mine = (corrections.c.id == correction_id) & (corrections.c.person_id == person_id)
    undone = update(corrections).where(mine, corrections.c.undone_at.is_(None)).values(undone_at=now)
    return tx.execute(undone).rowcount > 0


def is_known(tx: Connection, person_id: str, correction_id: str) -> bool:
    """Whether it is this person's, undone or not."""
    return bool(_read(tx, person_id, corrections.c.id == correction_id))


def of_recipient(tx: Connection, person_id: str, recipient_id: str) -> list[CorrectionFact]:
    """What stands about the recipient and all merged into it, in order of time."""
    return [as_fact(_correction(row)) for row in _OF_RECIPIENT.rows(tx, person=person_id, recipient=recipient_id)]


def of_person(tx: Connection, person_id: str) -> list[Correction]:
    """All of them, undone ones too, in order of time."""
    return _read(tx, person_id, corrections.c.person_id == person_id)


def as_fact(correction: Correction) -> CorrectionFact:
    return CorrectionFact(correction.kind, correction.at, correction.subject_key)


def _read(tx: Connection, person_id: str, condition: ColumnElement[bool]) -> list[Correction]:
    here = corrections.c
    rows = tx.execute(_TOLD.where(here.person_id == person_id, condition).order_by(here.at, here.id))
    return [_correction(row) for row in rows]


def _correction(row: Any) -> Correction:
    return Correction(
        row.id, row.person_id, row.recipient_id, CorrectionKind(row.kind), row.at, row.subject_key, row.undone_at
    )
