"""Restoring: the checked rows of an export put back as they were, sealed anew under this store's key."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from app.store import sync_jobs
from app.store.database import continue_numbering, insert_into
from app.store.erasure import counts
from app.store.export import SEALED_IN, TABLES
from app.store.export_records import Rows
from app.store.names import name_hash
from app.store.sealing import Sealer
from app.store.tables import audit, devices, messages, people

BATCH = 1_000
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
        made = [_made(sealer, table, person_id, row, names) for row in rows[table.name]]
        for start in range(0, len(made), BATCH):
            tx.execute(insert_into(tx, table), made[start : start + BATCH])
    for table in (messages, audit):
        continue_numbering(tx, table)
    for account in rows["accounts"]:
        sync_jobs.start_over(tx, account["id"], now)
    return {name: len(each) for name, each in rows.items() if each}


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
    place = f"{row['account_id']}/{row['provider_message_id']}" if table is messages else str(row["id"])
    return {
        column: sealer.seal_text(row[column] or "", table=table.name, row=place, column=column)
        for column in sealed.columns
        if column in row
    }


def _full_name(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The name a row is found by: of who wrote the mail, or of whose address it is."""
    if "recipient_id" in row:
        return names[row["recipient_id"]] or ""
    return "" if row["outbound"] else row["sender_name"] or ""


def _numbered(tx: Connection, rows: Rows) -> Rows:
    """The same rows behind the highest numbers in use, where some of theirs are another person's here."""
    shifts = {table.name: _shift(tx, table, rows[table.name]) for table in (messages, audit)}
    by = shifts["messages"]
    moved = {name: [dict(row) for row in each] for name, each in rows.items()}
    for name, column in (("messages", "id"), ("message_people", "message_id"), ("message_references", "message_id")):
        _move(moved[name], column, by)
    _move(moved["audit"], "id", shifts["audit"])
    if by:
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
    return f"{letter}.{int(number) + by}" if dot and number.isdigit() else key
