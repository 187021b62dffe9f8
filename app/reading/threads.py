"""The one translator from mail to the etiquette's words: facts of messages, calls and corrections become a Thread."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from app.cadence.thread import Channel, Notice, NoticeKind, Reply, Stage, Thread, Touch
from app.reading.correspondence import Correspondence, correspondence_with, kind_of, letter_of, said_in
from app.reading.facts import (
    ABOUT_A_MESSAGE,
    NO_MATTER,
    CorrectionFact,
    CorrectionKind,
    InboundReading,
    Kind,
    LoggedFact,
    Matter,
    MessageFact,
    OutboundReading,
)
from app.reading.matters import is_about_a_job, takes_applications, trade_of
from app.reading.noted import refuses
from app.reading.people import is_role, same_company
from app.reading.places import country_of

_BOUNCE_WITHIN = timedelta(days=6)  # RFC 5321 4.5.4.1: a server gives up after 4 to 5 days


def build_thread(
    recipient: str,
    addresses: frozenset[str],
    messages: Sequence[MessageFact],
    logged: Sequence[LoggedFact] = (),
    corrections: Sequence[CorrectionFact] = (),
    *,
    name: str = "",
    stage: Stage | None = None,
    zone: str | None = None,
    draft: Matter = NO_MATTER,
) -> Thread:
    """The thread of one recipient: what counts as a touch, and what as an answer.

    `addresses` are the recipient's known addresses in lower case (`recipient` is always one of them); `messages`
    may hold any mail of the person: what has nothing to do with the recipient is left out. `name` is the recipient's
    display name where known; `draft` is what a draft shows of the matter. The answer depends neither on the order of
    the facts nor on doubles among them.
    """
    calls = [call for call in sorted(logged, key=_moment) if call.key not in _removed(corrections)]
    mail = correspondence_with(addresses | {recipient}, name, _without_removed(messages, corrections), calls)
    bounces = [fact for fact in mail.received if kind_of(fact) is Kind.BOUNCE]
    touches = [_touch(fact, mail, bounces) for fact in mail.sent]
    replies = [_reply(fact) for fact in mail.received if mail.is_answer(fact)]
    notices = [notice for fact in mail.received if (notice := _notice(fact, mail))]
    return Thread(
        recipient=recipient,
        touches=_ordered([*touches, *(_logged_touch(call) for call in calls)]),
        replies=_ordered([*replies, *_logged_replies(calls), *_answers_elsewhere(corrections)]),
        notices=_ordered(notices),
        stage=stage,
        cues=_cues(mail),
        country=country_of(recipient),
        zone=zone,
        industry=_industry(mail, calls, draft),
        job_contact=_is_job_contact(mail, calls, corrections, stage, draft),
        hints=_ordered(_reply(fact) for fact in mail.received if mail.is_hint(fact)),
    )


def _without_removed(messages: Sequence[MessageFact], corrections: Sequence[CorrectionFact]) -> list[MessageFact]:
    """Every copy of a removed letter goes, not only the copy the person pointed at."""
    gone = _removed(corrections)
    letters = {letter_of(fact) for fact in messages if fact.key in gone}
    return [fact for fact in messages if letter_of(fact) not in letters]


def _removed(corrections: Sequence[CorrectionFact]) -> frozenset[str]:
    return frozenset(correction.subject_key for correction in corrections if correction.kind in ABOUT_A_MESSAGE)


def _moment(fact: MessageFact | LoggedFact | Touch | Reply | Notice) -> tuple[datetime, str]:
    return fact.at, fact.key


_Event = TypeVar("_Event", Touch, Reply, Notice)


def _ordered(events: Iterable[_Event]) -> tuple[_Event, ...]:
    return tuple(sorted(dict.fromkeys(events), key=_moment))


def _touch(fact: MessageFact, mail: Correspondence, bounces: Sequence[MessageFact]) -> Touch:
    reading = fact.reading if isinstance(fact.reading, OutboundReading) else OutboundReading()
    theirs = mail.addresses.intersection(fact.people)
    failed = {address for bounce in bounces for address in theirs if _failed(fact, bounce, address)}
    return Touch(fact.key, fact.at, Channel.EMAIL, fact.people, reading.signals, delivered=failed != theirs)


def _failed(fact: MessageFact, bounce: MessageFact, address: str) -> bool:
    """Whether this bounce says that this letter never reached this address."""
    said = said_in(bounce)
    if said.bounce_reason == "delayed" or said.failed_address not in ("", address):
        return False
    named = {said.failed_reference, *bounce.reference_keys} - {""}
    if named:
        return fact.message_key in named
    recent = fact.at <= bounce.at <= fact.at + _BOUNCE_WITHIN
    return recent and (said.failed_address == address or bounce.thread_key == fact.thread_key)


def _reply(fact: MessageFact) -> Reply:
    said = said_in(fact)
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
        invites_often=said.invites_often,
        meeting=said.meeting or said.kind is Kind.CALENDAR,
        met=said.met,
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


def _notice(fact: MessageFact, mail: Correspondence) -> Notice | None:
    said = said_in(fact)
    kind = _notice_kind(said)
    if kind is None or not _concerns_them(fact, mail) or mail.is_answer(fact):
        return None
    until = said.hold_until if kind is NoticeKind.HOLD else said.return_date
    receipt = kind is NoticeKind.RECEIPT
    return Notice(
        *(fact.key, fact.at, kind, until, said.names, said.failed_address, said.bounce_reason),
        no_contact="phone" if said.no_contact and receipt else None,
        promise=said.promise if receipt else None,
    )


def _notice_kind(said: InboundReading) -> NoticeKind | None:
    if said.kind is Kind.AUTO_REPLY and said.names:
        return NoticeKind.ABSENCE
    if said.on_hold and said.kind in (Kind.AUTO_REPLY, Kind.ATS_RECEIPT):
        return NoticeKind.HOLD
    return _NOTICES.get(said.kind)


_OF_THE_COMPANY = frozenset({Kind.REJECTION, Kind.ATS_RECEIPT})
"""What a company's machine says of an application concerns whomever there it went to."""


