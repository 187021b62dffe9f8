"""May I call now? Yes, wait until, better by mail, or no: with at most two reasons and what to say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.cadence import policy
from app.cadence.cadence import Cadence, measure, next_good_date
from app.cadence.counting import PHONE
from app.cadence.rules.calls import calls_are_welcome, silent_calls, voicemails
from app.cadence.thread import Channel, Stage, Thread
from app.cadence.wording import away_until, count, day, on, outstanding

CALM = "Calm? If not, tomorrow."
_LEAVE_A_MESSAGE = "If nobody answers, leave one clear message this time."
_SAY = "Say who you are, what it is about in one sentence, and how they reach you."
_STAGES_BY_MAIL = frozenset({Stage.COLD, Stage.APPLIED, Stage.NETWORKING})


@dataclass(frozen=True, slots=True)
class CallAdvice:
    """`answer` is yes, wait, mail or no. `until` is an aware instant in the recipient's zone, for wait alone.

    `reasons` are at most two sentences; `say` is what to say or do, and ends with the feeling check for a yes.
    """

    answer: str
    until: datetime | None = None
    reasons: tuple[str, ...] = ()
    say: str = ""


def may_i_call(thread: Thread, now: datetime, *, zone: str = "UTC", country: str | None = None) -> CallAdvice:
    """Whether a call at `now` is wise; zone and country as for `measure`. Asking leaves no trace."""
    return call_advice(measure(thread, now, zone=zone, country=country))


def call_advice(cadence: Cadence) -> CallAdvice:
    """The same for a cadence that was measured already."""
    return (
        _forbidden(cadence)
        or _offer_ends_today(cadence)
        or _expected(cadence)
        or _not_yet(cadence)
        or _by_mail(cadence)
        or _now(cadence)
    )


def _forbidden(cadence: Cadence) -> CallAdvice | None:
    if cadence.refusal:
        asked = f"They asked on {on(cadence, cadence.refusal.at)} not to be called."
        if cadence.refusal.scope == "phone":
            return CallAdvice("mail", reasons=(asked,), say="Write, if it is time.")
        return CallAdvice("no", reasons=(asked,), say="Spend the hour on another door.")
    if cadence.closure:
        closed = f"This was closed on {on(cadence, cadence.closure.at)}."
        return CallAdvice("no", reasons=(closed,), say="A short thank-you by mail is fine.")
    if cadence.too_many:
        reasons = (f"{outstanding(cadence)}.", "A call would be one more.")
        return CallAdvice("no", reasons=reasons, say="Spend the hour on another door.")
    return None


def _offer_ends_today(cadence: Cadence) -> CallAdvice | None:
    """Their offer stands until today: no wait of the etiquette is worth losing it."""
    newest = next((reply for reply in reversed(cadence.replies) if reply.deadline), None)
    if newest is None or newest.deadline != cadence.today or cadence.settled_since(newest.at):
        return None
    reason = f"Their offer of {on(cadence, newest.at)} ends today."
    if cadence.calendar.hour(cadence.now) >= policy.CALL_HOURS[1]:
        return CallAdvice("mail", reasons=(reason, "It is after their working hours."), say="Write to them today.")
    return _in_hours(cadence, reason, cadence.calendar.next_workday)


def _expected(cadence: Cadence) -> CallAdvice | None:
    """They called, or asked for a call, and nothing went out since."""
    answer, reply = cadence.answer, cadence.last_reply
    if answer is None or not cadence.theirs_is_newest:
        return None
    theirs = answer.key not in {touch.key for touch in cadence.sent}
    if theirs and answer.channel in PHONE and cadence.days_since(answer.at) <= policy.RETURN_CALL:
        return _in_hours(cadence, "They called you.", cadence.calendar.next_workday)
    if reply and reply.invites_call and reply.key == answer.key:
        asked = f"They asked for a call on {on(cadence, reply.at)}."
        return _in_hours(cadence, asked, cadence.calendar.next_workday)
    return None


def _not_yet(cadence: Cadence) -> CallAdvice | None:
    """Voice mails, a promised date, an absence, a pause, or the wait of the stage stand before it."""
    until = next_good_date(cadence, Channel.VOICEMAIL)
    if until is None or until <= cadence.today:
        return None
    reasons = tuple(_reasons_to_wait(cadence))[:2]
    if not reasons:
        return None
    return CallAdvice("wait", _morning(cadence, until), reasons, f"{day(until)} is a better day.")


def _reasons_to_wait(cadence: Cadence) -> list[str]:
    left, reasons = voicemails(cadence), []
    if left and cadence.days_since(left[-1].at) < policy.VOICEMAIL_WAIT:
        reasons.append(f"You left a voice mail on {on(cadence, left[-1].at)}; one is enough.")
    if cadence.promise and cadence.today < cadence.promise.due:
        reasons.append(f"They said by {day(cadence.promise.end)}.")
    if cadence.absence:
        reasons.append(f"{away_until(cadence.absence)}.")
    if cadence.pause and cadence.today < cadence.pause.due:
        reasons.append("The role is paused.")
    missed = silent_calls(cadence)
    if len(missed) >= policy.SILENT_CALLS_CAUTION:
        reasons.append(f"They can see {count(len(missed), 'missed call')} from you.")
    if cadence.gap is not None and cadence.gap < cadence.wait and cadence.streak:
        reasons.append(f"You last tried on {on(cadence, cadence.streak[-1].at)}; {cadence.pace.usual}.")
    if cadence.receipt and not reasons:
        reasons.append(f"Your application is from {on(cadence, cadence.receipt.at)}; {cadence.pace.usual}.")
    return reasons


def _by_mail(cadence: Cadence) -> CallAdvice | None:
    if calls_are_welcome(cadence) or cadence.stage not in _STAGES_BY_MAIL:
        return None
    reasons = ("They have not asked for a call.", "Most people who hire prefer mail.")
    return CallAdvice(
        "mail", reasons=reasons, say="Write a short mail, or offer in it to call on a day that suits them."
    )


def _now(cadence: Cadence) -> CallAdvice:
    return _in_hours(cadence, "It is time, and nothing speaks against a call.", cadence.calendar.good_day)


def _in_hours(cadence: Cadence, reason: str, opening: Callable[[date], date]) -> CallAdvice:
    """Yes within their hours, else the morning of the day that `opening` finds."""
    calendar, (opens, closes) = cadence.calendar, policy.CALL_HOURS
    hour, good = calendar.hour(cadence.now), calendar.is_workday(cadence.today)
    if good and opens <= hour < closes:
        missed = silent_calls(cadence)
        say = f"{_LEAVE_A_MESSAGE if missed else _SAY} {CALM}"
        return CallAdvice("yes", reasons=(reason,), say=say)
    day_open = cadence.today if good and hour < opens else cadence.today + timedelta(days=1)
    until = _morning(cadence, opening(day_open))
    return CallAdvice("wait", until, (reason, "It is outside their working hours."), _SAY)


def _morning(cadence: Cadence, of: date) -> datetime:
    return cadence.calendar.instant(of, policy.BEST_HOUR)
