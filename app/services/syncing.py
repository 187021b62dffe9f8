"""Syncing one mailbox: pages from the provider, read once, stored with their cursor in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.reading.inbound import READER_VERSION
from app.services.account_states import failed_state, grant_ends, remarks, standing
from app.services.careful import hands
from app.services.coverage import AWAY_POLLS
from app.services.grants import ROTATED_ELSEWHERE, open_mailbox
from app.services.letters import addressed, read_letters
from app.services.parts import Parts
from app.services.pushing import look_again
from app.store import accounts, audit, dead_letters, devices, messages, recipients, sync_jobs, twins
from app.store.sync_jobs import Lease
from connectors.contract import AccessRevoked, Connector, ConnectorError, Grant, Handle, Mailbox, Page, Reread

log = structlog.get_logger()


TRIES = 3
"""A message that cannot be read is tried this often, then once a day: a provider may give it again."""
TRY_DAILY = timedelta(days=1)
REREAD_AT_ONCE = 50
SETTLED = timedelta(minutes=5)
"""What came longer ago than this shows in every list; found only now, it had been left out of one."""
AWAY_AFTER = timedelta(minutes=15)
"""A mailbox is polled more rarely when its person has asked nothing for so long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sync ended: `caught_up` says that all was seen, `deep` that the slow layers were walked too.

    `retry_after` in seconds is None when the usual schedule will do; `poll_every` is that schedule's pace, `deep_every`
    how often those layers are worth it.
    """

    caught_up: bool
    retry_after: float | None = None
    deep: bool = False
    deep_every: timedelta = Connector.deep_every
    poll_every: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """One account as it stands when a sync begins; `version` is its secret's."""

    account: accounts.Account
    lease: Lease
    grant: Grant
    version: int
    cursor: str | None
    started: datetime
    hands: Handle

    @property
    def deep(self) -> bool:
        return self.lease.deep or self.account.deep_at is None


async def sync(parts: Parts, lease: Lease) -> Outcome:
    """Sync the leased account until caught up. Provider refusals become the account's state, never an exception.

    A grant that is refused is tried once more when another process has renewed it meanwhile (G6). Raises LeaseLost
    when another worker took over; what this one had not committed is dropped.
    """
    visit = _visit(parts, lease)
    if visit.account.provider not in parts.connectors:
        return _fail(parts, visit, ConnectorError("This provider is not configured.", reason="no_connector"))
    try:
        return await _attempt(parts, visit)
    except ConnectorError as error:
        again = _visit(parts, lease, visit.hands)
        if again.version == visit.version or not _about_the_grant(error):
            return _fail(parts, visit, error)
    try:
        return await _attempt(parts, again)
    except ConnectorError as error:
        return _fail(parts, again, error)


def _visit(parts: Parts, lease: Lease, opening: Handle | None = None) -> Visit:
    with parts.database.read() as tx:
        account = accounts.get(tx, lease.account_id)
        grant = accounts.open_grant(tx, parts.sealer, lease.account_id)
        secret = accounts.open_secret(tx, parts.sealer, lease.account_id)
        cursor = accounts.open_cursor(tx, parts.sealer, lease.account_id)
    assert grant is not None
    assert secret is not None
    opening = opening or hands(parts, lease, account.person_id)
    return Visit(account, lease, grant, secret.version, cursor, parts.clock(), opening)


def _about_the_grant(error: ConnectorError) -> bool:
    return isinstance(error, AccessRevoked) or error.reason == ROTATED_ELSEWHERE


async def _attempt(parts: Parts, visit: Visit) -> Outcome:
    connector = parts.connectors[visit.account.provider]
    account = visit.account
    mailbox = open_mailbox(parts, account.provider, account.id, visit.grant, version=visit.version, handle=visit.hands)
    try:
        if visit.deep:
            await _own_addresses(parts, visit, mailbox)
        found = await _walk(parts, visit, mailbox)
        await _look_again(parts, visit, mailbox)
    finally:
        await mailbox.close()
    return Outcome(
        caught_up=True,
        deep=visit.deep,
        deep_every=connector.deep_every,
        poll_every=_poll_every(parts, visit, found=found),
    )


def _poll_every(parts: Parts, visit: Visit, *, found: bool) -> timedelta:
    """Less often while nobody writes anywhere: whoever begins to is read for at once.

    Soon again where a push has told of something that does not show yet.
    """
    usual = timedelta(seconds=parts.settings.poll_seconds)
    with parts.database.read() as tx:
        used = devices.last_use(tx, visit.account.person_id)
        early = None if found else look_again(sync_jobs.watch_of(tx, visit.account.id), parts.clock())
    pace = usual if used is None or visit.started - used < AWAY_AFTER else usual * AWAY_POLLS
    return min(pace, early or pace)


async def _own_addresses(parts: Parts, visit: Visit, mailbox: Mailbox) -> None:
    addresses = await mailbox.own_addresses()
    with parts.database.write() as tx:
        accounts.add_addresses(tx, visit.account.person_id, visit.account.id, addresses, visit.started)
        messages.claim_as_own(tx, visit.account.person_id, addresses)


async def _walk(parts: Parts, visit: Visit, mailbox: Mailbox) -> bool:
    """Every page up to now; whether anything was found."""
    since = visit.started - timedelta(days=parts.settings.backfill_days)
    found = False

    async def held(after: datetime) -> frozenset[str]:
        with parts.database.read() as tx:
            return messages.present_since(tx, visit.account.id, after)

    async for page in mailbox.pages(visit.cursor, since=since, deep=visit.deep, held=held):
        found = found or bool(page.messages or page.gone)
        store_page(parts, visit, page)
        parts.announcer.tell(visit.account.person_id)
    return found


