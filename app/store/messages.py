"""Messages: facts of mail, stored once each however often a page comes by; what a letter said is never undone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, bindparam, delete, func, or_, select, update

from app.reading.facts import InboundReading, Kind, OutboundReading
from app.reading.keeping import reading_to_json, words_to_json
from app.reading.people import organisation
from app.store.filing import Said, file_circles, file_correspondents, file_links, file_senders, mailbox_of
from app.store.message_facts import StoredMessage, by_key, for_addresses, of_person
from app.store.names import name_hash
from app.store.packing import (
    Numbers,
    named,
    names_to_json,
    short,
    stands_for_itself,
    template,
    todays_key,
    whole,
    with_link,
)
from app.store.prepared import Prepared, PreparedInsert
from app.store.sealing import Sealer
from app.store.spelling import OneOf
from app.store.tables import correspondents, mail, mail_references, mailboxes, senders

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


def put_back(tx: Connection, sealer: Sealer, rows: Mapping[int, NewMessage]) -> None:
    """Store messages of one account, at least one, that nobody knows, under the numbers they had."""
    letters = list(rows.values())
    mailbox = mailbox_of(tx, letters[0].account_id, letters[0].person_id)
    told = dict(zip((short(row.provider_message_id) for row in letters), rows, strict=True))
    _insert(tx, sealer, mailbox, letters, numbers=told)


def correct(tx: Connection, *, gone: Sequence[int], spoke: Sequence[int]) -> None:
    """Messages by number that their mailbox no longer holds, and that were read as speaking for a company."""
    _NO_LONGER.run(tx, numbers=gone)
    _SPOKE.run(tx, numbers=spoke)


def mark_gone(tx: Connection, account_id: str, provider_message_ids: Iterable[str]) -> int:
    """The mailbox no longer holds these; what they said still counts. How many were known and present."""
    ids = [short(one) for one in provider_message_ids]
    return _GONE.run(tx, account=account_id, ids=ids) if ids else 0


def claim_as_own(tx: Connection, person_id: str, addresses: Iterable[str]) -> int:
    """Mail from an address that turned out to be the person's own is theirs, also mail stored before; how many."""
    return _CLAIM.run(tx, person=person_id, addresses=tuple(addresses))


def present_since(tx: Connection, account_id: str, after: datetime) -> frozenset[str]:
    """Provider ids of the messages at or after an instant that the mailbox is known to hold."""
    return frozenset(_provider_ids(_PRESENT.rows(tx, account=account_id, after=after)))


def older_reader(tx: Connection, account_id: str, reader_version: int, *, limit: int = 100) -> list[str]:
    """Provider ids, newest first, of present messages last read by an older reader than this."""
    return list(_provider_ids(_OLDER.rows(tx, account=account_id, version=reader_version, most=limit)))


def delete_some(tx: Connection, account_id: str, *, limit: int = 2000) -> int:
    """Delete that many messages of the account with all that hangs on them; 0 when none is left."""
    return _DELETE.run(tx, account=account_id, most=limit)


def _by_account(rows: Iterable[NewMessage]) -> dict[str, dict[int, NewMessage]]:
    grouped: dict[str, dict[int, NewMessage]] = {}
    for row in rows:
        grouped.setdefault(row.account_id, {})[short(row.provider_message_id)] = row
    return grouped


def _add_to_account(tx: Connection, sealer: Sealer, account_id: str, batch: Mapping[int, NewMessage]) -> int:
    first = next(iter(batch.values()))
    mailbox = mailbox_of(tx, account_id, first.person_id)
    known = {row.provider_id: row for row in _KNOWN.rows(tx, mailbox=mailbox, ids=list(batch))}
    fresh = [row for key, row in batch.items() if key not in known]
    if known:
        _move(tx, mailbox, [(known[key], row) for key, row in batch.items() if key in known])
        newer = ((known[key], row) for key, row in batch.items() if key in known)
        _reread(tx, sealer, mailbox, [(old.id, row) for old, row in newer if old.reader_version < row.reader_version])
    if fresh:
        _insert(tx, sealer, mailbox, fresh)
    return len(fresh)


def _move(tx: Connection, mailbox: int, met: Sequence[tuple[Any, NewMessage]]) -> None:
    """Where a message lies now, and under which link."""
    numbers = file_links(tx, mailbox, _templates(row for _, row in met))
    for known, row in met:
        link, names = _link_of(row, numbers), with_link(known.names, _other_link(row))
        if (known.folder, bool(known.present), known.link, known.names) != (row.folder, True, link, names):
            _MOVE.run(tx, this=known.id, new_folder=row.folder, new_link=link, new_names=names)


