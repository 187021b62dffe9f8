"""Logged touches: calls, voice mails and other contacts the person entered; added once, edited, hidden, undone."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, select, update
from sqlalchemy import delete as delete_from

from app.cadence.thread import Promise
from app.reading.facts import LoggedFact
from app.store.database import insert_into
from app.store.ids import new_id
from app.store.prepared import Prepared
from app.store.recipients import joined_with
from app.store.sealing import Sealer
from app.store.tables import logged_touches, recipients

_DOUBLE_CLICK = timedelta(minutes=2)
_BEFORE = "before:"


@dataclass(frozen=True, slots=True)
class LoggedTouch:
    """One contact entered by hand. `note_promise` is what they said, kept sealed; `promise` the dates in it."""

    id: str
    person_id: str
    recipient_id: str
    channel: str
    outcome: str
    at: datetime
    created_at: datetime
    mood: str | None = None
    note_promise: str = field(default="", repr=False)
    promise: Promise | None = None
    idempotency_key: str | None = None
    deleted_at: datetime | None = None


_OF_RECIPIENT = Prepared(
    select(logged_touches)
    .where(
        logged_touches.c.recipient_id.in_(joined_with("recipient")),
        logged_touches.c.deleted_at.is_(None),
    )
    .order_by(logged_touches.c.at, logged_touches.c.id)
)


def add(tx: Connection, sealer: Sealer, touch: LoggedTouch) -> LoggedTouch:
    """Store it, or give the one that stands for it already and leave that as it is.

    The same idempotency key stands for the same touch for ever; without one, so does the same recipient, channel
    and outcome within two minutes. Raises LookupError when the recipient is not this person's.
    """
    _lock_recipient(tx, touch)
    twin = _by_idempotency_key(tx, sealer, touch) or _double_click(tx, sealer, touch)
    if twin is None:
        tx.execute(insert_into(tx, logged_touches).values(_row(sealer, touch)))
    return twin or touch


def find(tx: Connection, sealer: Sealer, person_id: str, touch_id: str) -> LoggedTouch | None:
    """Hidden ones too; None when there is none of this person's."""
    return next(iter(_read(tx, sealer, person_id, logged_touches.c.id == touch_id)), None)


def edit(tx: Connection, sealer: Sealer, touch: LoggedTouch) -> bool:
    """Put this in place of the touch with its id: `deleted_at` None brings a hidden one back. False when unknown."""
    mine = (logged_touches.c.id == touch.id) & (logged_touches.c.person_id == touch.person_id)
    changed = _row(sealer, touch)
    for fixed in ("id", "person_id", "idempotency_key", "created_at"):
        del changed[fixed]
    return tx.execute(update(logged_touches).where(mine).values(changed)).rowcount > 0


def delete(tx: Connection, person_id: str, touch_id: str, now: datetime) -> bool:
    """Hide it; `undelete` brings it back. False when it is unknown or hidden already."""
    return _hide(tx, person_id, touch_id, logged_touches.c.deleted_at.is_(None), now)


def undelete(tx: Connection, person_id: str, touch_id: str) -> bool:
    """False when it is unknown or was not hidden."""
    return _hide(tx, person_id, touch_id, logged_touches.c.deleted_at.is_not(None), None)


def keep_former(tx: Connection, sealer: Sealer, former: LoggedTouch, now: datetime) -> str:
    """Lay a hidden copy of a touch aside before it is edited, and return its id for `put_back`."""
    copy = replace(former, id=new_id(), idempotency_key=f"{_BEFORE}{former.id}", created_at=now, deleted_at=now)
    tx.execute(_release(former))
    tx.execute(insert_into(tx, logged_touches).values(_row(sealer, copy)))
    return copy.id


def put_back(tx: Connection, sealer: Sealer, person_id: str, touch_id: str, copy_id: str) -> bool:
    """Make a touch what its copy says. False when the touch was edited again since, or put back already."""
    copy = find(tx, sealer, person_id, copy_id)
    if copy is None or copy.idempotency_key != f"{_BEFORE}{touch_id}":
        return False
    tx.execute(delete_from(logged_touches).where(logged_touches.c.id == copy_id))
    return edit(tx, sealer, replace(copy, id=touch_id, deleted_at=None))


def _release(touch: LoggedTouch) -> Update:
    """Only the newest copy of a touch is named as such."""
    older = logged_touches.c.idempotency_key == f"{_BEFORE}{touch.id}"
    return (
        update(logged_touches).where(logged_touches.c.person_id == touch.person_id, older).values(idempotency_key=None)
    )