async def _look_again(parts: Parts, visit: Visit, mailbox: Mailbox) -> None:
    """Ask once more for what could not be read, and for what an older reader read."""
    account_id = visit.account.id
    with parts.database.read() as tx:
        wanted = dead_letters.waiting(
            tx, account_id, READER_VERSION, tries=TRIES, before=visit.started - TRY_DAILY, limit=REREAD_AT_ONCE
        )
        wanted += messages.older_reader(tx, account_id, READER_VERSION, limit=REREAD_AT_ONCE)
    if not wanted:
        return
    found = await mailbox.read(list(dict.fromkeys(wanted)))
    letters = _letters(parts, visit, found)
    with parts.database.write() as tx:
        sync_jobs.check_fence(tx, visit.lease)
        letters.store(tx, parts, visit)
        _note(tx, parts, visit, Page((), ""))


def store_page(parts: Parts, visit: Visit, page: Page) -> None:
    """Read a page's messages and commit them together with the page's cursor. Raises LeaseLost."""
    letters = _letters(parts, visit, Reread(page.messages, page.gone, page.poisoned))
    account = visit.account
    with parts.database.write() as tx:
        sync_jobs.check_fence(tx, visit.lease)
        if letters.store(tx, parts, visit) > len(letters.rows) - letters.overdue(account.as_of):
            audit.record(tx, account.person_id, visit.started, "repaired", account.id)
        accounts.save_progress(
            tx,
            parts.sealer,
            account.id,
            cursor=page.cursor,
            done=None if page.caught_up else page.done,
            total=None if page.caught_up else page.total,
            newest=max((row.at for row in letters.rows), default=None),
        )
        if page.caught_up:
            _caught_up(tx, parts, visit, page)
        elif account.as_of is None:
            accounts.set_state(tx, account.id, "backfilling", visit.started)


def _caught_up(tx: Connection, parts: Parts, visit: Visit, page: Page) -> None:
    account, state = visit.account, "degraded" if page.degraded else "live"
    accounts.caught_up(tx, account.id, state, as_of=visit.started, deep_at=visit.started if visit.deep else None)
    if visit.deep:  # a reply may have come by before the letter that it answers
        twins.settle(tx, account.person_id)
    _note(tx, parts, visit, page)
    if page.bridged:
        audit.record(tx, account.person_id, visit.started, "gap_closed", account.id)
    if state != account.state and state == "degraded":
        audit.record(tx, account.person_id, visit.started, state, account.id)


def _note(tx: Connection, parts: Parts, visit: Visit, page: Page) -> None:
    """What a working mailbox still has to tell, written beside its state."""
    lost = dead_letters.given_up(tx, visit.account.id, READER_VERSION, tries=TRIES)
    account = accounts.get(tx, visit.account.id)
    stands = standing(account, sync_jobs.watch_of(tx, account.id), parts.settings, visit.started)
    told = remarks(page, lost) or stands
    if told or account.state == "degraded":
        accounts.set_state(
            tx, account.id, account.state, visit.started, reason=told.reason, next_action=told.next_action
        )
    if stands and stands.reason != visit.account.state_reason:
        audit.record(tx, account.person_id, visit.started, "attention", account.id)


@dataclass(frozen=True, slots=True)
class _Letters:
    """What was read of some messages, ready to be stored."""

    rows: list[messages.NewMessage]
    gone: tuple[str, ...]
    skipped: tuple[str, ...]
    poisoned: tuple[tuple[str, str], ...]

    def overdue(self, as_of: datetime | None) -> int:
        """How many came well before the mailbox was last believed to be seen whole."""
        return sum(row.at < as_of - SETTLED for row in self.rows) if as_of else 0

    def store(self, tx: Connection, parts: Parts, visit: Visit) -> int:
        """How many messages were not known before."""
        account = visit.account
        added = messages.add(tx, parts.sealer, self.rows)
        messages.mark_gone(tx, account.id, self.gone)
        recipients.ensure(tx, parts.sealer, account.person_id, addressed(self.rows), visit.started)
        twins.settle(tx, account.person_id, [row.sender for row in self.rows if not row.outbound])
        settled = (*(row.provider_message_id for row in self.rows), *self.gone, *self.skipped)
        dead_letters.settle_all(tx, account.id, settled)
        for provider_message_id, error in self.poisoned:
            dead_letters.record(tx, account.id, provider_message_id, error, READER_VERSION, visit.started)
        return added


def _letters(parts: Parts, visit: Visit, found: Reread) -> _Letters:
    with parts.database.read() as tx:
        own = accounts.own_addresses(tx, visit.account.person_id)
    rows, poisoned = read_letters(parts, visit.account, own, found.messages, visit.hands)
    skipped = tuple(one.provider_message_id for one in found.messages if one.is_draft or one.is_chat)
    return _Letters(rows, found.gone, skipped, (*poisoned, *found.poisoned))


def _fail(parts: Parts, visit: Visit, error: ConnectorError) -> Outcome:
    """Write down what is wrong, what to do, and when it is tried again. A trouble that lasts is noted once."""
    now = parts.clock()
    failure = failed_state(error, now, ends=grant_ends(visit.account, parts.settings))
    account_id = visit.account.id
    log.warning("sync_failed", account=account_id, state=failure.name, reason=error.reason)
    with parts.database.write() as tx:
        sync_jobs.check_fence(tx, visit.lease)
        if accounts.get(tx, account_id).state != failure.name:
            audit.record(tx, visit.account.person_id, now, failure.name, account_id)
        accounts.set_state(tx, account_id, failure.name, now, reason=failure.reason, next_action=failure.next_action)
    parts.announcer.tell(visit.account.person_id)
    return Outcome(caught_up=False, retry_after=failure.wait)
