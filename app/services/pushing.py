"""Pushes for hosted set-ups: a hint that a mailbox has news, stored before it is answered; polling never needs it."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

import structlog

from app.services.grants import keeper
from app.services.parts import WORK, Parts
from app.settings import LOOPBACK, Settings
from app.store import accounts, sync_jobs
from connectors.contract import ConnectorError, Hint, PushForged

log = structlog.get_logger()


def can_be_pushed_to(settings: Settings) -> bool:
    """Whether providers can reach us: a public https address."""
    return settings.base.scheme == "https" and settings.base.hostname not in LOOPBACK


def hook(parts: Parts, provider: str, account_id: str = "") -> str:
    """Where pushes of a provider go; Google's all to one address, Microsoft's to one for each account."""
    asked = f"?{urlencode({'account': account_id})}" if account_id else ""
    return f"{parts.settings.base_url}/hooks/{provider}{asked}"


async def hear_google(parts: Parts, authorization: str, body: bytes, now: datetime) -> None:
    """Raises PushForged; a mailbox that is not linked here is passed over in silence."""
    if "google" not in parts.connectors:
        raise PushForged("Gmail is not configured here.", reason="no_connector")
    hints = await parts.connectors["google"].heard(authorization, body, url=hook(parts, "google"))
    with parts.database.read() as tx:
        found = [one for hint in hints for one in accounts.with_address(tx, "google", hint.address)]
    _note(parts, found, now, deep=False)


async def hear_microsoft(parts: Parts, account_id: str, body: bytes, now: datetime) -> None:
    """Raises PushForged unless every notice carries the secret of this account's subscription."""
    if "microsoft" not in parts.connectors:
        raise PushForged("Outlook is not configured here.", reason="no_connector")
    hints = await parts.connectors["microsoft"].heard("", body, url=hook(parts, "microsoft", account_id))
    _compare(parts, account_id, hints)
    with parts.database.read() as tx:
        known = accounts.exists(tx, "microsoft", account_id)
    _note(parts, [account_id] if known and hints else [], now, deep=any(hint.missed for hint in hints))


def _compare(parts: Parts, account_id: str, hints: Sequence[Hint]) -> None:
    expected = push_secret(parts, account_id).encode()
    if not all(hmac.compare_digest(hint.secret.encode(), expected) for hint in hints):
        raise PushForged("This push carries another secret.", reason="bad_secret")


def _note(parts: Parts, account_ids: Sequence[str], now: datetime, *, deep: bool) -> None:
    if not account_ids:
        return
    with parts.database.write(durable=True) as tx:
        for account_id in account_ids:
            sync_jobs.want(tx, account_id, now, deep=deep)
    parts.announcer.tell(WORK)


def push_secret(parts: Parts, account_id: str) -> str:
    """128 bits that only this installation can work out for an account; a new key makes new ones."""
    return "".join(parts.sealer.fingerprint(f"push:{half}:{account_id}") for half in (1, 2))


async def watch(parts: Parts, account_id: str) -> datetime | None:
    """Have the provider push this account's news; until when, None where that is not possible or failed."""
    with parts.database.read() as tx:
        account = accounts.get(tx, account_id)
        grant = accounts.open_grant(tx, parts.sealer, account_id)
        secret = accounts.open_secret(tx, parts.sealer, account_id)
    if grant is None or secret is None or account.provider not in parts.connectors:
        return None
    mailbox = parts.connectors[account.provider].open(grant, keep=keeper(parts, account_id, secret.version))
    url = hook(parts, account.provider, "" if account.provider == "google" else account_id)
    try:
        return await mailbox.watch(url, secret=push_secret(parts, account_id))
    except ConnectorError as error:
        log.warning("watch_failed", account=account_id, reason=error.reason)
        return None
    finally:
        await mailbox.close()
