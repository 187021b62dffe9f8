"""Sync jobs: one row a mailbox, with a generation counter for what is wanted and a fenced lease for who does it.

A lease that ran out may be taken by another worker; the fence it then gets is higher, and the former holder's
writes are refused by `check_fence`, which every transaction that stores results calls first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, bindparam, case, or_, select, update

from app.store.errors import LeaseLost
from app.store.instants import Instant
from app.store.prepared import Prepared, PreparedInsert
from app.store.tables import accounts, sync_jobs

__all__ = ["Lease", "LeaseLost", "SyncJob"]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to sync one account. `deep` asks for every slow layer; `attempts` counts failures in a row.

    `want` and `want_deep` are the wishes this run will have met when it finishes. `careful` says that the last holder
    never gave the lease back, `in_hand` which message it had open then, by provider id, as far as that was noted.
    """

    account_id: str
    fence: int
    want: int
    want_deep: int
    deep: bool
    attempts: int
    careful: bool = False
    in_hand: str = ""


@dataclass(frozen=True, slots=True)
class SyncJob:
    """How a mailbox stands. `pending` says that somebody wished for a sync that has not finished yet."""

    account_id: str
    pending: bool
    due_at: datetime
    not_before: datetime | None
    lease_until: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Watch:
    """How a mailbox's news are pushed; all None where they never were.

    `since` is when that began without a break, `until` when it ends unless renewed (None: renew in any case), `due_at`
    when it is to be renewed, `pushed_at` when the last push came.
    """

    since: datetime | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    pushed_at: datetime | None = None


def want(tx: Connection, account_id: str, now: datetime, *, deep: bool = False) -> None:
    """Have the account synced as soon as may be; a wish during a run leads to one more run, many to no more."""
    _WANT.run(tx, account_id=account_id, want=1, want_deep=int(deep), due_at=now)


def start_over(tx: Connection, account_id: str, now: datetime) -> None:
    """After linking (again): whatever made the last sync wait is over."""
    want(tx, account_id, now)
    fresh = {"not_before": None, "attempts": 0, "due_at": now}
    tx.execute(update(sync_jobs).where(sync_jobs.c.account_id == account_id).values(fresh))


def hold(tx: Connection, account_id: str, until: datetime) -> None:
    """Whoever syncs the account loses the lease, and nobody gets it before then; due again at that moment."""
    later = {"not_before": until, "due_at": until, "lease_until": None, "fence": sync_jobs.c.fence + 1}
    tx.execute(update(sync_jobs).where(sync_jobs.c.account_id == account_id).values(later))


def take_due(tx: Connection, now: datetime, lease: timedelta, *, account_id: str | None = None) -> Lease | None:
    """Lease the account that is due longest, or the one named; None when it is not due or another worker has it."""
    row = _ANY_DUE.first(tx, now=now) if account_id is None else _THIS_DUE.first(tx, now=now, account=account_id)
    if row is None:
        return None
    fence = row.fence + 1
    _LEASE.run(tx, account=row.account_id, new_fence=fence, until=now + lease)
    deep = row.want_deep > row.done_deep or (row.deep_due_at is not None and row.deep_due_at <= now)
    return Lease(
        row.account_id,
        fence,
        row.want,
        row.want_deep,
        deep,
        row.attempts,
        row.lease_until is not None,
        row.in_hand or "",
    )


def due_now(now: datetime, *, limit: int) -> Select[str]:
    """Asks for the accounts that may be leased now, longest due first."""
    jobs = sync_jobs.c
    return select(jobs.account_id).where(_due(now)).order_by(jobs.due_at, jobs.account_id).limit(limit)


def give_back(tx: Connection, lease: Lease) -> None:
    """The run was broken off on purpose: somebody else may take the account at once. Raises LeaseLost."""
    _written(_GIVE_BACK.run(tx, **_of(lease)))


def check_fence(tx: Connection, lease: Lease) -> None:
    """Call first in a transaction that stores results. Raises LeaseLost; else nobody can take over before its end."""
    _written(_LOCK.first(tx, **_of(lease)) is not None)


def renew(tx: Connection, lease: Lease, until: datetime) -> None:
    """Hold the lease until then. Raises LeaseLost."""
    _written(_RENEW.run(tx, until=until, **_of(lease)))


def take_in_hand(tx: Connection, lease: Lease, provider_message_id: str | None) -> None:
    """Note which message is being opened; None when it is closed again. Raises LeaseLost."""
    _written(_TAKE_IN_HAND.run(tx, message=provider_message_id, **_of(lease)))


def finish(tx: Connection, lease: Lease, *, due_at: datetime, deep_due_at: datetime | None = None) -> None:
    """The sync is through: give the lease back, due again then, or at once if somebody wished meanwhile.

    `deep_due_at` counts only when this run was a deep one. Raises LeaseLost.
    """
    seen = {"seen": lease.want, "seen_deep": lease.want_deep, "next": due_at} | _of(lease)
    _written(_FINISH_DEEP.run(tx, next_deep=deep_due_at, **seen) if lease.deep else _FINISH.run(tx, **seen))


