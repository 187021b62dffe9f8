"""Erasure: a person leaves and takes every row along; the counts are their receipt."""

from sqlalchemy import Connection, Table, delete, func, select

from app.store.tables import accounts, metadata, people


def erase(tx: Connection, person_id: str) -> dict[str, int]:
    """Delete everything of the person, the person too; how many rows of each table there were.

    One transaction: an interrupted erasure has deleted nothing and is simply run again. Call
    `Database.checkpoint_erasure` after the commit, until it says True.
    """
    counts = {table.name: _count(tx, table, person_id) for table in metadata.sorted_tables if table is not people}
    tx.execute(delete(people).where(people.c.id == person_id))
    return {name: count for name, count in counts.items() if count}


def _count(tx: Connection, table: Table, person_id: str) -> int:
    counted = select(func.count()).select_from(table)
    if "person_id" in table.c:
        return tx.execute(counted.where(table.c.person_id == person_id)).scalar_one()
    theirs = select(accounts.c.id).where(accounts.c.person_id == person_id)
    return tx.execute(counted.where(table.c.account_id.in_(theirs))).scalar_one()
