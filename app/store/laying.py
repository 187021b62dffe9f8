"""Laying out: a page of messages as columns of the table of mail, each worked out for the whole page at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.reading.facts import InboundReading, Kind, OutboundReading
from app.reading.keeping import words_to_json
from app.reading.people import organisation
from app.store.packing import names_to_json, shorts, stands_for_itself, template, todays_key
from app.store.sealing import Sealer

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


Columns = dict[str, Sequence[Any]]


def short_ids(rows: Sequence[NewMessage]) -> list[int]:
    return shorts([row.provider_message_id for row in rows])[0]


def laid(sealer: Sealer, ids: Sequence[int], rows: Sequence[NewMessage]) -> Columns:
    """What every message has for itself; `ids` are their provider ids, short."""
    keys = [todays_key(row.message_key) for row in rows]
    threads = [row.provider_thread_id for row in rows]
    numbers, stand = shorts([*keys, *threads, *(row.provider_message_id for row in rows)])
    plain = stand and all(map(template_of, rows))
    return {
        "provider_id": ids,
        "thread": list(map(_thread, rows, numbers[len(rows) :])),
        "key": numbers[: len(rows)],
        "names": [None] * len(rows) if plain else list(map(_names, rows, keys)),
        "at": [row.at for row in rows],
        "outbound": [row.outbound for row in rows],
        "for_company": list(map(speaks, rows)),
        "present": [True] * len(rows),
        "subject": _sealed(sealer, "subject", rows, [row.subject for row in rows]),
        "folder": [row.folder for row in rows],
        **said(sealer, rows),
    }


def said(sealer: Sealer, rows: Sequence[NewMessage]) -> Columns:
    """What a newer reader may tell otherwise."""
    return {
        "reading": [row.reading for row in rows],
        "quote": _sealed(sealer, "quote", rows, [words_to_json(row.reading) for row in rows]),
        "reader_version": [row.reader_version for row in rows],
    }


def _sealed(sealer: Sealer, column: str, rows: Sequence[NewMessage], words: Sequence[str]) -> Sequence[bytes | None]:
    places = [f"{row.account_id}/{row.provider_message_id}" for row in rows]
    return sealer.seal_texts(words, table="messages", rows=places, column=column)


def _thread(row: NewMessage, number: int) -> int | None:
    """None for a letter that its thread is called by, 0 where it lies in no thread."""
    if row.provider_thread_id == row.provider_message_id:
        return None
    return number if row.provider_thread_id else 0


def _names(row: NewMessage, key: str) -> str | None:
    """Whatever of its long names eight bytes do not give back."""
    apart = row.provider_thread_id if row.provider_thread_id != row.provider_message_id else ""
    told = {"id": row.provider_message_id, "thread": apart, "key": key}
    long = {name: text for name, text in told.items() if not stands_for_itself(text)}
    return names_to_json(**long, link=other_link(row))


def references(row: NewMessage) -> tuple[str, ...]:
    if isinstance(row.reading, InboundReading) and row.reading.failed_reference:
        return (*row.reference_keys, row.reading.failed_reference)
    return row.reference_keys


def failed(row: NewMessage) -> str:
    """Whom it never reached; empty for nearly all."""
    return row.reading.failed_address if not row.outbound and isinstance(row.reading, InboundReading) else ""


def speaks(row: NewMessage) -> bool:
    """Whether it may answer for a whole company."""
    if row.outbound or not isinstance(row.reading, InboundReading):
        return False
    return row.reading.kind in _SPEAKS_FOR_ITS_COMPANY and bool(organisation(row.sender))


def template_of(row: NewMessage) -> str | None:
    return template(row.link, row.provider_thread_id)


def other_link(row: NewMessage) -> str:
    """A link that is not told by its thread."""
    return "" if template_of(row) else row.link
