"""What the person sets right: corrections, names, stages, quiet, merged and split recipients; each can be undone."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.reading.facts import CorrectionKind
from app.services.errors import Conflict, NotFound, WrongInput
from app.services.parts import Parts
from app.store import audit, corrections, recipients


@dataclass(frozen=True, slots=True)
class Correction:
    """`about` is an evidence key, empty for the recipient as a whole."""

    recipient_id: str
    kind: CorrectionKind
    about: str = ""


def correct(parts: Parts, person_id: str, asked: Correction, now: datetime) -> str:
    """Set something right; the id undoes it. Raises NotFound."""
    with parts.database.write(durable=True) as tx:
        _must_exist(parts, tx, person_id, asked.recipient_id)
        stored = corrections.add(
            tx,
            corrections.Correction(
                id=secrets.token_hex(16),
                person_id=person_id,
                recipient_id=asked.recipient_id,
                kind=asked.kind,
                at=now,
                subject_key=asked.about,
            ),
        )
        audit.record(tx, person_id, now, "corrected", stored.id)
    return stored.id


def undo_correction(parts: Parts, person_id: str, correction_id: str, now: datetime) -> None:
    """Raises Conflict when it was undone already or never was."""
    with parts.database.write(durable=True) as tx:
        if not corrections.undo(tx, person_id, correction_id, now):
            raise Conflict("This correction was undone already.")
        audit.record(tx, person_id, now, "correction_undone", correction_id)


@dataclass(frozen=True, slots=True)
class Change:
    """What to change about a recipient; None leaves a thing as it is. An empty `stage` gives it back to inference."""

    stage: str | None = None
    muted: bool | None = None
    name: str | None = None
    merge_into: str | None = None
    unmerge: bool = False
    split: tuple[str, ...] = ()


def change_recipient(parts: Parts, person_id: str, recipient_id: str, change: Change, now: datetime) -> str:
    """Apply a change and return the id under which the recipient is found now. Raises NotFound, Conflict."""
    with parts.database.write(durable=True) as tx:
        _must_exist(parts, tx, person_id, recipient_id)
        found = recipient_id
        if change.stage is not None:
            recipients.set_stage(tx, person_id, recipient_id, change.stage or None)
        if change.muted is not None:
            recipients.set_muted(tx, person_id, recipient_id, now if change.muted else None)
        if change.name is not None:
            recipients.rename(tx, parts.sealer, person_id, recipient_id, change.name)
        if change.merge_into is not None:
            _must_exist(parts, tx, person_id, change.merge_into)
            recipients.merge(tx, person_id, recipient_id, change.merge_into)
            found = change.merge_into
        if change.unmerge and not recipients.unmerge(tx, person_id, recipient_id):
            raise Conflict("This recipient stands alone already.")
        if change.split:
            found = _split(tx, person_id, recipient_id, change.split, now)
        audit.record(tx, person_id, now, "recipient_changed", recipient_id)
    return found


def _must_exist(parts: Parts, tx: Connection, person_id: str, recipient_id: str) -> None:
    if recipients.find(tx, parts.sealer, person_id, recipient_id) is None:
        raise NotFound("There is no such recipient.")


def _split(tx: Connection, person_id: str, recipient_id: str, addresses: tuple[str, ...], now: datetime) -> str:
    fresh = recipients.split(tx, person_id, recipient_id, addresses=addresses, now=now)
    if fresh is None:
        raise WrongInput("Split off some of this recipient's own addresses, and leave at least one.")
    return fresh
