"""The one translator from mail to the etiquette's words: facts of messages, calls and corrections become a Thread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from app.cadence.thread import Channel, Notice, NoticeKind, Reply, Stage, Thread, Touch
from app.reading.facts import (
    CorrectionFact,
    CorrectionKind,
    InboundReading,
    Kind,
    LoggedFact,
    MessageFact,
    OutboundReading,
)
from app.reading.people import is_automatic, is_role, same_company, same_person

_BOUNCE_WITHIN = timedelta(days=6)  # RFC 5321 4.5.4.1: a server gives up after 4 to 5 days
_SAME_CALL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _Mail:
    """The distinct letters about one recipient, in order of time."""

    addresses: frozenset[str]
    names: frozenset[str]
    sent: tuple[MessageFact, ...]
    received: tuple[MessageFact, ...]
    threads: Mapping[tuple[str, str], frozenset[str]]
    thread_keys: frozenset[str]
    message_keys: frozenset[str]
    bystanders: frozenset[tuple[str, str]]


def build_thread(
    recipient: str,
    addresses: frozenset[str],
    messages: Sequence[MessageFact],
    logged: Sequence[LoggedFact] = (),
    corrections: Sequence[CorrectionFact] = (),
    *,
    name: str = "",
    stage: Stage | None = None,
    country: str | None = None,
    zone: str | None = None,
    industry: str | None = None,
) -> Thread:
    """The thread of one recipient, by the table "What counts" of the product paper.

    `addresses` are the recipient's known addresses in lower case (`recipient` is always one of them); `messages`
    may hold any mail of the person: what has nothing to do with the recipient is left out. `name` is the recipient's
    display name where known. The answer depends neither on the order of the facts nor on doubles among them.
    """
    mail = _mail_with(addresses | {recipient}, name, _without_removed(messages, corrections))
    bounces = [fact for fact in mail.received if _kind(fact) is Kind.BOUNCE]
    touches = [_touch(fact, mail, bounces) for fact in mail.sent]
    replies = [_reply(fact) for fact in mail.received if _is_answer(fact, mail)]
    notices = [notice for fact in mail.received if (notice := _notice(fact, mail))]
    calls = [call for call in sorted(logged, key=_moment) if call.key not in _removed(corrections)]
    return Thread(
        recipient=recipient,
        touches=_ordered([*touches, *(_logged_touch(call) for call in calls)]),
        replies=_ordered([*replies, *_logged_replies(calls), *_answers_elsewhere(corrections)]),
        notices=_ordered(notices),
        stage=stage,
        cues=_cues(mail),
        country=country,
        zone=zone,
        industry=industry,
        job_contact=all(correction.kind is not CorrectionKind.NOT_JOB_SEARCH for correction in corrections),
    )


def company_activity(addresses: frozenset[str], messages: Sequence[MessageFact]) -> tuple[MessageFact, ...]:
    """Human mail from the recipient's company in other threads: no answer, but worth asking the person about once."""
    mail = _mail_with(addresses, "", messages)
    return tuple(
        fact
        for fact in _letters(messages)
        if not fact.outbound
        and _kind(fact) is Kind.REPLY
        and same_company(fact.sender, addresses)
        and not _comes_from_them(fact, mail)
    )


def _without_removed(messages: Sequence[MessageFact], corrections: Sequence[CorrectionFact]) -> list[MessageFact]:
    """Every copy of a removed letter goes, not only the copy the person pointed at."""
    gone = _removed(corrections)
    letters = {_letter(fact) for fact in messages if fact.key in gone}
    return [fact for fact in messages if _letter(fact) not in letters]


def _removed(corrections: Sequence[CorrectionFact]) -> frozenset[str]:
    kinds = (CorrectionKind.NOT_A_TOUCH, CorrectionKind.OTHER_RECIPIENT)
    return frozenset(correction.subject_key for correction in corrections if correction.kind in kinds)


