"""Looking back: how the threads of the last 90 days went, drawn from the same facts as the banner; never a score."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import erfc, log, sqrt

from app.cadence import policy
from app.cadence.cadence import Cadence, measure
from app.cadence.counting import last_answer, unanswered
from app.cadence.judge import weigh
from app.cadence.patience import scaled
from app.cadence.state import closing_words
from app.cadence.thread import Draft, Stage, Touch
from app.cadence.verdict import Level
from app.services.parts import Parts
from app.services.shelf import Dossier
from app.services.threads import all_dossiers
from app.store import rule_switches

PERIOD = timedelta(days=90)
LONGEST_DAYS = 45
"""Days the reply curve is drawn for: by every stage's prior more than 9 of 10 answers have come by then."""
ENOUGH_RUNS = 5
"""Runs from which a curve of one's own says something: below, one answer more or less moves it by a fifth or more."""
_CALENDAR_DAYS_PER_WORKDAY = 7 / 5
_MOMENT = timedelta(seconds=1)
_OVER_THE_LINE = (Level.HOLD, Level.STOP)
SHOWN_CROSSINGS = 25
OUTCOMES = ("answered", "open", "silent", "declined", "withdrawn")


@dataclass(frozen=True, slots=True)
class Gap:
    """Working days between two touches without an answer; `good` is the first and the last good day for the later."""

    days: int
    good: tuple[int, int]

    @property
    def side(self) -> str:
        """sooner, good or later"""
        if self.days < self.good[0]:
            return "sooner"
        return "later" if self.days > self.good[1] else "good"


@dataclass(frozen=True, slots=True)
class Point:
    """Of all runs, the share answered within that many days: one's own, and low to high of what studies expect."""

    day: int
    own: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Replies:
    """`runs` counts messages in a row without an answer between, `answered` those that got one; `half_within` days."""

    runs: int
    answered: int
    expected: tuple[int, int]
    half_within: int | None
    points: tuple[Point, ...]

    @property
    def enough(self) -> bool:
        return self.runs >= ENOUGH_RUNS


@dataclass(frozen=True, slots=True)
class Crossing:
    """A thread in which a message went out though the banner says hold or stop; `good_date` None: no day was good."""

    recipient_id: str
    who: str
    on: date
    channel: str
    why: str
    good_date: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on one page, since a day.

    `outcomes` counts threads by how they stand; `gaps` come in order of length, of `crossings` the newest.
    """

    since: date
    threads: int
    outcomes: Mapping[str, int]
    gaps: tuple[Gap, ...]
    replies: Replies
    crossings: tuple[Crossing, ...]
    more_crossings: int = 0


@dataclass(frozen=True, slots=True)
class _Run:
    """Counted touches in a row, oldest first, and the days until they were answered or have been silent."""

    stage: Stage
    touches: tuple[Touch, ...]
    days: float
    answered: bool


def look_back(parts: Parts, person_id: str, now: datetime) -> Report:
    """The report of the last 90 days up to `now`; what is quiet or not about a job is left out."""
    with parts.database.read() as tx:
        dossiers = all_dossiers(parts, tx, person_id)
        off = rule_switches.switched_off(tx, person_id)
    start = now - PERIOD
    written = [
        (each, measure(each.thread, now, zone=parts.zone, country=parts.country))
        for each in dossiers
        if each.recipient.muted_at is None and each.thread.job_contact and _wrote_since(each, start)
    ]
    crossings = [crossed for each, _ in written if (crossed := _first_crossing(parts, each, off, start))]
    newest = sorted(crossings, key=lambda crossed: (crossed.on, crossed.recipient_id), reverse=True)
    runs = [(cadence, run) for _, cadence in written for run in _runs(cadence) if run.touches[-1].at >= start]
    counted = Counter(_outcome(cadence) for _, cadence in written)
    return Report(
        since=start.date(),
        threads=len(written),
        outcomes={name: counted[name] for name in OUTCOMES},
        gaps=tuple(sorted((gap for each in runs for gap in _gaps(*each)), key=lambda gap: (gap.days, gap.good))),
        replies=_replies([run for _, run in runs]),
        crossings=tuple(newest[:SHOWN_CROSSINGS]),
        more_crossings=max(0, len(newest) - SHOWN_CROSSINGS),
    )


def _wrote_since(each: Dossier, start: datetime) -> bool:
    return any(touch.delivered and touch.at >= start for touch in each.thread.touches)


def _outcome(cadence: Cadence) -> str:
    if cadence.closure:
        return "declined" if cadence.closure.by_them else "withdrawn"
    if closing_words(cadence):
        return "declined" if cadence.refusal else "silent"
    return "answered" if cadence.answer else "open"


def _runs(cadence: Cadence) -> Iterator[_Run]:
    """Every run of counted touches, answered ones and the one that is silent now, oldest first."""
    for place, reply in enumerate(cadence.replies):
        sent = tuple(touch for touch in cadence.sent if touch.at < reply.at)
        run = unanswered(sent, last_answer(cadence.replies[:place], sent), cadence.calendar)
        if run:
            yield _Run(cadence.stage, run, _days(cadence, run[-1].at, reply.at), answered=True)
    if cadence.streak:
        days = _days(cadence, cadence.streak[-1].at, cadence.now)
        yield _Run(cadence.stage, cadence.streak, days, answered=False)


def _days(cadence: Cadence, start: datetime, end: datetime) -> float:
    """Days on the calendar's scale in which free days do not count."""
    return cadence.calendar.elapsed(start, end) * _CALENDAR_DAYS_PER_WORKDAY


