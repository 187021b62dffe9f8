"""What the person sets right: corrections, names, stages, quiet, merged and split recipients; each can be undone."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.reading.facts import ABOUT_A_MESSAGE, CorrectionKind
from app.reading.people import is_address
from app.services.errors import Conflict, NotFound, WrongInput
from app.services.parts import Parts
from app.store import audit, corrections, recipients
from app.store.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Correction:
    """`about` is an evidence key, empty for the recipient as a whole."""

    recipient_id: str
    kind: CorrectionKind
    about: str = ""


def correct(parts: Parts, person_id: str, asked: Correction, now: datetime) -> str:
    """Set something right; the id undoes it. Raises NotFound, and WrongInput where a message has to be named."""
    if asked.kind in ABOUT_A_MESSAGE and not asked.about:
        raise WrongInput("Say which message this is about.")
    with parts.database.write(durable=True) as tx:
        _find(parts, tx, person_id, asked.recipient_id)
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
    """Raises NotFound when there never was one, Conflict when it was undone already."""
    with parts.database.write(durable=True) as tx:
        if not corrections.undo(tx, person_id, correction_id, now):
            if not corrections.is_known(tx, person_id, correction_id):
                raise NotFound("There is no such correction.")
            raise Conflict("This correction was undone already.")
        audit.record(tx, person_id, now, "correction_undone", correction_id)


@dataclass(frozen=True, slots=True)
class Change:
    """What to change about a recipient; None leaves a thing as it is. An empty `stage` gives it back to inference.

    `also` is another address of theirs, known or new, that counts as this recipient from now on.
    """

    stage: str | None = None
    muted: bool | None = None
    name: str | None = None
    also: str | None = None
    merge_into: str | None = None
    unmerge: bool = False
    split: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What the person may say about a recipient: name, and stage (empty: as read from the mail)."""

    stage: str
    name: str


def change_recipient(parts: Parts, person_id: str, recipient_id: str, change: Change, now: datetime) -> str:
    """Apply a change and return the id under which the recipient is found now, one audit row for each thing.

    With `also` it is the id to `unmerge`, with `split` the new one. Raises NotFound, Conflict, WrongInput.
    """
    with parts.database.write(durable=True) as tx:
        _find(parts, tx, person_id, recipient_id)
        found = recipient_id
        for what, step in _steps(change):
            found = step(_Desk(parts, tx, person_id, now), recipient_id, change) or found
            audit.record(tx, person_id, now, what, recipient_id)
    return found


def named(parts: Parts, person_id: str, recipient_id: str) -> Named:
    """Name and stage as they stand. Raises NotFound."""
    with parts.database.read() as tx:
        return _named(_find(parts, tx, person_id, recipient_id))


def rename_back(parts: Parts, person_id: str, recipient_id: str, former: Named, *, made: Named, now: datetime) -> None:
    """Put name and stage back as they were before they were `made` so. Raises Conflict when they changed since."""
    with parts.database.write(durable=True) as tx:
        if _named(_find(parts, tx, person_id, recipient_id)) != made:
            raise Conflict("Name or stage were changed again since. Nothing was undone.")
        recipients.set_stage(tx, person_id, recipient_id, former.stage or None)
        recipients.rename(tx, parts.sealer, person_id, recipient_id, former.name)
        audit.record(tx, person_id, now, "change_undone", recipient_id)


def _named(recipient: Recipient) -> Named:
    return Named(recipient.stage or "", recipient.name)


def _find(parts: Parts, tx: Connection, person_id: str, recipient_id: str) -> Recipient:
    found = recipients.find(tx, parts.sealer, person_id, recipient_id)
    if found is None:
        raise NotFound("There is no such recipient.")
    return found


@dataclass(frozen=True, slots=True)
class _Desk:
    """One write on behalf of one person."""

    parts: Parts
    tx: Connection
    person_id: str
    now: datetime


_Step = Callable[[_Desk, str, Change], str | None]


def _steps(change: Change) -> Iterator[tuple[str, _Step]]:
    """(audit word, what to do) for each thing a change asks for; a step may name where the recipient is found now."""
    if change.stage is not None:
        yield "stage_set", _set_stage
    if change.muted is not None:
        yield ("muted" if change.muted else "unmuted"), _set_muted
    if change.name is not None:
        yield "renamed", _rename
    if change.also is not None:
        yield "address_added", _add_address
    if change.merge_into is not None:
        yield "merged", _merge
    if change.unmerge:
        yield "unmerged", _unmerge
    if change.split:
        yield "split", _split


def _set_stage(at: _Desk, recipient_id: str, change: Change) -> None:
    recipients.set_stage(at.tx, at.person_id, recipient_id, change.stage or None)


def _set_muted(at: _Desk, recipient_id: str, change: Change) -> None:
    recipients.set_muted(at.tx, at.person_id, recipient_id, at.now if change.muted else None)


def _rename(at: _Desk, recipient_id: str, change: Change) -> None:
    recipients.rename(at.tx, at.parts.sealer, at.person_id, recipient_id, change.name or "")


def _add_address(at: _Desk, recipient_id: str, change: Change) -> str:
    address = change.also or ""
    if not is_address(address):
        raise WrongInput("Give the whole address, such as rita@acme.example.")
    here = _find(at.parts, at.tx, at.person_id, recipient_id)
    other = recipients.ensure(at.tx, at.parts.sealer, at.person_id, {address: ""}, at.now)[address]
    if other != here.id:
        recipients.merge(at.tx, at.person_id, other, here.id)
        return other
    if address == here.address:
        raise WrongInput(f"{address} is the address they have already.")
    return recipients.owner_of(at.tx, at.person_id, address)


def _merge(at: _Desk, recipient_id: str, change: Change) -> str:
    into = change.merge_into or ""
    _find(at.parts, at.tx, at.person_id, into)
    recipients.merge(at.tx, at.person_id, recipient_id, into)
    return into


def _unmerge(at: _Desk, recipient_id: str, change: Change) -> None:
    if not recipients.unmerge(at.tx, at.person_id, recipient_id):
        raise Conflict("This recipient stands alone already.")


def _split(at: _Desk, recipient_id: str, change: Change) -> str:
    fresh = recipients.split(at.tx, at.person_id, recipient_id, addresses=change.split, now=at.now)
    if fresh is not None:
        return fresh
    split_off = recipients.for_addresses(at.tx, at.parts.sealer, at.person_id, change.split)
    if len(split_off) == 1 and split_off[0].id != recipient_id and set(split_off[0].addresses) == set(change.split):
        return split_off[0].id  # a second click on what the first one did
    raise WrongInput("Split off some of this recipient's own addresses, and leave at least one.")