def _concerns_them(fact: MessageFact, mail: Correspondence) -> bool:
    said = said_in(fact)
    if said.kind is Kind.BOUNCE:
        return any(_failed(sent, fact, address) for sent in mail.sent for address in mail.addresses)
    if said.kind in _OF_THE_COMPANY and is_role(fact.sender) and same_company(fact.sender, mail.addresses):
        return True
    return mail.comes_from_them(fact)


_TOUCHED_BY = {"call": Channel.CALL, "voicemail": Channel.VOICEMAIL, "email": Channel.EMAIL}


def _logged_touch(call: LoggedFact) -> Touch:
    channel = Channel.VOICEMAIL if call.outcome == "message_left" and call.channel == "call" else None
    channel = channel or _TOUCHED_BY.get(call.channel, Channel.OTHER)
    return Touch(call.key, call.at, channel, signals=call.signals, spoke=call.outcome == "spoke")


def _logged_replies(calls: Iterable[LoggedFact]) -> list[Reply]:
    """Who was spoken to, or whose word the person noted, has answered."""
    return [
        Reply(call.key, call.at, _logged_touch(call).channel, promise=call.promise, closes=_said_no(call))
        for call in calls
        if call.outcome == "spoke" or call.promise
    ]


def _said_no(call: LoggedFact) -> bool:
    return call.promise is not None and call.promise.end is None and refuses(call.promise.quote)


def _answers_elsewhere(corrections: Iterable[CorrectionFact]) -> list[Reply]:
    return [
        Reply(f"elsewhere:{correction.at.isoformat()}", correction.at, Channel.OTHER)
        for correction in corrections
        if correction.kind is CorrectionKind.ANSWERED_ELSEWHERE
    ]


def _cues(mail: Correspondence) -> tuple[tuple[datetime, Stage], ...]:
    theirs = [fact for fact in mail.received if mail.comes_from_them(fact) or mail.is_answer(fact)]
    told = [fact for fact in mail.sent if theirs or fact.reading.cue is not Stage.OFFER or _accepts(fact)]
    return tuple(sorted({(fact.at, fact.reading.cue) for fact in [*told, *theirs] if fact.reading.cue}))


def _accepts(fact: MessageFact) -> bool:
    """An offer is theirs to make: where nobody answered, only who accepts one has it in hand."""
    return isinstance(fact.reading, OutboundReading) and fact.reading.signals.acceptance


_OF_A_LIST = Matter(private=2)
"""Who sends newsletters from the address one writes to is a shop or a club sooner than somebody who hires."""
_BESIDE_THE_MATTER = (Kind.OOO, Kind.AUTO_REPLY, Kind.LIST)
_SHOWS_A_SEARCH = (Kind.ATS_RECEIPT, Kind.REJECTION)


def _is_job_contact(
    mail: Correspondence,
    calls: Sequence[LoggedFact],
    corrections: Iterable[CorrectionFact],
    stage: Stage | None,
    draft: Matter,
) -> bool:
    """What the person said of it wins; then what only a search for work brings; then what the letters show."""
    kinds = (CorrectionKind.JOB_SEARCH, CorrectionKind.NOT_JOB_SEARCH)
    said = [correction for correction in corrections if correction.kind in kinds]
    if said:
        return max(said, key=lambda correction: correction.at).kind is CorrectionKind.JOB_SEARCH
    theirs = [fact for fact in mail.received if mail.comes_from_them(fact)]
    searches = any(
        kind_of(fact) in _SHOWS_A_SEARCH or (_speaks_of_the_matter(said_in(fact)) and mail.is_answer(fact))
        for fact in theirs
    )
    if stage is not None or searches or any(map(takes_applications, mail.addresses)):
        return True
    readings = [fact.reading for fact in mail.sent] + [fact.reading for fact in theirs if mail.is_answer(fact)]
    lists = [_OF_A_LIST for fact in mail.received if fact.sender in mail.addresses and kind_of(fact) is Kind.LIST]
    return is_about_a_job([*(each.matter for each in (*readings, *calls)), *lists, draft])


def _speaks_of_the_matter(said: InboundReading) -> bool:
    return bool(said.promise or said.on_hold or said.no_contact)


def _industry(mail: Correspondence, calls: Sequence[LoggedFact], draft: Matter) -> str | None:
    """The trade most letters to and from them name, the newest among equals; else the one in the company's name.

    Where neither names one, the calls and the draft are asked.
    """
    theirs = [fact for fact in mail.received if mail.comes_from_them(fact) and kind_of(fact) not in _BESIDE_THE_MATTER]
    named = [trade for fact in (*theirs, *mail.sent) if (trade := fact.reading.matter.industry)]
    by_name = (trade for address in sorted(mail.addresses) if (trade := trade_of(address)))
    told = (matter.industry for matter in (*(call.matter for call in calls), draft) if matter.industry)
    return max(reversed(named), key=named.count, default=None) or next(by_name, None) or next(told, None)
