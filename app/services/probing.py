"""Asking a mailbox just in time about the people somebody writes to, so that the first banner is right."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.reading.inbound import READER_VERSION
from app.reading.people import organisation
from app.services.grants import open_mailbox
from app.services.letters import addressed, read_letters
from app.services.parts import Parts
from app.services.unread import Unread
from app.store import accounts, dead_letters, messages, recipients, twins
from app.store.accounts import Account
from app.store.errors import StoreUnavailable
from connectors.contract import UNOPENED, ConnectorError, Mailbox
from connectors.message import Message

log = structlog.get_logger()

UNREAD = frozenset({"linking", "backfilling"})
WORKING = frozenset({"live", "degraded"})
BEHIND = timedelta(minutes=6)
"""More than passes between two polls while the person is away: after a night of sleep, or in a long backlog."""
MOST_ADDRESSES = 10
"""Ten quota units each at Gmail: two lists of five."""


@dataclass(frozen=True, slots=True)
class Probed:
    """Ids of the mailboxes that answered for every address, and the letters they showed without reading them."""

    answered: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class _Desk:
    """One mailbox that is asked at `now` about mail from `since` on; `known` are the provider ids that are stored."""

    parts: Parts
    account: Account
    mailbox: Mailbox
    now: datetime
    since: datetime
    known: frozenset[str]


Work = Callable[[_Desk], Awaitable[Sequence[Unread]]]


def worth_probing(account: Account, now: datetime) -> bool:
    """Whether the mailbox works but has not been read to its end once, or not for so long that much may be waiting."""
    if account.as_of is None:
        return account.state in UNREAD
    return account.state in WORKING and now - account.as_of > BEHIND


async def glance(parts: Parts, unread: Sequence[Account], addresses: Sequence[str], now: datetime) -> Probed:
    """Ask each mailbox about the addresses at the least cost, and store what was read; no cursor moves.

    More than ten addresses are asked about nowhere.
    """

    async def ask(desk: _Desk, address: str) -> Sequence[Unread]:
        kin = organisation(address)
        seen = await desk.mailbox.glance(address, since=desk.since, kin=kin, known=desk.known)
        if seen is None:
            return await _read(desk, address)
        _store(desk, seen.messages, {address: ""} if seen.unread else {})
        return [Unread(desk.account, address, trace) for trace in seen.unread]

    asked = unread if len(addresses) <= MOST_ADDRESSES else ()
    return await _all(parts, asked, now, _each(addresses, ask))


async def follow(parts: Parts, letters: Sequence[Unread], beside: Sequence[Unread], now: datetime) -> Probed:
    """Read and store letters that a glance left unread, and what came into the threads of those `beside`."""

    async def work(desk: _Desk) -> Sequence[Unread]:
        here = [[one.trace for one in some if one.account.id == desk.account.id] for some in (letters, beside)]
        _store(desk, await desk.mailbox.follow(here[0], beside=here[1], known=desk.known))
        return ()

    return await _all(parts, list({one.account.id: one.account for one in letters}.values()), now, work)


async def look(
    parts: Parts, synced: Sequence[Account], addresses: Collection[str], threads: Collection[str], now: datetime
) -> Probed:
    """Look into conversations of mailboxes whose polls may miss what a slower layer would find (M12).

    `threads` are joined from account and provider thread id, as facts have them.
    """

    async def work(desk: _Desk) -> Sequence[Unread]:
        mine = [thread.removeprefix(f"{desk.account.id}:") for thread in threads if thread.startswith(desk.account.id)]
        _store(desk, await desk.mailbox.look(addresses, mine, since=desk.since, known=desk.known))
        return ()

    return await _all(parts, synced, now, work)


def _each(addresses: Sequence[str], ask: Callable[[_Desk, str], Awaitable[Sequence[Unread]]]) -> Work:
    """The first address alone, for what every other one needs too; then the others side by side."""

    async def work(desk: _Desk) -> Sequence[Unread]:
        first = [await ask(desk, one) for one in addresses[:1]]
        others = await asyncio.gather(*(ask(desk, one) for one in addresses[1:]))
        return [unread for found in (*first, *others) for unread in found]

    return work


async def _all(parts: Parts, asked: Sequence[Account], now: datetime, work: Work) -> Probed:
    found = await asyncio.gather(*(_answer(parts, account, now, work) for account in asked))
    answers = [(account, answer) for account, answer in zip(asked, found, strict=True) if answer is not None]
    return Probed(
        frozenset(account.id for account, _ in answers), tuple(one for _, answer in answers for one in answer)
    )


async def _answer(parts: Parts, account: Account, now: datetime, work: Work) -> Sequence[Unread] | None:
    """What the mailbox shows; None when it cannot be asked."""
    since = now - timedelta(days=parts.settings.backfill_days)
    with parts.database.read() as tx:
        grant = accounts.open_grant(tx, parts.sealer, account.id)
        secret = accounts.open_secret(tx, parts.sealer, account.id)
        known = messages.present_since(tx, account.id, since)
        known |= dead_letters.with_error(tx, account.id, UNOPENED, READER_VERSION).keys()
    if grant is None or secret is None or account.provider not in parts.connectors:
        return None
    mailbox = open_mailbox(parts, account.provider, account.id, grant, version=secret.version)
    try:
        return await work(_Desk(parts, account, mailbox, now, since, known))
    except (ConnectorError, StoreUnavailable) as error:
        log.info("probe_failed", account=account.id, kind=type(error).__name__)
        return None
    finally:
        await mailbox.close()


async def _read(desk: _Desk, address: str) -> Sequence[Unread]:
    _store(desk, await desk.mailbox.probe(address, since=desk.since, known=desk.known))
    return ()


def _store(desk: _Desk, found: Sequence[Message], written_to: dict[str, str] | None = None) -> None:
    parts, person_id = desk.parts, desk.account.person_id
    with parts.database.read() as tx:
        own = accounts.own_addresses(tx, person_id)
    rows, _ = read_letters(parts, desk.account, own, found)
    with parts.database.write() as tx:
        messages.add(tx, parts.sealer, rows)
        recipients.ensure(tx, parts.sealer, person_id, {**(written_to or {}), **addressed(rows)}, desk.now)
        twins.settle(tx, person_id, [row.sender for row in rows if not row.outbound])
