"""How the work stands over all people: what an operator looks at. Counts and instants only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.store.tables import accounts, dead_letters, provider_budgets, sync_jobs


@dataclass(frozen=True, slots=True)
class Work:
    """`mailboxes` by provider and state; `oldest` the moment up to which the furthest behind of a provider is read.

    `due` are the mailboxes to be synced now and by nobody yet, `leased` those being synced, `waiting` those told to
    wait by their provider or by failures; `drawn` the quota units of the running window by provider.
    """

    mailboxes: dict[tuple[str, str], int]
    oldest: dict[str, datetime]
    due: int
    leased: int
    waiting: int
    dead_letters: int
    drawn: dict[str, int]


def work(tx: Connection, now: datetime) -> Work:
    """Across people."""
    by_state = select(accounts.c.provider, accounts.c.state, func.count(), func.min(accounts.c.as_of))
    rows = tx.execute(by_state.group_by(accounts.c.provider, accounts.c.state)).all()
    oldest: dict[str, datetime] = {}
    for provider, _, _, as_of in rows:
        if as_of is not None:
            oldest[provider] = min(as_of, oldest.get(provider, as_of))
    jobs, budgets = sync_jobs.c, provider_budgets.c
    leased = jobs.lease_until > now
    free = or_(jobs.lease_until.is_(None), jobs.lease_until <= now)
    held_back = jobs.not_before > now
    allowed = or_(jobs.not_before.is_(None), jobs.not_before <= now)
    return Work(
        mailboxes={(provider, state): count for provider, state, count, _ in rows},
        oldest=oldest,
        due=_count(tx, and_(jobs.due_at <= now, free, allowed)),
        leased=_count(tx, leased),
        waiting=_count(tx, and_(held_back, free)),
        dead_letters=tx.execute(select(func.count()).select_from(dead_letters)).scalar_one(),
        drawn={row.provider: row.units for row in tx.execute(select(budgets.provider, budgets.units))},
    )


def _count(tx: Connection, which: ColumnElement[bool]) -> int:
    asked = select(func.count()).select_from(sync_jobs).where(which)
    return tx.execute(asked).scalar_one()