def of_recipient(tx: Connection, sealer: Sealer, person_id: str, recipient_id: str) -> list[LoggedFact]:
    """What counts for the recipient and all merged into it, in order of time, without hidden ones."""
    rows = _OF_RECIPIENT.rows(tx, person=person_id, recipient=recipient_id)
    return [as_fact(touch_of(sealer, row)) for row in rows]


def of_person(tx: Connection, sealer: Sealer, person_id: str) -> list[LoggedTouch]:
    """All that count, in order of time; `recipient_id` is the one it was entered for, merged or not."""
    return _read(tx, sealer, person_id, _counts(logged_touches.c.person_id == person_id))


def as_fact(touch: LoggedTouch) -> LoggedFact:
    """The touch as the reading sees it; its key is its id."""
    return LoggedFact(touch.id, touch.at, touch.channel, touch.outcome, touch.mood, touch.promise)


def _lock_recipient(tx: Connection, touch: LoggedTouch) -> None:
    mine = (recipients.c.id == touch.recipient_id) & (recipients.c.person_id == touch.person_id)
    if tx.execute(select(recipients.c.id).where(mine).with_for_update()).first() is None:
        raise LookupError("there is no such recipient")


def _by_idempotency_key(tx: Connection, sealer: Sealer, touch: LoggedTouch) -> LoggedTouch | None:
    if touch.idempotency_key is None:
        return None
    same = logged_touches.c.idempotency_key == touch.idempotency_key
    return next(iter(_read(tx, sealer, touch.person_id, same)), None)


def _double_click(tx: Connection, sealer: Sealer, touch: LoggedTouch) -> LoggedTouch | None:
    here = logged_touches.c
    same = (here.recipient_id == touch.recipient_id) & (here.channel == touch.channel)
    near = here.at.between(touch.at - _DOUBLE_CLICK, touch.at + _DOUBLE_CLICK)
    twins = _read(tx, sealer, touch.person_id, _counts(same & (here.outcome == touch.outcome) & near))
    return next(iter(twins), None)


def _counts(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return condition & logged_touches.c.deleted_at.is_(None)


def _hide(
    tx: Connection, person_id: str, touch_id: str, condition: ColumnElement[bool], deleted_at: datetime | None
) -> bool:
    mine = (logged_touches.c.id == touch_id) & (logged_touches.c.person_id == person_id) & condition
    return tx.execute(update(logged_touches).where(mine).values(deleted_at=deleted_at)).rowcount > 0


def _row(sealer: Sealer, touch: LoggedTouch) -> dict[str, Any]:
    promise = touch.promise
    return {
        "id": touch.id,
        "person_id": touch.person_id,
        "recipient_id": touch.recipient_id,
        "channel": touch.channel,
        "outcome": touch.outcome,
        "at": touch.at,
        "mood": touch.mood,
        "note_promise": sealer.seal_text(
            touch.note_promise, table="logged_touches", row=touch.id, column="note_promise"
        ),
        "promise_start": promise.start.isoformat() if promise and promise.start else None,
        "promise_end": promise.end.isoformat() if promise and promise.end else None,
        "promise_invites": bool(promise and promise.invites),
        "idempotency_key": touch.idempotency_key,
        "created_at": touch.created_at,
        "deleted_at": touch.deleted_at,
    }


def _read(tx: Connection, sealer: Sealer, person_id: str, condition: ColumnElement[bool]) -> list[LoggedTouch]:
    mine = select(logged_touches).where(logged_touches.c.person_id == person_id, condition)
    ordered = mine.order_by(logged_touches.c.at, logged_touches.c.id)
    return [touch_of(sealer, row) for row in tx.execute(ordered)]


def touch_of(sealer: Sealer, row: Any) -> LoggedTouch:
    """A row of the table as a touch, its note opened. Raises KeyMissing."""
    note = sealer.shown_text(row.note_promise, table="logged_touches", row=row.id, column="note_promise")
    start, end = _day(row.promise_start), _day(row.promise_end)
    said = note or start or end
    return LoggedTouch(
        id=row.id,
        person_id=row.person_id,
        recipient_id=row.recipient_id,
        channel=row.channel,
        outcome=row.outcome,
        at=row.at,
        created_at=row.created_at,
        mood=row.mood,
        note_promise=note,
        promise=Promise(start, end, note, row.promise_invites) if said else None,
        idempotency_key=row.idempotency_key,
        deleted_at=row.deleted_at,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
