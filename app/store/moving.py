"""Moving everything from one database to another, of either kind: every row as it is, in one transaction or not at all.

Identifiers stay, and with them what sealed values are bound to: they are copied unopened and need the same key file.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from app.store.database import Database, continue_numbering, settle
from app.store.errors import StoreUnavailable
from app.store.tables import metadata, people

AT_ONCE = 1_000


class TargetInUse(StoreUnavailable):
    """The database moved to holds something already; nothing was changed."""


def move(source: Database, target: Database) -> dict[str, int]:
    """Rows moved by table. Both databases at head and opened across people. Raises TargetInUse and StoreError."""
    with source.read() as old, target.write(durable=True) as new:
        held = [table.name for table in metadata.sorted_tables if _count(new, table)]
        if held:
            raise TargetInUse(f"The database to move to is not empty: {', '.join(held)}. Nothing was changed.")
        moved = {table.name: _copy(old, new, table) for table in metadata.sorted_tables}
        _tell_versions(old, new)
    return moved


def _tell_versions(old: Connection, new: Connection) -> None:
    """The arrival of their rows was counted as a change."""
    settle(new)
    kept = update(people).where(people.c.id == bindparam("person")).values(facts_version=bindparam("version"))
    for row in old.execute(select(people.c.id, people.c.facts_version)):
        new.execute(kept, {"person": row.id, "version": row.facts_version})


def _copy(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    for rows in _portions(old, table):
        new.execute(insert(table), rows)
        count += len(rows)
    if table.autoincrement_column is not None:
        continue_numbering(new, table)
    if count != _count(new, table):
        raise StoreUnavailable(f"{table.name} did not arrive whole; nothing was changed.")
    return count


def _portions(old: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = old.execution_options(yield_per=AT_ONCE).execute(select(table))
    for part in found.mappings().partitions():
        yield [dict(row) for row in part]


def _count(tx: Connection, table: Table) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()