def _mail_with(addresses: frozenset[str], name: str, messages: Sequence[MessageFact]) -> _Mail:
    letters = _letters(messages)
    threads = _threads(messages)
    sent = [fact for fact in letters if fact.outbound and _touches(fact, addresses)]
    received = [fact for fact in letters if not fact.outbound]
    theirs = [fact for fact in received if fact.sender in addresses]
    return _Mail(
        addresses=addresses,
        names=frozenset({name, *(fact.sender_name for fact in theirs if not is_automatic(fact.sender))} - {""}),
        sent=tuple(sent),
        received=tuple(received),
        threads=threads,
        thread_keys=frozenset().union(*(threads[_letter(fact)] for fact in [*sent, *theirs])),
        message_keys=frozenset(fact.message_key for fact in sent),
        bystanders=frozenset(_bystanders(letters, addresses)),
    )


def _letters(messages: Iterable[MessageFact]) -> list[MessageFact]:
    """One fact a letter, in order of time: of several copies the earliest stands, then the smallest key."""
    kept: dict[tuple[str, str], MessageFact] = {}
    for fact in sorted(messages, key=_moment):
        kept.setdefault(_letter(fact), fact)
    return list(kept.values())


def _letter(fact: MessageFact) -> tuple[str, str]:
    return fact.message_key, fact.sender


def _threads(messages: Iterable[MessageFact]) -> dict[tuple[str, str], frozenset[str]]:
    """The provider threads of a letter: one in each mailbox that holds a copy."""
    threads: dict[tuple[str, str], frozenset[str]] = {}
    for fact in messages:
        threads[_letter(fact)] = threads.get(_letter(fact), frozenset()) | ({fact.thread_key} - {""})
    return threads


