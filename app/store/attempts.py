"""Attempts: how often one name knocked in a window that begins with its first knock, counted for every process."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, select

from app.store.database import insert_into
from app.store.tables import attempts


def add(tx: Connection, name: str, count: int, *, now: datetime, window: timedelta) -> tuple[datetime, int]:
    """When the running window began, and the count with these; a window that is over begins anew."""
    held = attempts.c
    told = {"began_at": now, "count": count, "expires_at": now + window}
    asked = insert_into(tx, attempts).values(told | {"name": name})
    over = held.expires_at <= now
    anew = {each: case((over, asked.excluded[each]), else_=held[each]) for each in ("began_at", "expires_at")}
    counted = case((over, asked.excluded.count), else_=held.count + asked.excluded.count)
    done = asked.on_conflict_do_update(index_elements=[held.name], set_=anew | {"count": counted})
    row = tx.execute(done.returning(held.began_at, held.count)).one()
    return row[0], row[1]


def counted(tx: Connection, name: str, now: datetime) -> tuple[datetime, int] | None:
    """When the running window began, and its count; None when there is none."""
    held = attempts.c
    row = tx.execute(select(held.began_at, held.count).where(held.name == name, held.expires_at > now)).first()
    return None if row is None else (row[0], row[1])
