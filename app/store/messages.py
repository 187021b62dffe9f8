"""Messages: facts of mail, stored once each however often a page comes by; what a letter said is never undone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from app.reading.facts import InboundReading, Kind, OutboundReading
from app.reading.keeping import reading_to_json, words_to_json
from app.reading.people import organisation
from app.store.database import insert_into
from app.store.message_facts import StoredMessage, by_key, for_addresses, of_person
from app.store.names import name_hash
from app.store.sealing import Sealer
from app.store.tables import message_people, message_references, messages

__all__ = [
    "NewMessage",
    "StoredMessage",
    "add",
    "by_key",
    "claim_as_own",
    "for_addresses",
    "mark_gone",
    "of_person",
    "present_since",
]

_SPEAKS_FOR_ITS_COMPANY = (Kind.REPLY, Kind.REJECTION, Kind.CALENDAR, Kind.ATS_RECEIPT)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One message as it was read. Addresses are lower case, `at` is aware UTC.

    `people` holds (role, address, display name) of everybody in To, Cc and Bcc; `reference_keys` the message
    keys it answers. Subject, sender's name and the reading's quoted words are sealed on the way in.
    """

    person_id: str
    account_id: str
    provider_message_id: str
    provider_thread_id: str
    message_key: str
    at: datetime
    outbound: bool
    sender: str
    reading: InboundReading | OutboundReading = field(repr=False)
    reader_version: int
    people: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)
    reference_keys: tuple[str, ...] = ()
    sender_name: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    folder: str = "other"
    link: str = ""


def add(tx: Connection, sealer: Sealer, rows: Iterable[NewMessage]) -> int:
    """Store the messages of one or several accounts; how many were not known before.

    A known message (same account, same provider id) takes the new folder and link, is present again, and takes
    the new reading only from a newer reader. The order and grouping of the calls change nothing.
    """
    return sum(_add_to_account(tx, sealer, account_id, batch) for account_id, batch in _by_account(rows).items())


def mark_gone(tx: Connection, account_id: str, provider_message_ids: Iterable[str]) -> int:
    """The mailbox no longer holds these; what they said still counts. How many were known and present."""
    ids = tuple(provider_message_ids)
    held = (messages.c.account_id == account_id) & messages.c.provider_message_id.in_(ids)
    gone = update(messages).where(held, messages.c.present).values(present=False)
    return tx.execute(gone).rowcount if ids else 0


def claim_as_own(tx: Connection, person_id: str, addresses: Iterable[str]) -> int:
    """Mail from an address that turned out to be the person's own is theirs, also mail stored before; how many."""
    theirs = (messages.c.person_id == person_id) & messages.c.sender.in_(tuple(addresses)) & ~messages.c.outbound
    return tx.execute(update(messages).where(theirs).values(outbound=True)).rowcount


def present_since(tx: Connection, account_id: str, after: datetime) -> frozenset[str]:
    """Provider ids of the messages at or after an instant that the mailbox is known to hold."""
    held = (messages.c.account_id == account_id) & messages.c.present & (messages.c.at >= after)
    return frozenset(tx.execute(select(messages.c.provider_message_id).where(held)).scalars())


def older_reader(tx: Connection, account_id: str, reader_version: int, *, limit: int = 100) -> list[str]:
    """Provider ids, newest first, of present messages last read by an older reader than this."""
    old = (messages.c.account_id == account_id) & messages.c.present & (messages.c.reader_version < reader_version)
    found = select(messages.c.provider_message_id).where(old).order_by(messages.c.at.desc()).limit(limit)
    return list(tx.execute(found).scalars())


def delete_some(tx: Connection, account_id: str, *, limit: int = 2000) -> int:
    """Delete that many messages of the account with all that hangs on them; 0 when none is left."""
    some = select(messages.c.id).where(messages.c.account_id == account_id).limit(limit)
    return tx.execute(delete(messages).where(messages.c.id.in_(some))).rowcount


def _by_account(rows: Iterable[NewMessage]) -> dict[str, dict[str, NewMessage]]:
    grouped: dict[str, dict[str, NewMessage]] = {}
    for row in rows:
        grouped.setdefault(row.account_id, {})[row.provider_message_id] = row
    return grouped


def _add_to_account(tx: Connection, sealer: Sealer, account_id: str, batch: Mapping[str, NewMessage]) -> int:
    known = _known(tx, account_id, tuple(batch))
    fresh = [row for key, row in batch.items() if key not in known]
    moved = [row for key, row in batch.items() if key in known and known[key][1:] != _standing(row)]
    reread = [row for key, row in batch.items() if key in known and known[key][0] < row.reader_version]
    ids = _insert(tx, sealer, account_id, fresh)
    if moved:
        tx.execute(_MOVE, [_moved(row) for row in moved])
    if reread:
        tx.execute(_REREAD, [_said(sealer, row) | _named(row) for row in reread])
        ids |= _ids(tx, account_id, [row.provider_message_id for row in reread])
    _insert_children(tx, ids, (*fresh, *reread))
    return len(fresh)


