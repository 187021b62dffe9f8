"""Messages: facts of mail, stored once each however often a page comes by; what a letter said is never undone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, bindparam, func, or_, select, update

from app.store.filing import file_correspondents, file_links, file_page, mailbox_of
from app.store.laying import (
    NewMessage,
    failed,
    laid,
    other_link,
    references,
    said,
    short_ids,
    speaks,
    template_of,
)
from app.store.message_facts import StoredMessage, by_key, for_addresses, of_person
from app.store.packing import Numbers, named, short, stands_for_itself, todays_key, whole, with_link
from app.store.people import mail_arrived
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


def add(tx: Connection, sealer: Sealer, rows: Iterable[NewMessage]) -> int:
    """Store the messages of one or several accounts; how many were not known before.

    A known message (same account, same provider id) takes the new folder and link, is present again, and takes
    the new reading only from a newer reader. The order and grouping of the calls change nothing.
    """
    return sum(_add_to_account(tx, sealer, some) for some in _by_account(rows))


def put_back(tx: Connection, sealer: Sealer, rows: Mapping[int, NewMessage]) -> None:
    """Store messages of one account, at least one, that nobody knows, under the numbers they had."""
    letters = list(rows.values())
    mailbox = mailbox_of(tx, letters[0].account_id, letters[0].person_id)
    _insert(tx, sealer, mailbox, dict(zip(short_ids(letters), letters, strict=True)), numbers=list(rows))


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


def _by_account(rows: Iterable[NewMessage]) -> Iterator[Sequence[NewMessage]]:
    ordered = sorted(rows, key=attrgetter("account_id"))
    return (list(some) for _, some in groupby(ordered, key=attrgetter("account_id")))


def _add_to_account(tx: Connection, sealer: Sealer, rows: Sequence[NewMessage]) -> int:
    mailbox = mailbox_of(tx, rows[0].account_id, rows[0].person_id)
    batch = dict(zip(short_ids(rows), rows, strict=True))
    known = {row.provider_id: row for row in _KNOWN.rows(tx, mailbox=mailbox, ids=list(batch))}
    if known:
        met = [(known[number], row) for number, row in batch.items() if number in known]
        batch = {number: row for number, row in batch.items() if number not in known}
        _move(tx, mailbox, met)
        _reread(tx, sealer, mailbox, [(old.id, row) for old, row in met if old.reader_version < row.reader_version])
    if batch:
        _insert(tx, sealer, mailbox, batch)
    return len(batch)


def _move(tx: Connection, mailbox: int, met: Sequence[tuple[Any, NewMessage]]) -> None:
    """Where a message lies now, and under which link."""
    numbers = file_links(tx, mailbox, {told for _, row in met if (told := template_of(row))})
    for known, row in met:
        told, names = template_of(row), with_link(known.names, other_link(row))
        link = None if told is None else numbers[told]
        if (known.folder, bool(known.present), known.link, known.names) != (row.folder, True, link, names):
            _MOVE.run(tx, this=known.id, new_folder=row.folder, new_link=link, new_names=names)


def _reread(tx: Connection, sealer: Sealer, mailbox: int, newer: Sequence[tuple[int, NewMessage]]) -> None:
    if not newer:
        return
    rows = [row for _, row in newer]
    lost = [failed(row) for row in rows]
    who = file_correspondents(tx, mailbox, {address for address in lost if address})
    columns = {f"new_{name}": each for name, each in said(sealer, rows).items()}
    columns |= {
        "this": [number for number, _ in newer],
        "now_failed": [who.get(address) for address in lost],
        "now_speaks": [speaks(row) for row in rows],
    }
    _REREAD.run_columns(tx, columns)
    _refer(tx, mailbox, newer)


def _insert(
    tx: Connection,
    sealer: Sealer,
    mailbox: int,
    batch: Mapping[int, NewMessage],
    *,
    numbers: Sequence[int] | None = None,
) -> None:
    """By short provider id. Where another worker was faster its row stands. With `numbers` each gets its own."""
    rows = list(batch.values())
    shared = file_page(tx, sealer, mailbox, rows)
    columns = laid(sealer, list(batch), rows) | shared._asdict() | {"mailbox": [mailbox] * len(rows)}
    if numbers is None:
        none = {name for name in _RARE if columns[name].count(None) == len(rows)}
        some = {name: each for name, each in columns.items() if name not in none}
        _ADD[tuple(name for name in _RARE if name in some)].run_columns(tx, some)
    else:
        _ADD_NUMBERED.run_columns(tx, columns | {"id": numbers})
    referring = {number: row for number, row in batch.items() if references(row)}
    if referring:
        found = _KNOWN.rows(tx, mailbox=mailbox, ids=list(referring))
        _refer(tx, mailbox, [(known.id, referring[known.provider_id]) for known in found])
    mail_arrived(tx, mailbox)


def _refer(tx: Connection, mailbox: int, rows: Iterable[tuple[int, NewMessage]]) -> None:
    told = (
        {"message_id": number, "key": short(key), "mailbox": mailbox, "name": None if stands_for_itself(key) else key}
        for number, row in rows
        for key in dict.fromkeys(map(todays_key, references(row)))
    )
    _ADD_REFERENCE.run_all(tx, told)


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
    "mailbox", "provider_id", "thread", "key", "at", "outbound", "for_company", "present", "sender", "circle", "link",
    "folder", "reader_version", "reading", "subject",
)  # fmt: skip
_RARE = ("names", "failed", "quote")
"""Left out of the statement where a whole page has none: binding nothing is no quicker than binding something."""
_ADD = {some: PreparedInsert(mail, (*_COLUMNS, *some)) for size in range(4) for some in combinations(_RARE, size)}
_ADD_NUMBERED = PreparedInsert(mail, ("id", *_COLUMNS, *_RARE), lambda plain: plain)
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
