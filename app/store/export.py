"""Export: everything held about a person as plain JSON, opened; tokens, hashes and cursors alone stay behind."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from app.store.filing import known_as
from app.store.rotation import SEALED
from app.store.sealing import Sealer
from app.store.tables import (
    account_addresses,
    accounts,
    audit,
    corrections,
    dead_letters,
    devices,
    logged_touches,
    message_people,
    message_references,
    messages,
    people,
    recipient_addresses,
    recipients,
    rule_switches,
)

FORMAT = 1
TABLES = (
    accounts, account_addresses, devices, messages, message_people, message_references, recipients,
    recipient_addresses, logged_touches, corrections, rule_switches, dead_letters, audit,
)  # fmt: skip
"""In this order: what a row points at comes before it."""
KEPT_BACK = {
    "person_id", "secret", "secret_version", "cursor", "token_hash", "name_hash", "idempotency_key", "sender_known_as",
    "name_print",
}  # fmt: skip
SEALED_IN = {sealed.name: sealed for sealed in SEALED}


def everything(tx: Connection, sealer: Sealer, person_id: str, now: datetime) -> dict[str, Any]:
    """One list of rows a table, dates as ISO 8601 in UTC, what was sealed in clear. Raises KeyMissing."""
    since = tx.execute(select(people.c.created_at).where(people.c.id == person_id)).scalar()
    head = {"format": FORMAT, "exported_at": now.isoformat(), "since": since and since.isoformat()}
    return head | {table.name: list(_rows(tx, sealer, table, person_id)) for table in TABLES}


def _rows(tx: Connection, sealer: Sealer, table: Table, person_id: str) -> Iterator[dict[str, Any]]:
    for row in tx.execute(_mine(table, person_id).order_by(*table.primary_key.columns)):
        yield {name: _shown(sealer, table, row, name) for name in row._mapping if name not in KEPT_BACK}


def _mine(table: Table, person_id: str) -> Select[Any]:
    if "person_id" in table.c:
        return select(table).where(table.c.person_id == person_id)
    theirs = select(accounts.c.id).where(accounts.c.person_id == person_id)
    return select(table).where(table.c.account_id.in_(theirs))


def _shown(sealer: Sealer, table: Table, row: Row[Any], name: str) -> Any:
    value = row._mapping[name]
    sealed = SEALED_IN.get(table.name)
    if sealed is not None and name in sealed.columns:
        if name == "sender_name" and value is None:
            return sealer.open_text(row.sender_known_as, **known_as(row))
        text = sealer.open_text(value, table=table.name, row=sealed.row(row), column=name)
        return json.loads(text) if name == "quote" and text else text
    if name == "reading":
        return json.loads(value)
    return value.isoformat() if isinstance(value, datetime) else value
