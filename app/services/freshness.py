"""How advice gets fresh facts: one bounded look at what is not fresh while somebody writes, else what is stored."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from app.services.parts import WORK, Parts
from app.services.probing import WORKING, Probed, follow, glance, look, worth_probing
from app.services.unread import newest_of_each, with_unread
from app.store import accounts, messages, sync_jobs
from app.store.accounts import Account, Linked
from app.store.advice_facts import AdviceFacts, advice_facts
from app.store.errors import StoreUnavailable

FRESH_ENOUGH = timedelta(seconds=15)
READ_THROUGH_SECONDS = 1.5
"""For everything together, by the running loop's clock: longer than a compose window may be kept waiting."""
NEWEST_THREADS = 3
"""Conversations with one recipient that are looked into."""
NOTHING = Probed()


@dataclass(frozen=True, slots=True)
class Fresh:
    """The facts, and the ids of unread mailboxes that were asked about these recipients just now."""

    facts: AdviceFacts
    probed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose facts are wanted, the provider thread the draft stands in, and what was linked a moment ago."""

    person_id: str
    addresses: tuple[str, ...]
    thread: str | None = None
    linked: Linked | None = None

    @property
    def asked(self) -> tuple[str, tuple[str, ...]]:
        return "facts", self.addresses


async def fresh_facts(parts: Parts, wanted: Wanted, now: datetime, *, holds: Callable[[AdviceFacts], bool]) -> Fresh:
    """What is known about the addresses, with one look at mailboxes that were not seen a moment ago.

    Those that are synced are polled, and looked into where a poll may miss something; those never read to their end,
    or far behind, are asked about the addresses, at a glance first. What a glance leaves unread is read after all, in
    whatever time is left, unless the answer `holds` without.
    """
    facts = _held(parts, wanted) or _stored(parts, wanted)
    stale = [account for account in facts.accounts if _worth_a_look(account, now)]
    unread = [account for account in facts.accounts if worth_probing(account, now)]
    if not stale and not unread:
        return Fresh(facts)
    end = asyncio.get_running_loop().time() + READ_THROUGH_SECONDS
    seen, _, _ = await asyncio.gather(
        _in_time(glance(parts, unread, wanted.addresses, now), end),
        _in_time(look(parts, stale, wanted.addresses, _threads(facts, stale, wanted.thread), now), end),
        _read_through(parts, wanted.person_id, [account.id for account in stale], now, end),
    )
    known = _stored(parts, wanted, seen)
    caught_up = {account.id for account in known.accounts if account.as_of is not None and account.as_of >= now}
    seen = Probed(seen.answered - caught_up, tuple(one for one in seen.unread if one.account.id not in caught_up))
    if not seen.unread or holds(known):
        return Fresh(known, seen.answered)
    return await _followed(parts, wanted, seen, now, end=end, holds=holds)


async def _followed(
    parts: Parts, wanted: Wanted, seen: Probed, now: datetime, *, end: float, holds: Callable[[AdviceFacts], bool]
) -> Fresh:
    """The newest letter to each is read first, with what came since; the others only where that does not decide."""
    newest = newest_of_each(seen.unread)
    others = tuple(one for one in seen.unread if one not in newest)
    known = _stored(parts, wanted)
    for some, beside, left in ((newest, seen.unread, others), (others, (), ())):
        read = await _in_time(follow(parts, some, beside, now), end)
        if not {one.account.id for one in some} <= read.answered:
            return Fresh(known, seen.answered - {one.account.id for one in seen.unread})
        known = _stored(parts, wanted, replace(seen, unread=left))
        if not left or holds(known):
            break
    return Fresh(known, seen.answered)


async def _in_time(asking: Awaitable[Probed], end: float) -> Probed:
    try:
        async with asyncio.timeout_at(end):
            return await asking
    except TimeoutError:
        return NOTHING


def _held(parts: Parts, wanted: Wanted) -> AdviceFacts | None:
    """What was found for these addresses before, where nothing has changed since by what came along."""
    if wanted.linked is None:
        return None
    found = parts.shelf.looks.held(wanted.person_id, wanted.asked, wanted.linked.facts_version)
    return replace(found, accounts=list(wanted.linked.accounts)) if isinstance(found, AdviceFacts) else None


def _stored(parts: Parts, wanted: Wanted, seen: Probed = NOTHING) -> AdviceFacts:
    """One snapshot: what a glance showed unread counts unless it is stored by now."""
    with parts.database.read() as tx:
        facts = _facts(parts, tx, wanted)
        ids = {one.account.id for one in seen.unread}
        since = min((one.trace.at for one in seen.unread), default=None)
        stored = {one: messages.present_since(tx, one, since - timedelta(days=1)) for one in ids} if since else {}
    left = [one for one in seen.unread if one.trace.provider_message_id not in stored[one.account.id]]
    return with_unread(parts, facts, left) if left else facts


def _facts(parts: Parts, tx: Connection, wanted: Wanted) -> AdviceFacts:
    """What was found for these addresses before, unless the person's facts have changed; the mailboxes as they are."""
    linked = accounts.linked(tx, wanted.person_id)
    find = partial(advice_facts, tx, parts.sealer, wanted.person_id, wanted.addresses)
    found = parts.shelf.looks.of(wanted.person_id, wanted.asked, linked.facts_version, find)
    return replace(found, accounts=list(linked.accounts))


def _threads(facts: AdviceFacts, stale: Sequence[Account], drafted: str | None) -> list[str]:
    """The newest threads with each recipient, and the one the draft stands in, whichever mailbox that is in."""
    found = [f"{account.id}:{drafted}" for account in stale if drafted]
    for each in facts.about:
        newest = dict.fromkeys(message.fact.thread_key for message in reversed(each.messages))
        found += list(newest)[:NEWEST_THREADS]
    return list(dict.fromkeys(thread for thread in found if thread))


async def _read_through(parts: Parts, person_id: str, stale: Collection[str], now: datetime, end: float) -> None:
    if not stale:
        return
    try:
        with parts.database.write() as tx:
            for account_id in stale:
                sync_jobs.want(tx, account_id, now)
    except StoreUnavailable:
        return  # a full disk stops no answer; what is stale is called stale
    parts.announcer.tell(WORK)
    left = max(0.0, end - asyncio.get_running_loop().time())
    await parts.announcer.until(
        person_id, lambda: _all_seen_since(_accounts(parts, person_id), stale, now), within=left
    )


def _worth_a_look(account: Account, now: datetime) -> bool:
    return account.state in WORKING and (account.as_of is None or now - account.as_of > FRESH_ENOUGH)


def _all_seen_since(linked: Sequence[Account], wanted: Collection[str], now: datetime) -> bool:
    asked = [account for account in linked if account.id in wanted]
    return all(
        account.state not in WORKING or (account.as_of is not None and account.as_of >= now) for account in asked
    )


def _accounts(parts: Parts, person_id: str) -> list[Account]:
    with parts.database.read() as tx:
        return accounts.of_person(tx, person_id)
