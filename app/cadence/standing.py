"""What stands at a moment: promise, absence, pause, closure, wish for no contact, open question, bounces."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from app.cadence import policy
from app.cadence.thread import Channel, Notice, NoticeKind, Promise, Reply, Signals, Touch
from app.cadence.workdays import Calendar

GENERAL_ASK = "information"
PLAIN_ASKS = frozenset({"document", "references", "form", "portfolio", "salary", "notice_period", "start_date"})
"""Asks for papers, figures or days, which go before what one would like to know oneself."""


@dataclass(frozen=True, slots=True)
class GivenWord:
    """A dated promise. From `due` on a follow-up is fine; `end` is the last day they named."""

    key: str
    at: datetime
    promise: Promise
    end: date
    due: date


@dataclass(frozen=True, slots=True)
class Absence:
    """They are away until `until`, the day they return; None when the notice names no day. From `due` on they count
    as back."""

    key: str
    at: datetime
    until: date | None
    due: date
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """The role is on hold; from `due` on one short note is fine. `until` is the date they named, if any."""

    key: str
    at: datetime
    until: date | None
    due: date


@dataclass(frozen=True, slots=True)
class Closure:
    """The thread is over: `by_them` for a rejection or a filled role, else the person withdrew. `reopens` is a date."""

    key: str
    at: datetime
    by_them: bool
    reopens: date


@dataclass(frozen=True, slots=True)
class Refusal:
    """They asked for no contact: `scope` is "all" or "phone". `until` is the date they named, if any."""

    key: str
    at: datetime
    scope: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What they asked last and nobody answered yet."""

    key: str
    at: datetime
    asks: tuple[str, ...]
    question: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail to `address` that did not arrive, and why if they told."""

    key: str
    at: datetime
    address: str
    reason: str = ""


def text_is_read(signals: Signals) -> bool:
    """Whether value and tone of a text are known: its language has a lexicon, or something was found in it."""
    return signals.language in policy.READ_LANGUAGES or signals.empty or signals.asks_for_news or bool(signals.value)


def may_chase(signals: Signals) -> bool:
    """Whether a message asks for news or brings nothing, or its text was not read and that cannot be told."""
    return signals.asks_for_news or signals.empty or not text_is_read(signals)


def given_word(replies: tuple[Reply, ...], notices: tuple[Notice, ...], calendar: Calendar) -> GivenWord | None:
    """The newest dated promise, unless a later reply closed, paused or moved the matter on, or kept it.

    The date a receipt gives counts while nobody has written since, unless a person named a later one.
    """
    newest = replies[-1] if replies else None
    word = _word_of_people(replies, calendar)
    receipt = next((notice for notice in reversed(notices) if notice.promise), None)
    if receipt and (newest is None or newest.at < receipt.at) and (dated := _dated_in(receipt, calendar)):
        return max(dated, word, key=lambda each: each.due) if word else dated
    return word


def _word_of_people(replies: tuple[Reply, ...], calendar: Calendar) -> GivenWord | None:
    newest = replies[-1] if replies else None
    for reply in reversed(replies):
        if word := _dated_in(reply, calendar):
            kept = newest is not reply and newest and calendar.day(newest.at) >= word.end
            return None if kept and not word.promise.invites else word
        if reply.closes or reply.on_hold or reply.meeting:
            return None
    return None


def _dated_in(told: Reply | Notice, calendar: Calendar) -> GivenWord | None:
    promise = told.promise
    end = (promise.end or promise.start) if promise else None
    if promise is None or end is None:
        return None
    due = end if promise.invites else calendar.after(end, policy.PROMISE_GRACE)
    return GivenWord(told.key, told.at, promise, end, due)


def absence(
    notices: tuple[Notice, ...], spoke_at: datetime | None, today: date, calendar: Calendar, *, wait: int
) -> Absence | None:
    """The newest absence that is not over and that no later word of theirs contradicts.

    One that names no day of return is taken to last as long as one would wait anyway, `wait` working days; a dated
    one that still runs is better known and goes before it.
    """
    undated: Absence | None = None
    for notice in reversed(notices):
        if spoke_at and notice.at <= spoke_at:
            break
        if notice.kind is not NoticeKind.ABSENCE:
            continue
        if notice.until is not None:
            due = calendar.after(notice.until, policy.RETURN_GRACE)
            dated = Absence(notice.key, notice.at, notice.until, due, notice.names)
            return dated if today < due else undated
        due = calendar.after(calendar.day(notice.at), wait)
        if undated is None and today < due:
            undated = Absence(notice.key, notice.at, None, due, notice.names)
    return undated


def pause(replies: tuple[Reply, ...], notices: tuple[Notice, ...], calendar: Calendar) -> Pause | None:
    """The hold that is the newest thing they said, if it is."""
    reply = replies[-1] if replies else None
    held = next((notice for notice in reversed(notices) if notice.kind is NoticeKind.HOLD), None)
    if held and (reply is None or held.at >= reply.at):
        return _paused(held.key, held.at, held.until, calendar)
    if reply and reply.on_hold:
        return _paused(reply.key, reply.at, reply.hold_until, calendar)
    return None


def _paused(key: str, at: datetime, until: date | None, calendar: Calendar) -> Pause:
    if until is not None:
        return Pause(key, at, until, calendar.after(until, policy.HOLD_GRACE))
    return Pause(key, at, None, calendar.after(calendar.day(at), policy.HOLD_WITHOUT_DATE))


def closure(
    replies: tuple[Reply, ...], notices: tuple[Notice, ...], sent: tuple[Touch, ...], calendar: Calendar
) -> Closure | None:
    """The newest rejection or withdrawal that no later interest of theirs undid."""
    found = _rejection(replies, notices)
    reopened = _reopened_at(replies)
    withdrawn = _withdrawal(sent)
    if withdrawn and (found is None or withdrawn.at > found.at):
        found = withdrawn
    if found is None or (reopened and reopened > found.at):
        return None
    reopens = calendar.after(calendar.day(found.at), policy.AFTER_REJECTION_WAIT)
    return Closure(found.key, found.at, found is not withdrawn, reopens)


def _withdrawal(sent: tuple[Touch, ...]) -> Touch | None:
    for touch in reversed(sent):
        if touch.signals.withdrawal and touch.delivered:
            return touch
    return None


def _rejection(replies: tuple[Reply, ...], notices: tuple[Notice, ...]) -> Reply | Notice | Touch | None:
    reply = next((reply for reply in reversed(replies) if reply.closes), None)
    notice = next((notice for notice in reversed(notices) if notice.kind is NoticeKind.REJECTION), None)
    if reply and notice:
        return reply if reply.at >= notice.at else notice
    return reply or notice


def _reopened_at(replies: tuple[Reply, ...]) -> datetime | None:
    """When they last showed interest: an invitation, a question, or a further stage."""
    for reply in reversed(replies):
        if not reply.closes and (reply.meeting or reply.asks or reply.cue or reply.invites_contact):
            return reply.at
    return None


def refusal(replies: tuple[Reply, ...], notices: tuple[Notice, ...], today: date) -> Refusal | None:
    """Their newest wish for no contact, until the date they named or until they invited contact again.

    A person's word goes before what their receipt says to everybody.
    """
    for reply in reversed(replies):
        if reply.no_contact:
            until = reply.promise.end if reply.promise else None
            return None if until and today >= until else Refusal(reply.key, reply.at, reply.no_contact, until)
        if reply.invites_contact or reply.invites_call or reply.meeting:
            return None
    told = next((notice for notice in reversed(notices) if notice.no_contact), None)
    return Refusal(told.key, told.at, told.no_contact, None) if told and told.no_contact else None


def open_question(replies: tuple[Reply, ...], sent: tuple[Touch, ...]) -> OpenQuestion | None:
    """The asks of their newest mails that nothing sent since has met; silent when that cannot be known."""
    if not any(reply.asks for reply in replies):
        return None
    started = _turn_started(replies, sent)
    turn = [reply for reply in replies if reply.at >= started and reply.asks]
    if not turn:
        return None
    later = [touch for touch in sent if touch.at > turn[-1].at and touch.delivered]
    if any(_may_answer(touch) for touch in later):
        return None
    met = {kind for touch in later for kind in touch.signals.answers}
    asks = tuple(dict.fromkeys(ask for reply in turn for ask in reply.asks if ask not in met))
    question = next((reply.question for reply in turn if reply.question), "")
    return OpenQuestion(turn[0].key, turn[0].at, asks, question) if asks else None


def _may_answer(touch: Touch) -> bool:
    """Whether a message may have met a question: anything but one that only asks for news itself."""
    chases = touch.signals.asks_for_news or touch.signals.empty
    return touch.spoke or not (chases and text_is_read(touch.signals))


def meets(answers: tuple[str, ...], asks: tuple[str, ...]) -> bool:
    """Whether a text that gives these answers meets one of the asks; a question of no special kind takes any answer."""
    return bool(answers) and (GENERAL_ASK in asks or any(kind in asks for kind in answers))


def unmet_asks(replies: tuple[Reply, ...], sent: tuple[Touch, ...]) -> frozenset[str]:
    """Every kind of thing they ever asked for and did not get since, an older question not forgotten."""
    asked = {kind: reply.at for reply in replies for kind in reply.asks}
    met = {kind: touch.at for touch in sent if touch.delivered for kind in touch.signals.answers}
    return frozenset(kind for kind, at in asked.items() if kind not in met or met[kind] < at)


def _turn_started(replies: tuple[Reply, ...], sent: tuple[Touch, ...]) -> datetime:
    """When their newest run of replies, uninterrupted by the person, began."""
    newest = replies[-1].at
    own = next((touch.at for touch in reversed(sent) if touch.at <= newest), None)
    return min(reply.at for reply in replies if own is None or reply.at >= own)


def bounces(sent: tuple[Touch, ...], notices: tuple[Notice, ...]) -> tuple[Bounce, ...]:
    """The newest mail to each address that did not arrive, unless a later one did."""
    told = [notice for notice in notices if notice.kind is NoticeKind.BOUNCE and notice.address]
    if not told and all(touch.delivered for touch in sent):
        return ()
    failed: dict[str, Bounce] = {}
    arrived: dict[str, datetime] = {}
    for touch in sent:
        for address in touch.to if touch.channel is Channel.EMAIL else ():
            if touch.delivered:
                arrived[address] = touch.at
            else:
                failed[address] = Bounce(touch.key, touch.at, address)
    for notice in told:
        who = notice.address.lower()
        failed[who] = replace(failed.get(who, Bounce(notice.key, notice.at, who)), reason=notice.reason)
    return tuple(bounce for who, bounce in failed.items() if who not in arrived or arrived[who] < bounce.at)
