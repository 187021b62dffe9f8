"""How often an answer still comes after this much silence: a mixture-cure model with log-normal reply times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import erfc, exp, log, sqrt

from app.cadence import policy
from app.cadence.cadence import Cadence
from app.cadence.counting import last_answer, unanswered
from app.cadence.thread import Stage
from app.cadence.workdays import Calendar

_CALENDAR_DAYS_PER_WORKDAY = 7 / 5
_SHORTEST = 1 / 1440


@dataclass(frozen=True, slots=True)
class PastStreak:
    """One earlier run of touches: how many, whether it was answered, and the days it took or has been silent.

    `days` are working days times 7/5, which puts them on the calendar's scale and skips free days.
    """

    recipient: str
    stage: Stage
    touches: int
    days: float
    answered: bool


@dataclass(frozen=True, slots=True)
class Odds:
    """`band` is likely, possible, unlikely or rare; `words` tells natural frequencies; `basis` names the ground."""

    band: str
    words: str
    basis: str


@dataclass(frozen=True, slots=True)
class Belief:
    """A stage's share of ever-answered threads and the median days to an answer, after the person's own threads."""

    share: float
    median_days: float
    sigma: float


def odds(cadence: Cadence, now: datetime, own_threads: Sequence[PastStreak] = ()) -> Odds | None:
    """How often threads like this one are still answered, or None where a number would mislead.

    None while nothing waits, while a promised date has not passed, after a closure, and when they asked for
    no contact. It speaks of this message, not of the person and never of the job; "no" is an answer too.
    """
    silent = _silent_days(cadence, now)
    if silent is None:
        return None
    probability = chance(_belief_for(cadence, own_threads), silent, cadence.unanswered, cadence.stage)
    frequency = f"In {_frequency(probability)} threads like this one an answer still comes; a no counts as one."
    return Odds(_band(probability), frequency, _basis(own_threads, cadence.stage))


def chance(belief: Belief, silent: float, touches: int, stage: Stage) -> float:
    """P(answer eventually | silent this many days after that touch); 0 to 1."""
    share = belief.share * _falling(stage) ** max(0, touches - 1)
    alive = share * _survival(belief, silent)
    return alive / (1 - share + alive) if alive else 0.0


def believe(stage: Stage, own_threads: Iterable[PastStreak]) -> Belief:
    """The prior of a stage, moved by the person's own threads of that stage: one expectation step for silent ones."""
    prior = policy.PRIORS[stage]
    start = Belief(prior.share, prior.median_days, prior.sigma)
    mine = [past for past in own_threads if past.stage is stage]
    share = _updated_share(start.share, policy.SHARE_WEIGHT, mine, start)
    return Belief(share, _updated_median(start, mine), start.sigma)


def past_streaks(cadence: Cadence) -> tuple[PastStreak, ...]:
    """Every run of counted touches in a thread, answered ones and the one that is silent now, oldest first."""
    streaks, replies = [], cadence.replies
    for index, reply in enumerate(replies):
        earlier = replies[:index]
        sent = tuple(touch for touch in cadence.sent if touch.at < reply.at)
        run = unanswered(sent, last_answer(earlier, sent), cadence.calendar)
        if run:
            days = _days(cadence.calendar, run[-1].at, reply.at)
            streaks.append(PastStreak(cadence.thread.recipient, cadence.stage, len(run), days, answered=True))
    if cadence.last_touch:
        days = _days(cadence.calendar, cadence.last_touch.at, cadence.now)
        streaks.append(PastStreak(cadence.thread.recipient, cadence.stage, cadence.unanswered, days, answered=False))
    return tuple(streaks)


def _silent_days(cadence: Cadence, now: datetime) -> float | None:
    last = cadence.last_touch
    if last is None or cadence.closure or cadence.refusal:
        return None
    start = last.at
    if cadence.promise:
        if cadence.today <= cadence.promise.end:
            return None
        start = max(start, cadence.calendar.instant(cadence.promise.end, policy.BEST_HOUR))
    return _days(cadence.calendar, start, now)


def _belief_for(cadence: Cadence, own_threads: Sequence[PastStreak]) -> Belief:
    """The stage's belief, moved by the recipient's own past or, when there is none, by their company's."""
    stage = believe(cadence.stage, own_threads)
    recipient = cadence.thread.recipient
    own = [past for past in own_threads if past.recipient == recipient]
    if own:
        return replace(stage, share=_updated_share(stage.share, policy.RECIPIENT_WEIGHT, own, stage))
    domain = recipient.rpartition("@")[2]
    if domain in policy.SHARED_DOMAINS:
        return stage
    company = [past for past in own_threads if past.recipient.rpartition("@")[2] == domain]
    return replace(stage, share=_updated_share(stage.share, policy.DOMAIN_WEIGHT, company, stage))


def _updated_share(share: float, weight: float, threads: Sequence[PastStreak], belief: Belief) -> float:
    """The share after the threads. The silence of a later touch says less: it had less of a chance to begin with."""
    yes, no = weight * share, weight * (1 - share)
    for past in threads:
        comes = 1.0 if past.answered else chance(belief, past.days, past.touches, past.stage)
        yes += comes
        no += (1 - comes) * _falling(past.stage) ** max(0, past.touches - 1)
    return yes / (yes + no)


def _falling(stage: Stage) -> float:
    """How much less often a touch is answered than the one before it."""
    return policy.LATER_TOUCH_SHARE_OFFER if stage is Stage.OFFER else policy.LATER_TOUCH_SHARE


def _updated_median(prior: Belief, threads: Sequence[PastStreak]) -> float:
    logs = [log(max(past.days, _SHORTEST)) for past in threads if past.answered]
    precision = 1 / policy.LOG_MEDIAN_VARIANCE + len(logs) / prior.sigma**2
    return exp((log(prior.median_days) / policy.LOG_MEDIAN_VARIANCE + sum(logs) / prior.sigma**2) / precision)


def _survival(belief: Belief, days: float) -> float:
    if days <= 0:
        return 1.0
    return 0.5 * erfc((log(days) - log(belief.median_days)) / (belief.sigma * sqrt(2)))


def _days(calendar: Calendar, start: datetime, end: datetime) -> float:
    return calendar.elapsed(start, end) * _CALENDAR_DAYS_PER_WORKDAY


def _band(probability: float) -> str:
    return next((name for bound, name in policy.BANDS if probability > bound), "rare")


def _frequency(probability: float) -> str:
    tenths = round(probability * 10)
    if probability >= policy.TENTHS_FROM:
        return f"about {min(tenths, 9)} of 10"
    if probability < 1 / policy.ONE_OF[-1]:
        return f"fewer than 1 of {policy.ONE_OF[-1]}"
    return f"about 1 of {min(policy.ONE_OF, key=lambda step: abs(log(probability * step)))}"


def _basis(own_threads: Sequence[PastStreak], stage: Stage) -> str:
    """The person's own threads once enough of them are finished, some of this stage among them."""
    finished = [past for past in own_threads if past.answered or past.days >= policy.FINISHED_DAYS]
    alike = sum(past.stage is stage for past in finished)
    if len(finished) < policy.OWN_THREADS_ENOUGH or alike < policy.OWN_THREADS_OF_A_STAGE:
        return "general e-mail studies"
    return f"your last {len(finished)} threads"
