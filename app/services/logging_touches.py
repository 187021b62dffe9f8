"""Logging calls, voice mails and other contacts by hand: add once, edit, delete, undo."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.cadence.thread import Promise
from app.reading.noted import promise_noted
from app.reading.people import is_address
from app.services.errors import Conflict, NotFound, WrongInput
from app.services.parts import Parts
from app.store import audit, logged, recipients

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TouchToLog:
    """`recipient` is an address or a recipient id; `at` aware UTC; `note_promise` what they said ("by Friday")."""

    recipient: str
    channel: str
    outcome: str
    at: datetime
    mood: str | None = None
    note_promise: str | None = None
    idempotency_key: str | None = None


def log_touch(parts: Parts, person_id: str, touch: TouchToLog, now: datetime) -> logged.LoggedTouch:
    """Store a touch once; the same key, or a double click within two minutes, gives the first one again."""
    _check_time(touch.at, now)
    with parts.database.write(durable=True) as tx:
        recipient_id = _recipient(parts, tx, person_id, touch.recipient, now)
        stored = logged.add(
            tx,
            parts.sealer,
            logged.LoggedTouch(
                id=secrets.token_hex(16),
                person_id=person_id,
                recipient_id=recipient_id,
                channel=touch.channel,
                outcome=touch.outcome,
                at=touch.at,
                mood=touch.mood,
                note_promise=touch.note_promise or "",
                promise=promised(parts, touch.note_promise, touch.at),
                idempotency_key=touch.idempotency_key,
                created_at=now,
            ),
        )
        audit.record(tx, person_id, now, "touch_logged", stored.id)
    return stored


def promised(parts: Parts, note: str | None, at: datetime) -> Promise | None:
    """What they said as a date range; a note that names no date is kept as an open promise."""
    if not note:
        return None
    return promise_noted(note, at, parts.zone, country=parts.country)


@dataclass(frozen=True, slots=True)
class Edited:
    """A touch as it is now. `former` names what it was before, for `undo_edit`; empty when nothing changed."""

    touch: logged.LoggedTouch
    former: str = ""


def _check_time(at: datetime, now: datetime) -> None:
    """Raises WrongInput."""
    if at > now:
        raise WrongInput("A logged touch lies in the past; this one is in the future.")
    if at < EARLIEST:
        raise WrongInput("A logged touch is not as old as that; look at its year.")


def edit_touch(parts: Parts, person_id: str, touch_id: str, changes: Mapping[str, Any], now: datetime) -> Edited:
    """Change channel, outcome, time, mood or note; `deleted: False` brings a deleted touch back. Raises NotFound."""
    with parts.database.write(durable=True) as tx:
        if "deleted" in changes:
            logged.undelete(tx, person_id, touch_id)
        before = logged.find(tx, parts.sealer, person_id, touch_id)
        if before is None:
            raise NotFound("There is no such logged touch.")
        after = replace(before, **_changed(parts, before, changes))
        _check_time(after.at, now)
        former = logged.keep_former(tx, parts.sealer, before, now) if after != before else ""
        logged.edit(tx, parts.sealer, after)
        audit.record(tx, person_id, now, "touch_edited", touch_id)
    return Edited(after, former)


def undo_edit(parts: Parts, person_id: str, touch_id: str, former: str, now: datetime) -> None:
    """Make a touch what it was before that edit. Raises NotFound, Conflict when it was edited again or undone since."""
    with parts.database.write(durable=True) as tx:
        if logged.find(tx, parts.sealer, person_id, touch_id) is None:
            raise NotFound("There is no such logged touch.")
        if not logged.put_back(tx, parts.sealer, person_id, touch_id, former):
            raise Conflict("This entry was changed again since, or undone already. Nothing was undone.")
        audit.record(tx, person_id, now, "touch_edit_undone", touch_id)


def _changed(parts: Parts, before: logged.LoggedTouch, changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: changes[name] for name in ("channel", "outcome", "at") if changes.get(name)}
    if "mood" in changes:
        changed["mood"] = changes["mood"]
    if "note_promise" in changes:
        note = changes["note_promise"] or ""
        changed |= {"note_promise": note, "promise": promised(parts, note, before.at)}
    return changed


def delete_touch(parts: Parts, person_id: str, touch_id: str, now: datetime) -> None:
    """Hide a logged touch; editing it with `deleted: false` brings it back. Twice is once. Raises NotFound."""
    with parts.database.write(durable=True) as tx:
        if logged.delete(tx, person_id, touch_id, now):
            audit.record(tx, person_id, now, "touch_deleted", touch_id)
        elif logged.find(tx, parts.sealer, person_id, touch_id) is None:
            raise NotFound("There is no such logged touch.")


def _recipient(parts: Parts, tx: Connection, person_id: str, named: str, now: datetime) -> str:
    address = named.strip().lower()
    if "@" in named:
        if not is_address(address):
            raise WrongInput("Give the whole address of the person this was with, such as rita@acme.example.")
        return recipients.ensure(tx, parts.sealer, person_id, {address: ""}, now)[address]
    if recipients.find(tx, parts.sealer, person_id, named) is None:
        raise NotFound("There is no such recipient.")
    return named