def _reread(tx: Connection, sealer: Sealer, mailbox: int, newer: Sequence[tuple[int, NewMessage]]) -> None:
    if not newer:
        return
    who = file_correspondents(tx, mailbox, {address for _, row in newer for address in _failed(row)})
    for number, row in newer:
        said = _said(sealer, row)
        failed = next((who[address] for address in _failed(row)), None)
        told = {f"new_{name}": value for name, value in said.items()}
        _REREAD.run(tx, this=number, now_failed=failed, now_speaks=_speaks(row), **told)
    _refer(tx, mailbox, newer)


def _insert(
    tx: Connection,
    sealer: Sealer,
    mailbox: int,
    rows: Sequence[NewMessage],
    *,
    numbers: Mapping[int, int] | None = None,
) -> None:
    """Where another worker was faster its row stands. With `numbers` each provider id gets its own."""
    people = [frozenset((role, address) for role, address, _ in row.people) for row in rows]
    said = [
        Said(row.sender, row.sender_name, None if row.outbound else name_hash(row.sender_name, sealer)) for row in rows
    ]
    named = {row.sender for row in rows} | {address for some in people for _, address in some}
    who = file_correspondents(tx, mailbox, named | {address for row in rows for address in _failed(row)})
    wrote = file_senders(tx, sealer, mailbox, who, said)
    among = file_circles(tx, mailbox, who, {some for some in people if some})
    shown = file_links(tx, mailbox, _templates(rows))
    made = [
        _row(sealer, row)
        | {
            "mailbox": mailbox,
            "sender": wrote[by],
            "circle": among.get(some),
            "failed": next((who[address] for address in _failed(row)), None),
            "link": _link_of(row, shown),
        }
        for row, some, by in zip(rows, people, said, strict=True)
    ]
    if numbers is None:
        _ADD.run_all(tx, made)
    else:
        _ADD_NUMBERED.run_all(tx, (one | {"id": numbers[one["provider_id"]]} for one in made))
    referring = {short(row.provider_message_id): row for row in rows if any(_references(row))}
    if referring:
        found = _KNOWN.rows(tx, mailbox=mailbox, ids=list(referring))
        _refer(tx, mailbox, [(known.id, referring[known.provider_id]) for known in found])


def _refer(tx: Connection, mailbox: int, rows: Iterable[tuple[int, NewMessage]]) -> None:
    told = (
        {"message_id": number, "key": short(key), "mailbox": mailbox, "name": None if stands_for_itself(key) else key}
        for number, row in rows
        for key in dict.fromkeys(map(todays_key, _references(row)))
    )
    _ADD_REFERENCE.run_all(tx, told)


def _references(row: NewMessage) -> Iterator[str]:
    yield from row.reference_keys
    if isinstance(row.reading, InboundReading) and row.reading.failed_reference:
        yield row.reading.failed_reference


def _failed(row: NewMessage) -> Iterator[str]:
    """Whom it never reached."""
    if not row.outbound and isinstance(row.reading, InboundReading) and row.reading.failed_address:
        yield row.reading.failed_address


def _speaks(row: NewMessage) -> bool:
    """Whether it may answer for a whole company."""
    spoken = isinstance(row.reading, InboundReading) and row.reading.kind in _SPEAKS_FOR_ITS_COMPANY
    return spoken and not row.outbound and bool(organisation(row.sender))


def _templates(rows: Iterable[NewMessage]) -> set[str]:
    return {told for row in rows if (told := template(row.link, row.provider_thread_id))}


def _link_of(row: NewMessage, numbers: Mapping[str, int]) -> int | None:
    told = template(row.link, row.provider_thread_id)
    return None if told is None else numbers[told]


def _names(row: NewMessage) -> str | None:
    """Whatever of its long names eight bytes do not give back."""
    key = todays_key(row.message_key)
    apart = row.provider_thread_id if row.provider_thread_id != row.provider_message_id else ""
    told = {"id": row.provider_message_id, "thread": apart, "key": key}
    long = {name: text for name, text in told.items() if not stands_for_itself(text)}
    return names_to_json(**long, link=_other_link(row))


def _other_link(row: NewMessage) -> str:
    """A link that is not told by its thread."""
    return "" if template(row.link, row.provider_thread_id) else row.link


