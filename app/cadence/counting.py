"""Which of the person's messages are unanswered touches; the banner and the history both count here alone."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from app.cadence import policy
from app.cadence.thread import Channel, Notice, Reply, Signals, Thread, Touch
from app.cadence.workdays import Calendar

PHONE = frozenset({Channel.CALL, Channel.VOICEMAIL})
_PAIR = timedelta(minutes=policy.CALL_WITH_VOICEMAIL_MINUTES)
_CORRECTION = timedelta(hours=policy.CORRECTION_HOURS)
_THANKS_NOT_BEFORE = timedelta(hours=policy.THANKS_NOT_BEFORE_HOURS)
DOCUMENT = "document"
"""The kind of ask that papers meet, in `Signals.answers`."""
ATTACHMENT = "attachment"
"""The kind of value in `Signals.value` that is a file and nothing said about it."""
_by_time = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Answer:
    """The last time the recipient spoke: a reply, or a call that reached them."""

    key: str
    at: datetime
    channel: Channel
    meeting: bool = False
    met: bool = False
    asks: tuple[str, ...] = ()


def replies_until(thread: Thread, now: datetime) -> tuple[Reply, ...]:
    """The human replies up to `now`, oldest first."""
    replies = thread.replies
    if not replies or replies[-1].at <= now:
        return replies
    return replies[: bisect_right(replies, now, key=_by_time)]


def notices_until(thread: Thread, now: datetime) -> tuple[Notice, ...]:
    """The automatic mails up to `now`, oldest first."""
    notices = thread.notices
    if not notices or notices[-1].at <= now:
        return notices
    return notices[: bisect_right(notices, now, key=_by_time)]


def sent_until(thread: Thread, now: datetime) -> tuple[Touch, ...]:
    """The person's own messages up to `now`, oldest first, bounced ones included."""
    touches = thread.touches
    if not touches or touches[-1].at <= now:
        return touches
    return touches[: bisect_right(touches, now, key=_by_time)]


def last_answer(replies: tuple[Reply, ...], sent: tuple[Touch, ...]) -> Answer | None:
    """The later of the last reply and the last call that reached them."""
    reply = replies[-1] if replies else None
    spoke = _last_call_that_reached_them(sent)
    if spoke and (reply is None or spoke.at >= reply.at):
        return Answer(spoke.key, spoke.at, spoke.channel, meeting=True, met=True)
    if reply is None:
        return None
    by_phone = reply.channel in PHONE
    invited = reply.meeting or by_phone or reply.cue in policy.TALKED_STAGES
    return Answer(reply.key, reply.at, reply.channel, invited, reply.met or by_phone, reply.asks)


def _last_call_that_reached_them(sent: tuple[Touch, ...]) -> Touch | None:
    for touch in reversed(sent):
        if touch.spoke:
            return touch
    return None


def since(sent: tuple[Touch, ...], at: datetime | None) -> tuple[Touch, ...]:
    """What the person sent after `at`; everything when `at` is None."""
    return sent if at is None else sent[bisect_right(sent, at, key=_by_time) :]


def unanswered(sent: tuple[Touch, ...], answer: Answer | None, calendar: Calendar) -> tuple[Touch, ...]:
    """The counted touches since the last answer, oldest first."""
    return counted(since(sent, answer.at if answer else None), answer, calendar)


def counted(later: tuple[Touch, ...], answer: Answer | None, calendar: Calendar) -> tuple[Touch, ...]:
    """The touches among what was sent since the last answer, oldest first.

    Not counted: mail that bounced; mail that only answers, accepts or arranges; the first mail after
    theirs within a few days (conversation) unless it asks for news or thanks for a meeting; a correction
    soon after the touch it corrects. A call and the voice mail left on it are one.
    """
    streak: list[Touch] = []
    before: Touch | None = None
    for touch in later:
        if not touch.delivered:
            continue
        said, by_phone = touch.signals, touch.channel in PHONE
        may_only_talk = said.logistics or said.answers or said.correction or said.acceptance or said.withdrawal
        if before is not None and not (by_phone or may_only_talk):
            streak.append(touch)
        elif streak and by_phone and _is_one_call(streak[-1], touch):
            streak[-1] = touch if touch.channel is Channel.VOICEMAIL else streak[-1]
        elif not _only_talks(touch, before, answer, calendar):
            streak.append(touch)
        before = touch
    return tuple(streak)


def _is_one_call(earlier: Touch, later: Touch) -> bool:
    return {earlier.channel, later.channel} == PHONE and later.at - earlier.at <= _PAIR


def mends(signals: Signals) -> bool:
    """Whether a text sets something right, or brings papers: within hours it is the attachment that was forgotten."""
    brings = DOCUMENT in signals.answers or ATTACHMENT in signals.value
    return signals.correction or (brings and not signals.empty)


def _only_talks(touch: Touch, before: Touch | None, answer: Answer | None, calendar: Calendar) -> bool:
    """Whether a message wants nothing: it corrects, arranges, accepts, declines, or answers what they wrote."""
    signals = touch.signals
    if before is not None and mends(signals) and touch.at - before.at <= _CORRECTION:
        return True
    if signals.asks_for_news or signals.empty:
        return False
    if signals.logistics or signals.acceptance or signals.withdrawal:
        return True
    if answer is None or touch.channel in PHONE:
        return False
    if signals.answers and any(kind in answer.asks for kind in signals.answers):
        return True
    if before is not None or _thanks_for_meeting(touch, answer, calendar):
        return False
    return calendar.between(calendar.day(answer.at), calendar.day(touch.at)) <= policy.CONVERSATION


def _thanks_for_meeting(touch: Touch, answer: Answer, calendar: Calendar) -> bool:
    """An invitation is thanked for on its day; who wrote of a meeting, asked nothing and is thanked later has met."""
    if not touch.signals.thanks or not (answer.meeting or answer.met):
        return False
    if answer.met or touch.at - answer.at >= _THANKS_NOT_BEFORE:
        return True
    return not answer.asks and calendar.day(touch.at) > calendar.day(answer.at)
