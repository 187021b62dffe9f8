"""Rotation: seal everything anew under the current key, in pages, while the product runs; a second run goes on."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, FromClause, Row, Select, Table, select, tuple_, update

from app.store.database import Database
from app.store.errors import KeyMissing
from app.store.filing import known_as
from app.store.packing import named, whole
from app.store.sealing import Sealer, key_of
from app.store.tables import accounts, correspondents, link_flows, logged_touches, mail, mailboxes, recipients, senders

PAGE = 500
FIRST = 10


@dataclass(frozen=True, slots=True)
class SealedColumns:
    """The sealed columns of one table, and what its rows are called where they are bound to their row."""

    table: Table
    columns: tuple[str, ...]
    row: Callable[[Row[Any]], str]
    called: str = ""
    joined: str = ""
    beside: FromClause | None = None
    """Joined to the table, with what its rows are called by."""

    @property
    def name(self) -> str:
        """What they are bound to as their table."""
        return self.called or self.table.name

    @property
    def rows(self) -> Select[Any]:
        if self.beside is None:
            return select(self.table)
        named_by, number = self.beside.c[0], self.table.c[self.joined]
        return select(self.table, *self.beside.c).join_from(self.table, self.beside, named_by == number)

    @property
    def key(self) -> tuple[Column[Any], ...]:
        return tuple(self.table.primary_key.columns)


def _letter(row: Row[Any]) -> str:
    """A row of `mail`, or of the view that tells of it in words."""
    told = row._mapping
    return f"{row.account_id}/{told.get('provider_message_id') or named(row.names, 'id') or whole(row.provider_id)}"


_BOXES = select(mailboxes.c.id.label("box"), mailboxes.c.account_id).subquery("boxes")
_WHO = select(correspondents.c.id.label("who"), correspondents.c.address.label("sender")).subquery("whose")
SEALED = (
    SealedColumns(accounts, ("secret", "cursor"), lambda row: str(row.id)),
    SealedColumns(link_flows, ("flow",), lambda row: str(row.state_hash)),
    SealedColumns(mail, ("sender_name", "subject", "quote"), _letter, "messages", "mailbox", _BOXES),
    SealedColumns(senders, ("name",), lambda row: known_as(row)["row"], "", "correspondent", _WHO),
    SealedColumns(recipients, ("name",), lambda row: str(row.id)),
    SealedColumns(logged_touches, ("note_promise",), lambda row: str(row.id)),
)


def rotate(database: Database, sealer: Sealer) -> int:
    """Bring every sealed field under the sealer's current key; how many were not. Raises KeyMissing.

    Opens one short durable transaction a page. Pages are done again until a whole pass finds nothing: a former
    key may be dropped from the ring when `keys_in_use` no longer names it.
    """
    total = 0
    while done := sum(_rotate_page(database, sealer, sealed, after) for sealed, after in _pages(database)):
        total += done
    return total


def keys_in_use(database: Database) -> Counter[str]:
    """How many fields are sealed with each key id."""
    used: Counter[str] = Counter()
    for sealed, after in _pages(database):
        with database.read() as tx:
            rows = tx.execute(_page(sealed, after)).all()
        used.update(key_of(value) for row in rows for value in _fields(sealed, row).values())
    return used


def opens(database: Database, sealer: Sealer) -> bool:
    """Whether the sealer's keys are of this store: of the first fields of every table one opens, or none is sealed."""
    tried = False
    for sealed in SEALED:
        with database.read() as tx:
            rows = tx.execute(_page(sealed, None).limit(FIRST)).all()
        for row in rows:
            for column, value in _fields(sealed, row).items():
                tried = True
                with suppress(KeyMissing):
                    sealer.open(value, table=sealed.name, row=sealed.row(row), column=column)
                    return True
    return not tried


def holds_secrets(database: Database) -> bool:
    """Whether anything is sealed here, so that a new key in place of the old one would be of no use."""
    with database.read() as tx:
        return any(tx.execute(select(*sealed.key).limit(1)).first() is not None for sealed in SEALED)


def _pages(database: Database) -> Iterator[tuple[SealedColumns, tuple[Any, ...] | None]]:
    """Every page of every table, as the key it starts behind."""
    for sealed in SEALED:
        after: tuple[Any, ...] | None = None
        while True:
            with database.read() as tx:
                rows = tx.execute(_page(sealed, after, *sealed.key)).all()
            if not rows:
                break
            yield sealed, after
            after = tuple(rows[-1])


def _page(sealed: SealedColumns, after: tuple[Any, ...] | None, *columns: Column[Any]) -> Any:
    page = (select(*columns) if columns else sealed.rows).order_by(*sealed.key).limit(PAGE)
    return page if after is None else page.where(tuple_(*sealed.key) > tuple_(*after))


def _rotate_page(database: Database, sealer: Sealer, sealed: SealedColumns, after: tuple[Any, ...] | None) -> int:
    with database.write(durable=True) as tx:
        rows = tx.execute(_page(sealed, after).with_for_update(of=sealed.table)).all()
        return sum(_reseal(tx, sealer, sealed, row) for row in rows)


def _reseal(tx: Connection, sealer: Sealer, sealed: SealedColumns, row: Row[Any]) -> int:
    table, place = sealed.name, sealed.row(row)
    fresh = {
        column: sealer.seal(
            sealer.open(value, table=table, row=place, column=column), table=table, row=place, column=column
        )
        for column, value in _fields(sealed, row).items()
        if key_of(value) != sealer.current
    }
    if fresh:
        this = [column == row._mapping[column] for column in sealed.key]
        tx.execute(update(sealed.table).where(*this).values(fresh))
    return len(fresh)


def _fields(sealed: SealedColumns, row: Row[Any]) -> dict[str, bytes]:
    return {column: value for column in sealed.columns if (value := row._mapping[column]) is not None}
