"""Holding: which facts are kept about a person, told from the tables themselves."""

from dataclasses import dataclass

from sqlalchemy import LargeBinary

from app.services.parts import Parts
from app.store import erasure
from app.store.tables import told

UNTOLD = frozenset({"id", "person_id", "account_id", "message_id", "recipient_id", "sender_known_as", "name_print"})


@dataclass(frozen=True, slots=True)
class Held:
    """One table: how many of its rows are the person's, its columns but for mere ids, and which are sealed."""

    table: str
    rows: int
    columns: tuple[str, ...]
    sealed: frozenset[str]


def what_is_held(parts: Parts, person_id: str) -> list[Held]:
    """Every table there is, the fullest first."""
    with parts.database.read() as tx:
        rows = erasure.counts(tx, person_id)
    held = [
        Held(
            table=table.name,
            rows=rows[table.name],
            columns=tuple(column.name for column in table.c if column.name not in UNTOLD),
            sealed=frozenset(column.name for column in table.c if isinstance(column.type, LargeBinary)),
        )
        for table in told
    ]
    return sorted(held, key=lambda each: (-each.rows, each.table))