def _known(tx: Connection, account_id: str, ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    here = messages.c
    told = select(here.provider_message_id, here.reader_version, here.folder, here.present, here.link)
    found = tx.execute(told.where(here.account_id == account_id, here.provider_message_id.in_(ids)))
    return {row[0]: tuple(row[1:]) for row in found}


def _standing(row: NewMessage) -> tuple[Any, ...]:
    return row.folder, True, row.link


def _insert(tx: Connection, sealer: Sealer, account_id: str, rows: Sequence[NewMessage]) -> dict[str, int]:
    """The row ids by provider id. Where another worker was faster its row stands."""
    if not rows:
        return {}
    tx.execute(insert_into(tx, messages).on_conflict_do_nothing(), [_row(sealer, row) for row in rows])
    return _ids(tx, account_id, [row.provider_message_id for row in rows])


def _ids(tx: Connection, account_id: str, provider_ids: Sequence[str]) -> dict[str, int]:
    here = messages.c
    found = select(here.provider_message_id, here.id).where(here.account_id == account_id)
    return {row[0]: row[1] for row in tx.execute(found.where(here.provider_message_id.in_(provider_ids)))}


def _insert_children(tx: Connection, ids: Mapping[str, int], rows: Sequence[NewMessage]) -> None:
    people = [
        {"message_id": ids[row.provider_message_id], "role": role, "address": address}
        | {"person_id": row.person_id, "at": row.at}
        for row in rows
        for role, address in dict.fromkeys(_people(row))
    ]
    references = [
        {"message_id": ids[row.provider_message_id], "message_key": key, "person_id": row.person_id}
        for row in rows
        for key in dict.fromkeys(_references(row))
    ]
    for table, children in ((message_people, people), (message_references, references)):
        if children:
            tx.execute(insert_into(tx, table).on_conflict_do_nothing(), children)


def _people(row: NewMessage) -> Iterator[tuple[str, str]]:
    """Everybody a message is about: who it goes to, comes from, speaks for (a company), or never reached."""
    yield from ((role, address) for role, address, _ in row.people)
    if row.outbound or not isinstance(row.reading, InboundReading):
        return
    yield "from", row.sender
    if row.reading.failed_address:
        yield "fail", row.reading.failed_address
    company = organisation(row.sender) if row.reading.kind in _SPEAKS_FOR_ITS_COMPANY else ""
    if company:
        yield "org", f"@{company}"


def _references(row: NewMessage) -> Iterator[str]:
    yield from row.reference_keys
    if isinstance(row.reading, InboundReading) and row.reading.failed_reference:
        yield row.reading.failed_reference


def _row(sealer: Sealer, row: NewMessage) -> dict[str, Any]:
    place = f"{row.account_id}/{row.provider_message_id}"
    named = None if row.outbound else name_hash(row.sender_name, sealer)
    return {
        "person_id": row.person_id,
        "account_id": row.account_id,
        "provider_message_id": row.provider_message_id,
        "provider_thread_id": row.provider_thread_id,
        "message_key": row.message_key,
        "at": row.at,
        "outbound": row.outbound,
        "sender": row.sender,
        "sender_name": sealer.seal_text(row.sender_name, table="messages", row=place, column="sender_name"),
        "name_hash": named,
        "subject": sealer.seal_text(row.subject, table="messages", row=place, column="subject"),
        "folder": row.folder,
        "present": True,
        "link": row.link,
        **_said(sealer, row),
    }


def _said(sealer: Sealer, row: NewMessage) -> dict[str, Any]:
    place = f"{row.account_id}/{row.provider_message_id}"
    words = sealer.seal_text(words_to_json(row.reading), table="messages", row=place, column="quote")
    return {"reading": reading_to_json(row.reading), "quote": words, "reader_version": row.reader_version}


def _named(row: NewMessage) -> dict[str, Any]:
    return {"of_account": row.account_id, "of_id": row.provider_message_id}


def _moved(row: NewMessage) -> dict[str, Any]:
    return {"folder": row.folder, "present": True, "link": row.link} | _named(row)


_THIS = (messages.c.account_id == bindparam("of_account")) & (messages.c.provider_message_id == bindparam("of_id"))
_MOVE = update(messages).where(_THIS)
_REREAD = update(messages).where(_THIS)
