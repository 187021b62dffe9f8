"""Restoring: the checked rows of an export put back as they were, sealed anew under this store's key."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from app.reading.keeping import reading_from_json
from app.store import sync_jobs
from app.store.database import continue_numbering, insert_into
from app.store.erasure import counts
from app.store.export import SEALED_IN, TABLES
from app.store.export_records import Rows
from app.store.messages import NewMessage, correct, put_back
from app.store.names import name_hash
from app.store.packing import todays_key
from app.store.sealing import Sealer
from app.store.tables import (
    accounts,
    audit,
    devices,
    mail,
    message_people,
    message_references,
    messages,
    people,
)

BATCH = 1_000
_MAIL = (messages, message_people, message_references)
_AS_TOLD = (
    "account_id", "provider_message_id", "provider_thread_id", "message_key", "at", "outbound", "sender",
    "reader_version", "folder", "link",
)  # fmt: skip
_ENTERED = ("accounts", "messages", "recipients", "logged_touches", "corrections")


def is_empty(tx: Connection, person_id: str) -> bool:
    """Whether nothing was linked, read, logged or set right yet."""
    held = counts(tx, person_id)
    return not any(held[name] for name in _ENTERED)


def restore(
    tx: Connection, sealer: Sealer, person_id: str, rows: Rows, *, since: datetime | None, now: datetime
) -> dict[str, int]:
    """Insert everything; how many rows of each table there were.

    Permissions are not in an export: each mailbox is due for a look, which finds that it must be linked again, and
    a device's token opens nothing any more. Raises StatementRefused when an id is somebody else's here.
    """
    if since is not None:
        tx.execute(update(people).where(people.c.id == person_id).values(created_at=since))
    rows = _numbered(tx, rows)
    names = {row["id"]: row["name"] for row in rows["recipients"]}
    for table in TABLES:
        if table in _MAIL:
            continue
        made = [_made(sealer, table, person_id, row, names) for row in rows[table.name]]
        for start in range(0, len(made), BATCH):
            tx.execute(insert_into(tx, table), made[start : start + BATCH])
        if table is accounts:
            _restore_mail(tx, sealer, person_id, rows)
    for table in (mail, audit):
        continue_numbering(tx, table)
    for account in rows["accounts"]:
        sync_jobs.start_over(tx, account["id"], now)
    return {name: len(each) for name, each in rows.items() if each}


def _restore_mail(tx: Connection, sealer: Sealer, person_id: str, rows: Rows) -> None:
    """What is told in three lists, laid together and stored as it is when it comes from a provider."""
    people, answers = _by_message(rows["message_people"]), _by_message(rows["message_references"])
    by_account: dict[str, dict[int, NewMessage]] = {}
    for row in rows["messages"]:
        letter = _letter(person_id, row, people[row["id"]], answers[row["id"]])
        by_account.setdefault(row["account_id"], {})[row["id"]] = letter
    for letters in by_account.values():
        for start in range(0, len(letters), BATCH):
            put_back(tx, sealer, dict(list(letters.items())[start : start + BATCH]))
    gone = [row["id"] for row in rows["messages"] if not row["present"]]
    correct(tx, gone=gone, spoke=[row["message_id"] for row in rows["message_people"] if row["role"] == "org"])


def _by_message(rows: Iterable[Mapping[str, Any]]) -> defaultdict[int, list[Mapping[str, Any]]]:
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["message_id"]].append(row)
    return found


def _letter(
    person_id: str, row: Mapping[str, Any], people: Iterable[Mapping[str, Any]], answers: Iterable[Mapping[str, Any]]
) -> NewMessage:
    told = {name: row[name] for name in _AS_TOLD}
    return NewMessage(
        person_id=person_id,
        reading=reading_from_json(row["reading"], row["quote"] or ""),
        people=tuple((one["role"], one["address"], "") for one in people if one["role"] in ("to", "cc", "bcc")),
        reference_keys=tuple(one["message_key"] for one in answers),
        sender_name=row["sender_name"] or "",
        subject=row["subject"] or "",
        **told,
    )


def _made(
    sealer: Sealer, table: Table, person_id: str, row: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    made = dict(row)
    if "person_id" in table.c:
        made["person_id"] = person_id
    if "name_hash" in table.c:
        made["name_hash"] = name_hash(_full_name(row, names), sealer)
    if table.name == "accounts":
        nothing = sealer.seal("", table="accounts", row=row["id"], column="secret")
        made |= {"secret": nothing, "secret_version": 0}
    if table is devices:
        made["token_hash"] = f"imported:{row['id']}"
    return made | _resealed(sealer, table, row)


def _resealed(sealer: Sealer, table: Table, row: Mapping[str, Any]) -> dict[str, bytes | None]:
    sealed = SEALED_IN.get(table.name)
    if sealed is None:
        return {}
    return {
        column: sealer.seal_text(row[column] or "", table=table.name, row=str(row["id"]), column=column)
        for column in sealed.columns
        if column in row
    }


def _full_name(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The name an address is found by."""
    return names[row["recipient_id"]] or ""


def _numbered(tx: Connection, rows: Rows) -> Rows:
    """The same rows behind the highest numbers in use, where some of theirs are another person's here."""
    shifts = {table.name: _shift(tx, table, rows[table.name]) for table in (messages, audit)}
    by = shifts["messages"]
    moved = {name: [dict(row) for row in each] for name, each in rows.items()}
    for name, column in (("messages", "id"), ("message_people", "message_id"), ("message_references", "message_id")):
        _move(moved[name], column, by)
    _move(moved["audit"], "id", shifts["audit"])
    for row in moved["corrections"]:
        row["subject_key"] = _moved_key(row["subject_key"], by)
    return moved


def _shift(tx: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    numbers = [row["id"] for row in rows]
    if not numbers:
        return 0
    taken = table.c.id.between(min(numbers), max(numbers))
    if tx.execute(select(table.c.id).where(taken).limit(1)).first() is None:
        return 0
    return int(tx.execute(select(func.max(table.c.id))).scalar_one())


def _move(rows: Iterable[dict[str, Any]], column: str, by: int) -> None:
    for row in rows:
        row[column] += by


def _moved_key(key: str, by: int) -> str:
    """An evidence key ends with the number of the row it points at."""
    letter, dot, number = key.rpartition(".")
    return f"{todays_key(letter)}.{int(number) + by}" if dot and number.isdigit() else key