def _bystanders(letters: Iterable[MessageFact], addresses: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Who was written to without the recipient inside a provider thread: a friend the mail was forwarded to."""
    for fact in letters:
        if fact.outbound and not _touches(fact, addresses):
            yield from ((fact.thread_key, person) for person in fact.people)


def _moment(fact: MessageFact | LoggedFact | Touch | Reply | Notice) -> tuple[datetime, str]:
    return fact.at, fact.key


_Event = TypeVar("_Event", Touch, Reply, Notice)


def _ordered(events: Iterable[_Event]) -> tuple[_Event, ...]:
    return tuple(sorted(dict.fromkeys(events), key=_moment))


def _touches(fact: MessageFact, addresses: frozenset[str]) -> bool:
    return not addresses.isdisjoint(fact.people)


def _kind(fact: MessageFact) -> Kind | None:
    return fact.reading.kind if isinstance(fact.reading, InboundReading) else None


def _said(fact: MessageFact) -> InboundReading:
    return fact.reading if isinstance(fact.reading, InboundReading) else InboundReading()


def _comes_from_them(fact: MessageFact, mail: _Mail) -> bool:
    """From the recipient, under any address of theirs, or from a colleague who answers mail sent to the recipient."""
    if fact.sender in mail.addresses:
        return True
    if any(same_person(fact.sender_name, known) for known in mail.names):
        return True
    threads = mail.threads[_letter(fact)]
    if any((thread, fact.sender) in mail.bystanders for thread in threads) and not _touches(fact, mail.addresses):
        return False
    return not threads.isdisjoint(mail.thread_keys) or not mail.message_keys.isdisjoint(fact.reference_keys)


def _is_answer(fact: MessageFact, mail: _Mail) -> bool:
    said = _said(fact)
    human = said.kind is Kind.REPLY or (said.kind is Kind.REJECTION and not is_automatic(fact.sender))
    invited = said.kind is Kind.CALENDAR and said.calendar_method in ("REQUEST", "COUNTER")
    return (human or invited) and _comes_from_them(fact, mail)


def _touch(fact: MessageFact, mail: _Mail, bounces: Sequence[MessageFact]) -> Touch:
    reading = fact.reading if isinstance(fact.reading, OutboundReading) else OutboundReading()
    theirs = mail.addresses.intersection(fact.people)
    failed = {address for bounce in bounces for address in theirs if _failed(fact, bounce, address)}
    return Touch(fact.key, fact.at, Channel.EMAIL, fact.people, reading.signals, delivered=failed != theirs)


def _failed(fact: MessageFact, bounce: MessageFact, address: str) -> bool:
    """Whether this bounce says that this letter never reached this address."""
    said = _said(bounce)
    if said.bounce_reason == "delayed" or said.failed_address not in ("", address):
        return False
    named = {said.failed_reference, *bounce.reference_keys} - {""}
    if named:
        return fact.message_key in named
    recent = fact.at <= bounce.at <= fact.at + _BOUNCE_WITHIN
    return recent and (said.failed_address == address or bounce.thread_key == fact.thread_key)


def _reply(fact: MessageFact) -> Reply:
    said = _said(fact)
    return Reply(
        key=fact.key,
        at=fact.at,
        channel=fact.channel,
        sender=fact.sender,
        promise=said.promise,
        asks=said.asks,
        question=said.question,
        closes=said.closure or said.kind is Kind.REJECTION,
        on_hold=said.on_hold,
        hold_until=said.hold_until,
        no_contact=said.no_contact,
        invites_call=said.invites_call,
        invites_contact=said.invites_contact,
        meeting=said.meeting or said.kind is Kind.CALENDAR,
        names=said.names,
        cue=said.cue,
        deadline=said.deadline,
    )


_NOTICES = {
    Kind.OOO: NoticeKind.ABSENCE,
    Kind.ATS_RECEIPT: NoticeKind.RECEIPT,
    Kind.REJECTION: NoticeKind.REJECTION,
    Kind.BOUNCE: NoticeKind.BOUNCE,
}


def _notice(fact: MessageFact, mail: _Mail) -> Notice | None:
    said = _said(fact)
    kind = _notice_kind(said)
    if kind is None or not _concerns_them(fact, mail) or _is_answer(fact, mail):
        return None
    until = said.hold_until if kind is NoticeKind.HOLD else said.return_date
    return Notice(fact.key, fact.at, kind, until, said.names, said.failed_address, said.bounce_reason)


def _notice_kind(said: InboundReading) -> NoticeKind | None:
    if said.kind is Kind.AUTO_REPLY and said.names:
        return NoticeKind.ABSENCE
    if said.on_hold and said.kind in (Kind.AUTO_REPLY, Kind.ATS_RECEIPT):
        return NoticeKind.HOLD
    return _NOTICES.get(said.kind)


def _concerns_them(fact: MessageFact, mail: _Mail) -> bool:
    said = _said(fact)
    if said.kind is Kind.BOUNCE:
        return any(_failed(sent, fact, address) for sent in mail.sent for address in mail.addresses)
    if said.kind is Kind.REJECTION and is_role(fact.sender) and same_company(fact.sender, mail.addresses):
        return True
    return _comes_from_them(fact, mail)


_TOUCHED_BY = {"call": Channel.CALL, "voicemail": Channel.VOICEMAIL, "email": Channel.EMAIL}


def _logged_touch(call: LoggedFact) -> Touch:
    channel = Channel.VOICEMAIL if call.outcome == "message_left" and call.channel == "call" else None
    channel = channel or _TOUCHED_BY.get(call.channel, Channel.OTHER)
    return Touch(call.key, call.at, channel, signals=call.signals, spoke=call.outcome == "spoke")


def _logged_replies(calls: Iterable[LoggedFact]) -> list[Reply]:
    """Who was spoken to, or whose word the person noted, has answered."""
    return [
        Reply(call.key, call.at, _logged_touch(call).channel, promise=call.promise)
        for call in calls
        if call.outcome == "spoke" or call.promise
    ]


def _answers_elsewhere(corrections: Iterable[CorrectionFact]) -> list[Reply]:
    return [
        Reply(f"elsewhere:{correction.at.isoformat()}", correction.at, Channel.OTHER)
        for correction in corrections
        if correction.kind is CorrectionKind.ANSWERED_ELSEWHERE
    ]


def _cues(mail: _Mail) -> tuple[tuple[datetime, Stage], ...]:
    theirs = [fact for fact in mail.received if _comes_from_them(fact, mail)]
    return tuple(sorted({(fact.at, fact.reading.cue) for fact in [*mail.sent, *theirs] if fact.reading.cue}))