def retry_later(tx: Connection, lease: Lease, *, not_before: datetime) -> None:
    """The sync failed: give the lease back; no wish brings it forward before then. Raises LeaseLost."""
    _written(_RETRY.run(tx, then=not_before, failed=lease.attempts + 1, **_of(lease)))


def watch_of(tx: Connection, account_id: str) -> Watch:
    row = _WATCH.first(tx, account=account_id)
    return Watch(*row) if row else Watch()


def save_watch(tx: Connection, account_id: str, watch: Watch) -> None:
    """Everything but when the last push came: that may have been written meanwhile."""
    told = {"watched_since": watch.since, "watched_until": watch.until, "watch_due_at": watch.due_at}
    tx.execute(update(sync_jobs).where(sync_jobs.c.account_id == account_id).values(told))


def pushed(tx: Connection, account_id: str, now: datetime, *, renew: bool = False) -> None:
    """A push came; with `renew` it said that it is the last one unless they are asked for again."""
    told = {"pushed_at": now} | ({"watched_until": None, "watch_due_at": now} if renew else {})
    tx.execute(update(sync_jobs).where(sync_jobs.c.account_id == account_id).values(told))


def of_person(tx: Connection, person_id: str) -> list[SyncJob]:
    """In order of account id."""
    jobs = sync_jobs.c
    pending = or_(jobs.want > jobs.done, jobs.want_deep > jobs.done_deep)
    told = select(jobs.account_id, pending, jobs.due_at, jobs.not_before, jobs.lease_until, jobs.attempts)
    mine = told.join(accounts, accounts.c.id == jobs.account_id).where(accounts.c.person_id == person_id)
    return [SyncJob(row[0], bool(row[1]), *row[2:]) for row in tx.execute(mine.order_by(jobs.account_id))]


def _due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    jobs = sync_jobs.c
    allowed = or_(jobs.not_before.is_(None), jobs.not_before <= now)
    free = or_(jobs.lease_until.is_(None), jobs.lease_until <= now)
    return and_(jobs.due_at <= now, allowed, free)


def _of(lease: Lease) -> dict[str, Any]:
    return {"account": lease.account_id, "held_fence": lease.fence}


def _written(held: object) -> None:
    if not held:
        raise LeaseLost("Another worker has taken over this mailbox.")


def _wanted(wish: Any) -> Any:
    jobs = sync_jobs.c
    soon = case((jobs.due_at < wish.excluded.due_at, jobs.due_at), else_=wish.excluded.due_at)
    more = {"want": jobs.want + 1, "want_deep": jobs.want_deep + wish.excluded.want_deep, "due_at": soon}
    return wish.on_conflict_do_update(index_elements=[jobs.account_id], set_=more)


_JOBS = sync_jobs.c
_NOW = bindparam("now", type_=Instant())
_THIS = _JOBS.account_id == bindparam("account")
_MINE = and_(_THIS, _JOBS.fence == bindparam("held_fence"), _JOBS.lease_until.is_not(None))
_FIRST = select(sync_jobs).where(_due(_NOW)).order_by(_JOBS.due_at, _JOBS.account_id).limit(1)
_ANY_DUE = Prepared(_FIRST.with_for_update(skip_locked=True))
_THIS_DUE = Prepared(_FIRST.where(_THIS).with_for_update(skip_locked=True))
_WATCH = Prepared(select(_JOBS.watched_since, _JOBS.watched_until, _JOBS.watch_due_at, _JOBS.pushed_at).where(_THIS))
_LOCK = Prepared(select(_JOBS.fence).where(_MINE).with_for_update())
_WANT = PreparedInsert(sync_jobs, ("account_id", "want", "want_deep", "due_at"), _wanted)


def _change(which: ColumnElement[bool], **values: Any) -> Prepared:
    return Prepared(update(sync_jobs).where(which).values(values))


_LEASE = _change(_THIS, fence=bindparam("new_fence"), lease_until=bindparam("until"))
_GIVE_BACK = _change(_MINE, lease_until=None)
_RENEW = _change(_MINE, lease_until=bindparam("until"))
_TAKE_IN_HAND = _change(_MINE, in_hand=bindparam("message"))
_RETRY = _change(_MINE, lease_until=None, not_before=bindparam("then"), attempts=bindparam("failed"))
_WISHED = or_(_JOBS.want > bindparam("seen"), _JOBS.want_deep > bindparam("seen_deep"))
_DONE = {
    "due_at": case((_WISHED, _JOBS.due_at), else_=bindparam("next", type_=Instant())),
    "done": bindparam("seen"),
    "attempts": 0,
    "lease_until": None,
    "not_before": None,
}
_FINISH = _change(_MINE, **_DONE)
_FINISH_DEEP = _change(_MINE, **_DONE, done_deep=bindparam("seen_deep"), deep_due_at=bindparam("next_deep"))