def _gaps(cadence: Cadence, run: _Run) -> Iterator[Gap]:
    """Good is from the wait of the thread's stage to the day its silence closes it."""
    pace, calendar = policy.PACES[cadence.stage], cadence.calendar
    for place, (earlier, later) in enumerate(pairwise(run.touches)):
        wait = scaled(pace.first_wait if place == 0 else pace.next_wait, cadence.factor)
        days = calendar.between(calendar.day(earlier.at), calendar.day(later.at))
        yield Gap(days, (wait, max(wait, cadence.horizon)))


def _first_crossing(parts: Parts, each: Dossier, off: frozenset[str], start: datetime) -> Crossing | None:
    """The first message of the period before which the banner would have said hold or stop."""
    for place, touch in enumerate(each.thread.touches):
        if place == 0 or touch.at < start or touch.spoke:
            continue
        before = measure(each.thread, touch.at - _MOMENT, zone=parts.zone, country=parts.country)
        verdict = weigh(before, Draft(touch.channel, touch.to, touch.signals), switched_off=off)
        if verdict.level in _OVER_THE_LINE:
            return Crossing(
                recipient_id=each.recipient.id,
                who=each.recipient.name or each.recipient.address,
                on=before.calendar.day(touch.at),
                channel=touch.channel.value,
                why=verdict.warnings[0].message,
                good_date=verdict.next_good_date,
            )
    return None


def _replies(runs: Sequence[_Run]) -> Replies:
    days = sorted(run.days for run in runs if run.answered)
    answered, every = len(days), range(LONGEST_DAYS + 1)
    low, high = (sum(_expected(run, None, way) for run in runs) for way in (-1, 1))
    return Replies(
        runs=len(runs),
        answered=answered,
        expected=(round(low), round(high)),
        half_within=max(1, round(days[(answered - 1) // 2])) if days else None,
        points=tuple(Point(day, share, *_band(runs, day)) for day, share in zip(every, _own(runs, every), strict=True)),
    )


def _own(runs: Sequence[_Run], days: Iterable[int]) -> Iterator[float]:
    """The share answered by each day, after Kaplan and Meier (1958): what is silent still counts while it was seen."""
    events = deque(sorted((run.days, not run.answered) for run in runs))
    silent = 1.0
    for day in days:
        while events and events[0][0] <= day:
            waiting = len(events)
            _, still_silent = events.popleft()
            silent *= 1 if still_silent else 1 - 1 / waiting
        yield 1 - silent


def _band(runs: Sequence[_Run], day: int) -> tuple[float, float]:
    """Low and high of the share that studies expect by that day, for threads of just these stages."""
    asked = runs or (_Run(Stage.APPLIED, (), 0.0, answered=False),)
    low, high = (sum(_expected(run, day, way) for run in asked) / len(asked) for way in (-1, 1))
    return low, high


def _expected(run: _Run, day: int | None, way: int) -> float:
    """The chance of an answer by that day, or ever; `way` is one deviation below (-1) or above (1)."""
    prior = policy.PRIORS[run.stage]
    falling = policy.LATER_TOUCH_SHARE_OFFER if run.stage is Stage.OFFER else policy.LATER_TOUCH_SHARE
    share = prior.share * falling ** max(0, len(run.touches) - 1)
    share = min(1.0, max(0.0, share + way * sqrt(share * (1 - share) / (policy.SHARE_WEIGHT + 1))))
    if day is None:
        return share
    return share * (1 - 0.5 * erfc((log(day) - log(prior.median_days)) / (prior.sigma * sqrt(2)))) if day else 0.0
