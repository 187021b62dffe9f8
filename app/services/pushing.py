"""Pushes for hosted set-ups: a hint that a mailbox has news, stored before it is answered; polling never needs it."""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.services.grants import opened
from app.services.hooks import hook, push_secret
from app.services.parts import WORK, Parts
from app.store import accounts, sync_jobs
from connectors.contract import ConnectorError, Hint, PushForged

log = structlog.get_logger()


LATE = timedelta(minutes=2)
"""A message may show in lists only so long after its push was published (G17)."""
LOOKS = (1, 5, 30, 120)
"""Seconds after a push at which a mailbox that showed nothing new is looked at again (G17)."""
OFTEN = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)


async def hear_google(parts: Parts, authorization: str, body: bytes, now: datetime) -> None:
    """Raises PushForged; a mailbox that is not linked here is passed over in silence."""
    if "google" not in parts.connectors:
        raise PushForged("Gmail is not configured here.", reason="no_connector")
    for hint in await parts.connectors["google"].heard(authorization, body, url=hook(parts, "google")):
        with parts.database.read() as tx:
            found = [accounts.get(tx, one) for one in accounts.with_address(tx, "google", hint.address)]
        for account in found:
            _note(parts, account.id, [hint], now, news=not _is_old(hint, account.as_of))


async def hear_microsoft(parts: Parts, account_id: str, body: bytes, now: datetime) -> None:
    """Raises PushForged unless every notice carries the secret of this account's subscription."""
    if "microsoft" not in parts.connectors:
        raise PushForged("Outlook is not configured here.", reason="no_connector")
    hints = await parts.connectors["microsoft"].heard("", body, url=hook(parts, "microsoft", account_id))
    _compare(parts, account_id, hints)
    with parts.database.read() as tx:
        known = accounts.exists(tx, "microsoft", account_id)
    if known and hints:
        _note(parts, account_id, hints, now, news=True)


def _is_old(hint: Hint, seen: datetime | None) -> bool:
    """Whether the mailbox was looked at well after the push was published: a late or replayed one says nothing new."""
    return hint.at is not None and seen is not None and seen - hint.at > LATE


def look_again(watch: sync_jobs.Watch, now: datetime) -> timedelta | None:
    """How soon to look for what the last push told of and no list shows yet; None when that was long ago."""
    if watch.pushed_at is None:
        return None
    waits = (watch.pushed_at + timedelta(seconds=after) - now for after in LOOKS)
    return next((wait for wait in waits if wait > timedelta()), None)


def _compare(parts: Parts, account_id: str, hints: Sequence[Hint]) -> None:
    expected = push_secret(parts, account_id).encode()
    if not all(hmac.compare_digest(hint.secret.encode(), expected) for hint in hints):
        raise PushForged("This push carries another secret.", reason="bad_secret")


def _note(parts: Parts, account_id: str, hints: Sequence[Hint], now: datetime, *, news: bool) -> None:
    """Store what the pushes say; they may be acknowledged once this has returned."""
    with parts.database.write(durable=True) as tx:
        if news:
            sync_jobs.want(tx, account_id, now, deep=any(hint.missed for hint in hints))
        sync_jobs.pushed(
            tx, account_id, _told(tx, account_id, hints, now, news=news), renew=any(hint.renew for hint in hints)
        )
    if news:
        parts.announcer.tell(WORK)


def _told(tx: Connection, account_id: str, hints: Sequence[Hint], now: datetime, *, news: bool) -> datetime:
    """When the last push came; one that tells of nothing new counts from when it was published."""
    before = sync_jobs.watch_of(tx, account_id).pushed_at
    published = [hint.at for hint in hints if hint.at]
    return now if news else max([*published, *([before] if before else [])], default=now)


async def keep_watching(parts: Parts, account_id: str, now: datetime) -> None:
    """Renew the pushes of a mailbox when that is due, and write down until when they are sure."""
    with parts.database.read() as tx:
        known = sync_jobs.watch_of(tx, account_id)
    if known.due_at is not None and known.due_at > now:
        return
    until = await watch(parts, account_id, anew=known.until is None)
    with parts.database.write() as tx:
        sync_jobs.save_watch(tx, account_id, renewed(known, until, now))


def renewed(known: sync_jobs.Watch, until: datetime | None, now: datetime) -> sync_jobs.Watch:
    """The next renewal is due when half of the life is over, a day from now at the latest (G29, M28).

    A refused renewal is tried again within the hour; what was granted before goes on until it ends.
    """
    if until is None:
        return replace(known, due_at=now + TRY_AGAIN)
    unbroken = known.since is not None and (known.until is None or known.until > now)
    return replace(
        known, since=known.since if unbroken else now, until=until, due_at=now + min((until - now) / 2, OFTEN)
    )


async def watch(parts: Parts, account_id: str, *, anew: bool = False) -> datetime | None:
    """Have the provider push this account's news; until when, None where that is not possible or failed."""
    with parts.database.read() as tx:
        account = accounts.get(tx, account_id)
    async with opened(parts, account_id) as mailbox:
        if mailbox is None:
            return None
        url = hook(parts, account.provider, account_id)
        try:
            return await mailbox.watch(url, secret=push_secret(parts, account_id), anew=anew)
        except ConnectorError as error:
            log.warning("watch_failed", account=account_id, reason=error.reason)
            return None
