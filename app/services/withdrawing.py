"""Withdrawing from a mailbox at its provider: its pushes end, then our permission."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.services.grants import opened
from app.services.hooks import hook
from app.services.parts import Parts
from app.store import accounts, sync_jobs
from app.store.accounts import Account
from connectors.contract import ConnectorError

log = structlog.get_logger()

PATIENCE = timedelta(minutes=2)
"""How long whoever began an erasure has for it; then a worker finishes what was cut short."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What the provider confirmed. `pushes_ended` is True as well where none were ever asked for."""

    revoked: bool
    pushes_ended: bool


async def withdraw(parts: Parts, account: Account) -> Withdrawn:
    """A provider that cannot be told stops nothing: what it did not confirm is said."""
    pushes_ended = await _end_pushes(parts, account)
    with parts.database.read() as tx:
        grant = accounts.open_grant(tx, parts.sealer, account.id)
    if grant is None or account.provider not in parts.connectors:
        return Withdrawn(revoked=False, pushes_ended=pushes_ended)
    try:
        return Withdrawn(await parts.connectors[account.provider].revoke(grant), pushes_ended)
    except ConnectorError as error:
        log.warning("revoke_failed", account=account.id, reason=error.reason)
        return Withdrawn(revoked=False, pushes_ended=pushes_ended)


async def _end_pushes(parts: Parts, account: Account) -> bool:
    with parts.database.read() as tx:
        watch = sync_jobs.watch_of(tx, account.id)
    if watch.since is None:
        return True
    async with opened(parts, account.id) as mailbox:
        try:
            return mailbox is not None and await mailbox.unwatch(hook(parts, account.provider, account.id))
        except ConnectorError as error:
            log.warning("unwatch_failed", account=account.id, reason=error.reason)
            return False
