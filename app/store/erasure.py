"""Erasure: a person leaves and takes every row along; the counts are their receipt."""

from sqlalchemy import Connection, Table, delete, func, select

from app.store.tables import accounts, people, told


def erase(tx: Connection, person_id: str) -> dict[str, int]:
    """Delete everything of the person, the person too; how many rows of each table there were.

    One transaction: an interrupted erasure has deleted nothing and is simply run again. Call
    `Database.checkpoint_erasure` after the commit, until it says True.
    """
    held = counts(tx, person_id)
    tx.execute(delete(people).where(people.c.id == person_id))
    return {name: count for name, count in held.items() if count and name != people.name}


def counts(tx: Connection, person_id: str) -> dict[str, int]:
    """How many rows of each of what a person is told about are theirs, 0 included."""
    return {table.name: _count(tx, table, person_id) for table in told}


def _count(tx: Connection, table: Table, person_id: str) -> int:
    counted = select(func.count()).select_from(table)
    if table is people:
        return tx.execute(counted.where(people.c.id == person_id)).scalar_one()
    if "person_id" in table.c:
        return tx.execute(counted.where(table.c.person_id == person_id)).scalar_one()
    theirs = select(accounts.c.id).where(accounts.c.person_id == person_id)
    return tx.execute(counted.where(table.c.account_id.in_(theirs))).scalar_one()