def _row(sealer: Sealer, row: NewMessage) -> dict[str, Any]:
    bound = f"{row.account_id}/{row.provider_message_id}"
    return {
        "provider_id": short(row.provider_message_id),
        "thread": _thread(row),
        "key": short(todays_key(row.message_key)),
        "names": _names(row),
        "at": row.at,
        "outbound": row.outbound,
        "for_company": _speaks(row),
        "present": True,
        "subject": sealer.seal_text(row.subject, table="messages", row=bound, column="subject"),
        "folder": row.folder,
        **_said(sealer, row),
    }


def _thread(row: NewMessage) -> int | None:
    """None for a letter that its thread is called by, 0 where it lies in no thread."""
    if row.provider_thread_id == row.provider_message_id:
        return None
    return short(row.provider_thread_id) if row.provider_thread_id else 0


def _said(sealer: Sealer, row: NewMessage) -> dict[str, Any]:
    bound = f"{row.account_id}/{row.provider_message_id}"
    words = sealer.seal_text(words_to_json(row.reading), table="messages", row=bound, column="quote")
    return {"reading": reading_to_json(row.reading), "quote": words, "reader_version": row.reader_version}


def _provider_ids(rows: Iterable[Any]) -> Iterator[str]:
    return (named(row.names, "id") or whole(row.provider_id) for row in rows)


_HERE = mail.c
_BOX = select(mailboxes.c.id).where(mailboxes.c.account_id == bindparam("account")).scalar_subquery()
_IN_BOX = _HERE.mailbox == bindparam("mailbox", type_=Integer())
_THIS = _HERE.id == bindparam("this", type_=Integer())
_MOST = bindparam("most", type_=Integer())
_STANDING = (_HERE.id, _HERE.provider_id, _HERE.reader_version, _HERE.folder, _HERE.present, _HERE.link, _HERE.names)
_KNOWN = Prepared(select(*_STANDING).where(_IN_BOX, OneOf(_HERE.provider_id, "ids", Numbers())))
_COLUMNS = (
    "mailbox", "provider_id", "thread", "key", "names", "at", "outbound", "for_company", "present", "sender", "circle",
    "failed", "link", "folder", "reader_version", "reading", "subject", "quote",
)  # fmt: skip
_ADD = PreparedInsert(mail, _COLUMNS)
_ADD_NUMBERED = PreparedInsert(mail, ("id", *_COLUMNS), lambda plain: plain)
_ADD_REFERENCE = PreparedInsert(mail_references, ("message_id", "key", "mailbox", "name"))


def _changed(*names: str, **more: Any) -> Prepared:
    values = {name: bindparam(f"new_{name}", type_=_HERE[name].type) for name in names}
    return Prepared(update(mail).where(_THIS).values(values | more))


_MOVE = _changed("folder", "link", "names", present=True)
_REREAD = _changed(
    "reading",
    "quote",
    "reader_version",
    failed=func.coalesce(bindparam("now_failed", type_=Integer()), _HERE.failed),
    for_company=or_(_HERE.for_company, bindparam("now_speaks", type_=Boolean())),
)
_GONE = Prepared(
    update(mail)
    .where(_HERE.mailbox == _BOX, OneOf(_HERE.provider_id, "ids", Numbers()), _HERE.present)
    .values(present=False)
)
_BY_NUMBER = update(mail).where(OneOf(_HERE.id, "numbers", Numbers()))
_NO_LONGER, _SPOKE = Prepared(_BY_NUMBER.values(present=False)), Prepared(_BY_NUMBER.values(for_company=True))


def _prepared_claim() -> Prepared:
    theirs = mailboxes.c.person_id == bindparam("person")
    boxes = select(mailboxes.c.id).where(theirs)
    at = select(correspondents.c.id).where(
        correspondents.c.mailbox.in_(boxes), OneOf(correspondents.c.address, "addresses")
    )
    wrote = select(senders.c.id).where(senders.c.correspondent.in_(at))
    return Prepared(update(mail).where(_HERE.sender.in_(wrote), ~_HERE.outbound).values(outbound=True))


_CLAIM = _prepared_claim()
_TOLD = select(_HERE.provider_id, _HERE.names).where(_HERE.mailbox == _BOX, _HERE.present)
_PRESENT = Prepared(_TOLD.where(_HERE.at >= bindparam("after")))
_OLDER = Prepared(_TOLD.where(_HERE.reader_version < bindparam("version")).order_by(_HERE.at.desc()).limit(_MOST))
_DELETE = Prepared(delete(mail).where(_HERE.id.in_(select(_HERE.id).where(_HERE.mailbox == _BOX).limit(_MOST))))
