"""Letters that are known to have gone out and were not read yet: what they may turn out to say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.cadence.thread import NO_SIGNALS, Signals, Stage, Thread
from app.reading.facts import MessageFact, OutboundReading
from app.services.parts import Parts
from app.store.accounts import Account
from app.store.advice_facts import AdviceFacts
from app.store.messages import StoredMessage
from connectors.contract import Trace

UNREAD = "unread."
LATER = timedelta(days=1)
"""An id may be as old as the draft it began as."""
SAYINGS = (
    NO_SIGNALS,
    Signals(language="en", asks_for_news=True, empty=True),
    Signals(language="en", value=("work_sample",), value_score=2.0),
)
"""What weighs in a letter that waits: nothing in particular, a chase, something worth reading."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A letter of the person's own in one mailbox, to one address, dated by its id."""

    account: Account
    address: str
    trace: Trace


def with_unread(parts: Parts, facts: AdviceFacts, unread: Sequence[Unread]) -> AdviceFacts:
    """The facts with the unread letters among those of whom they went to."""
    about = []
    for each in facts.about:
        theirs = [_stored(parts, one) for one in unread if one.address in each.recipient.addresses]
        together = sorted([*each.messages, *theirs], key=lambda message: (message.fact.at, message.fact.key))
        about.append(replace(each, messages=together))
    return replace(facts, about=about, version=None)


def _stored(parts: Parts, one: Unread) -> StoredMessage:
    key = key_of(one)
    fact = MessageFact(
        key=key,
        at=one.trace.at,
        outbound=True,
        message_key=key,
        thread_key=f"{one.account.id}:{one.trace.provider_thread_id}",
        sender=one.account.address,
        sender_name="",
        people=(one.address,),
        reading=OutboundReading(),
        folder="sent",
    )
    return StoredMessage(fact, one.account.id, one.account.provider, one.trace.link, True, key, None, parts.sealer)


def newest_of_each(unread: Sequence[Unread]) -> list[Unread]:
    """The newest letter to each address in each mailbox: most of what is said hangs on it."""
    newest: dict[tuple[str, str], Unread] = {}
    for one in sorted(unread, key=lambda each: each.trace.at):
        newest[one.account.id, one.address] = one
    return list(newest.values())


def key_of(one: Unread) -> str:
    return f"{UNREAD}{one.account.id}/{one.trace.provider_message_id}"


def is_unread(key: str) -> bool:
    return key.startswith(UNREAD)


def same_whatever_they_say(thread: Thread, now: datetime, told: Callable[[Thread], object]) -> bool:
    """Whether `told` says the same of the thread whatever its unread letters turn out to say."""
    first, *others = (told(possible) for possible in _possible(thread, now))
    return all(other == first for other in others)


def _possible(thread: Thread, now: datetime) -> Iterator[Thread]:
    yield thread
    dated = [replace(one, at=min(one.at + LATER, now)) if is_unread(one.key) else one for one in thread.touches]
    yield replace(thread, touches=tuple(dated))
    begun = thread.touches[0].at if thread.touches else now
    for saying in SAYINGS:
        touches = tuple(replace(one, signals=saying) if is_unread(one.key) else one for one in thread.touches)
        for stage in Stage:
            yield replace(thread, touches=touches, cues=(*thread.cues, (begun, stage)))
