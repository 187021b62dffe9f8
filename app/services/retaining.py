"""Retaining: what is older than the person asked to keep is deleted, a little at a time, once a day."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.services.parts import Parts
from app.store import outdated

EVERY = timedelta(days=1)
MONTH = timedelta(days=30.44)


def let_go(parts: Parts, now: datetime) -> int:
    """Delete, across people, what is older than the retention allows and what has run out; how many rows.

    Short transactions, so that nobody waits long. Recipients stay while anything is known or was decided of them.
    """
    before = now - parts.settings.retention_months * MONTH
    steps: tuple[tuple[Callable[[Connection, datetime], int], datetime], ...] = (
        (outdated.drop_messages, before),
        (outdated.drop_entries, before),
        (outdated.drop_recipients, before),
        (outdated.drop_expired, now),
    )
    return sum(_all_of(parts, drop, until) for drop, until in steps)


def _all_of(parts: Parts, drop: Callable[[Connection, datetime], int], until: datetime) -> int:
    total = 0
    while True:
        with parts.database.write() as tx:
            count = drop(tx, until)
        total += count
        if count < outdated.AT_ONCE:
            return total
