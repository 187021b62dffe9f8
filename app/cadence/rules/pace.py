"""Rules about how often and how long: too soon, bursts, too many, silence, and hopping between doors."""

from bisect import bisect_right
from datetime import datetime, timedelta
from operator import attrgetter

from app.cadence import policy
from app.cadence.cadence import Cadence
from app.cadence.counting import PHONE
from app.cadence.policy import PACES
from app.cadence.rules.case import ENDINGS, Case, Finding, Rule, keys
from app.cadence.rules.value import nothing_new
from app.cadence.thread import Channel, Touch
from app.cadence.verdict import Level
from app.cadence.wording import count, did, follow_ups, listed, on, outstanding, span, wait_until
from app.cadence.wording import day as told

_BURSTS = tuple((touches, timedelta(days=days)) for touches, days in policy.BURSTS)


def too_soon(case: Case) -> Finding | None:
    cadence = case.cadence
    started = cadence.last_touch or cadence.receipt
    if started is None or cadence.gap is None or cadence.gap >= cadence.advised_wait:
        return None
    level = _how_early(cadence.gap / cadence.wait, cadence.unanswered)
    message = f"{_passed(cadence, started.at)}; {cadence.pace.usual}."
    return Finding(level, message, wait_until(case.next_date), (started.key,))


def touch_burst(case: Case) -> Finding | None:
    burst = crowded(case)
    if not burst:
        return None
    cadence = case.cadence
    when = span(cadence.calendar.day(burst[0].at), cadence.today)
    rest = wait_until(case.next_date) or "Let it rest for a while."
    return Finding(Level.HOLD, f"{listed(burst)} {when}, and this would be one more.", rest, keys(burst))


def too_many_unanswered(case: Case) -> Finding | None:
    cadence = case.cadence
    if not cadence.too_many:
        return None
    message = f"{outstanding(cadence)}, {nothing_new(cadence.streak, follow_ups(cadence))}."
    if case.adds_value:
        message = f"{count(cadence.unanswered, 'message')} are out; good content is read when they come back to you."
    if case.closes_kindly:
        return Finding(Level.NOTE, message, "As a last word this is fine; then try another door.", keys(cadence.streak))
    return Finding(Level.HOLD, message, _other_door(case), keys(cadence.streak))


def silence_is_an_answer(case: Case) -> Finding | None:
    if not case.cadence.silence_is_an_answer:
        return None
    message = f"{outstanding(case.cadence)}. Silence is an answer."
    instead = "If you write, make it useful; otherwise spend the hour elsewhere."
    return Finding(Level.STOP, message, instead, keys(case.cadence.streak))


def channel_hopping(case: Case) -> Finding | None:
    cadence = case.cadence
    other = _other_channel(case) or _other_person(case)
    if other is None or cadence.stage in policy.CALL_STAGES:
        return None
    level = Level.HOLD if crowded(case) else Level.CAUTION
    message = f"You {did(other)} on {on(cadence, other.at)}; a second door now doubles the knock."
    return Finding(level, message, wait_until(case.next_date) or "Stay with one door.", (other.key,))


def crowded(case: Case) -> tuple[Touch, ...]:
    """The counted touches that make the draft one too many within days; empty when it is not."""
    streak, now = case.cadence.streak, case.cadence.now
    for touches, window in _BURSTS:
        if len(streak) >= touches - 1 and streak[1 - touches].at > now - window:
            return streak[bisect_right(streak, now - window, key=attrgetter("at")) :]
    return ()


def _passed(cadence: Cadence, started: datetime) -> str:
    """How long ago, in working days, or the day itself while none has passed."""
    last = cadence.last_touch
    what = "your application" if last is None else "your call" if last.channel in PHONE else "you wrote"
    if cadence.gap:
        return f"{count(cadence.gap, 'working day')} since {what}"
    day = cadence.calendar.day(started)
    when = "today" if day == cadence.today else f"on {told(day)}"
    return f"You {'applied' if last is None else did(last)} {when}"


def _how_early(share: float, unanswered: int) -> Level:
    if share >= policy.TOO_SOON_NOTE_FROM:
        return Level.NOTE
    return Level.HOLD if share < policy.TOO_SOON_HOLD_BELOW and unanswered > 1 else Level.CAUTION


def _other_door(case: Case) -> str:
    if case.next_date is None:
        return "One last useful message is fine; then try another door."
    if case.adds_value:
        return f"{wait_until(case.next_date)} Until then, try another door."
    return f"{wait_until(case.next_date)[:-1]}, or now if you have something new for them."


def _other_channel(case: Case) -> Touch | None:
    last = case.cadence.last_touch
    if last is None or not case.early or _door(last.channel) == _door(case.draft.channel):
        return None
    return last


def _other_person(case: Case) -> Touch | None:
    """The newest touch to a colleague inside its wait; who goes back to somebody they talked with does not hop."""
    if not case.nearby or case.cadence.replies:
        return None
    return next((touch for touch in reversed(case.nearby) if case.cadence.rested(touch) > case.cadence.today), None)


def _door(channel: Channel) -> str:
    return "phone" if channel in PHONE else channel.value


def _waits() -> dict[str, str]:
    return {
        stage.value: f"{pace.first_wait} (best {pace.best}), then {pace.next_wait} working days"
        for stage, pace in PACES.items()
    }


RULES = (
    Rule(
        id="silence-is-an-answer",
        rank=30,
        title="Silence is an answer",
        why="After this long and this many messages the thread has most likely ended; that says little about you.",
        source="CandE 2023-24: a third of applicants wait for months; horizons: practice",
        levels=(Level.STOP,),
        parameters={
            "above_maximum": policy.CEILING_ABOVE_MAX,
            **{stage.value: f"{pace.horizon} working days" for stage, pace in PACES.items()},
        },
        find=silence_is_an_answer,
        covered_by=ENDINGS,
    ),
    Rule(
        id="too-many-unanswered",
        rank=31,
        title="Enough is out",
        why="Good content is read when they come back to you; more of it is not.",
        source="Belkins 2023-25; Glassdoor: thank-you, one last mail, then move on",
        levels=(Level.NOTE, Level.HOLD),
        parameters={stage.value: f"{pace.max_follow_ups} follow-ups" for stage, pace in PACES.items()},
        find=too_many_unanswered,
        covered_by=ENDINGS | {"silence-is-an-answer"},
    ),
    Rule(
        id="touch-burst",
        rank=42,
        title="Too much at once",
        why="Several messages within days crowd one another, whichever way they come.",
        source="Practice",
        levels=(Level.HOLD,),
        parameters={f"touches_in_{days}_days": touches for touches, days in policy.BURSTS},
        find=touch_burst,
        covered_by=ENDINGS,
    ),
    Rule(
        id="too-soon",
        rank=63,
        title="Not time yet",
        why="Hiring takes longer than it feels; waiting before the second message does not cost replies.",
        source="Robert Half surveys 2017; CollegeMsg: answers to a second message rise with the gap",
        levels=(Level.NOTE, Level.CAUTION, Level.HOLD),
        parameters=_waits(),
        find=too_soon,
        covered_by=ENDINGS.union(("touch-burst", "voicemail-streak", "promise-pending", "role-on-hold")),
    ),
    Rule(
        id="channel-hopping",
        rank=64,
        title="A second door",
        why="A call after a mail, or a colleague after the recruiter, is one more knock at the same house.",
        source="Practice",
        levels=(Level.CAUTION, Level.HOLD),
        find=channel_hopping,
        firm=True,
        covered_by=ENDINGS,
    ),
)
