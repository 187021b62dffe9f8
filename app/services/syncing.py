"""Syncing one mailbox: pages from the provider, read once, stored with their cursor in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.reading.facts import InboundReading, OutboundReading
from app.reading.identity import message_key, reference_keys
from app.reading.inbound import READER_VERSION, read_inbound
from app.reading.outbound import read_sent
from app.services.account_states import failed_state
from app.services.grants import keeper
from app.services.parts import Parts
from app.store import accounts, dead_letters, messages, recipients, sync_jobs
from app.store.sync_jobs import Lease
from connectors.contract import ConnectorError, Mailbox, Page, Transient
from connectors.message import Message

log = structlog.get_logger()

ALIAS_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sync ended. `retry_after` is None when the next poll is soon enough; `caught_up` says all was seen."""

    caught_up: bool
    state: str
    retry_after: float | None = None


async def sync(parts: Parts, lease: Lease) -> Outcome:
    """Sync the leased account until caught up. Provider refusals become the account's state, never an exception.

    Raises LeaseLost when another worker took over; what this one had not committed is dropped.
    """
    with parts.database.read() as tx:
        account = accounts.get(tx, lease.account_id)
        grant = accounts.open_grant(tx, parts.sealer, lease.account_id)
        secret = accounts.open_secret(tx, parts.sealer, lease.account_id)
        cursor = accounts.open_cursor(tx, parts.sealer, lease.account_id)
    if grant is None or secret is None or account.provider not in parts.connectors:
        return _fail(parts, account, lease, ConnectorError("This provider is not configured.", reason="no_connector"))
    mailbox = parts.connectors[account.provider].open(grant, keep=keeper(parts, account.id, secret.version))
    try:
        await _own_addresses(parts, account, mailbox)
        return await _walk(parts, account, lease, mailbox, cursor)
    except ConnectorError as error:
        return _fail(parts, account, lease, error)
    finally:
        await mailbox.close()


async def _own_addresses(parts: Parts, account: accounts.Account, mailbox: Mailbox) -> None:
    now = parts.clock()
    if account.deep_at is not None and now - account.deep_at < ALIAS_LIFE:
        return
    addresses = await mailbox.own_addresses()
    with parts.database.write() as tx:
        accounts.add_addresses(tx, account.person_id, account.id, addresses, now)
        messages.claim_as_own(tx, account.person_id, addresses)


async def _walk(parts: Parts, account: accounts.Account, lease: Lease, mailbox: Mailbox, cursor: str | None) -> Outcome:
    started = parts.clock()
    deep = lease.deep or account.deep_at is None
    since = started - timedelta(days=parts.settings.backfill_days)
    degraded = False

    async def held(after: datetime) -> frozenset[str]:
        with parts.database.read() as tx:
            return messages.present_since(tx, account.id, after)

    async for page in mailbox.pages(cursor, since=since, deep=deep, held=held):
        degraded = page.degraded
        store_page(parts, account, lease, page, started=started, deep=deep)
        parts.announcer.tell(account.person_id)
    return Outcome(caught_up=True, state="degraded" if degraded else "live")


def store_page(
    parts: Parts, account: accounts.Account, lease: Lease, page: Page, *, started: datetime, deep: bool
) -> None:
    """Read a page's messages and commit them together with the page's cursor. Raises LeaseLost."""
    with parts.database.read() as tx:
        own = accounts.own_addresses(tx, account.person_id)
    rows, poisoned = _read(parts, account, own, page.messages)
    with parts.database.write() as tx:
        sync_jobs.check_fence(tx, lease)
        messages.add(tx, parts.sealer, rows)
        messages.mark_gone(tx, account.id, page.gone)
        recipients.ensure(tx, parts.sealer, account.person_id, _addressed(rows), started)
        for provider_message_id, error in (*poisoned, *page.poisoned):
            dead_letters.record(tx, account.id, provider_message_id, error, READER_VERSION, started)
        accounts.save_progress(
            tx,
            parts.sealer,
            account.id,
            cursor=page.cursor,
            done=None if page.caught_up else page.done,
            total=None if page.caught_up else page.total,
            newest=max((row.at for row in rows), default=None),
        )
        if page.caught_up:
            state = "degraded" if page.degraded else "live"
            accounts.caught_up(tx, account.id, state, as_of=started, deep_at=started if deep else None)
        elif account.as_of is None:
            accounts.set_state(tx, account.id, "backfilling", started)


def _read(
    parts: Parts, account: accounts.Account, own: frozenset[str], batch: Iterable[Message]
) -> tuple[list[messages.NewMessage], list[tuple[str, str]]]:
    rows: list[messages.NewMessage] = []
    poisoned: list[tuple[str, str]] = []
    for message in batch:
        if message.is_draft or message.is_chat:
            continue
        try:
            rows.append(as_row(parts, account, own, message))
        except Exception as error:
            log.warning("message_unreadable", account=account.id, kind=type(error).__name__)
            poisoned.append((message.provider_message_id, type(error).__name__))
    return rows, poisoned


def as_row(parts: Parts, account: accounts.Account, own: frozenset[str], message: Message) -> messages.NewMessage:
    """Read one message and keep only its facts."""
    sender = message.sender.address if message.sender else ""
    outbound = sender in own
    reading: InboundReading | OutboundReading
    reading = read_sent(message) if outbound else read_inbound(message, zone=parts.zone)
    return messages.NewMessage(
        person_id=account.person_id,
        account_id=account.id,
        provider_message_id=message.provider_message_id,
        provider_thread_id=message.provider_thread_id,
        message_key=message_key(message),
        reference_keys=reference_keys(message),
        at=message.at,
        outbound=outbound,
        sender=sender,
        sender_name=message.sender.name if message.sender else "",
        people=tuple(
            (role, person.address, person.name)
            for role, persons in (("to", message.to), ("cc", message.cc), ("bcc", message.bcc))
            for person in persons
        ),
        subject=message.subject,
        reading=reading,
        reader_version=READER_VERSION,
        folder=message.folder.value,
        link=message.link,
    )


def _addressed(rows: Iterable[messages.NewMessage]) -> dict[str, str]:
    """Address -> display name of everybody the person wrote to."""
    return {address: name for row in rows if row.outbound for _, address, name in row.people}


def _fail(parts: Parts, account: accounts.Account, lease: Lease, error: ConnectorError) -> Outcome:
    now = parts.clock()
    state = failed_state(error)
    log.warning("sync_failed", account=account.id, state=state.name, reason=error.reason)
    with parts.database.write() as tx:
        sync_jobs.check_fence(tx, lease)
        accounts.set_state(tx, account.id, state.name, now, reason=state.reason, next_action=state.next_action)
    parts.announcer.tell(account.person_id)
    retry_after = error.retry_after if isinstance(error, Transient) else None
    return Outcome(caught_up=False, state=state.name, retry_after=retry_after)
