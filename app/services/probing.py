"""Just-in-time probe: what an unread mailbox holds about the asked addresses, so that the first banner is right."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from app.services.grants import open_mailbox
from app.services.letters import addressed, read_letters
from app.services.parts import Parts
from app.store import accounts, messages, recipients
from app.store.accounts import Account
from app.store.errors import StoreUnavailable
from connectors.contract import ConnectorError
from connectors.message import Folder, Message

log = structlog.get_logger()

UNREAD = frozenset({"linking", "backfilling"})
MOST_ADDRESSES = 3
"""Ten quota units each at Gmail (performance.md, 1.2)."""


def worth_probing(account: Account) -> bool:
    """Whether the mailbox works but has not been read to its end once."""
    return account.as_of is None and account.state in UNREAD


async def probe(
    parts: Parts, unread: Sequence[Account], addresses: Sequence[str], now: datetime, *, within: float
) -> frozenset[str]:
    """Ask each mailbox about the addresses and store what it holds; no cursor moves.

    The ids of the accounts that answered for all addresses within so many seconds.
    """
    if not unread or len(addresses) > MOST_ADDRESSES:
        return frozenset()
    asked = {account.id: asyncio.create_task(_answer(parts, account, addresses, now)) for account in unread}
    done, late = await asyncio.wait(asked.values(), timeout=within)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return frozenset(account_id for account_id, task in asked.items() if task in done and task.result())


async def _answer(parts: Parts, account: Account, addresses: Iterable[str], now: datetime) -> bool:
    with parts.database.read() as tx:
        grant = accounts.open_grant(tx, parts.sealer, account.id)
        secret = accounts.open_secret(tx, parts.sealer, account.id)
    if grant is None or secret is None or account.provider not in parts.connectors:
        return False
    since = now - timedelta(days=parts.settings.backfill_days)
    with parts.database.read() as tx:
        known = messages.present_since(tx, account.id, since)
    mailbox = open_mailbox(parts, account.provider, account.id, grant, version=secret.version)
    try:
        for address in addresses:
            _store(parts, account, await mailbox.probe(address, since=since, known=known), now)
    except (ConnectorError, StoreUnavailable) as error:
        log.info("probe_failed", account=account.id, kind=type(error).__name__)
        return False
    finally:
        await mailbox.close()
    return True


def _store(parts: Parts, account: Account, found: Sequence[Message], now: datetime) -> None:
    """Whatever lies in Sent is the person's own, also from an alias that is not known yet."""
    with parts.database.read() as tx:
        own = accounts.own_addresses(tx, account.person_id)
    sent = {message.sender.address for message in found if message.sender and message.folder is Folder.SENT}
    rows, _ = read_letters(parts, account, own | sent, found)
    with parts.database.write() as tx:
        messages.add(tx, parts.sealer, rows)
        recipients.ensure(tx, parts.sealer, account.person_id, addressed(rows), now)
