"""How well the odds are calibrated: simulated seekers beside a constant, and public reply times beside the model."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import log

from app.cadence.odds import Belief, PastStreak, believe, chance
from app.cadence.policy import BANDS, LATER_TOUCH_SHARE, LATER_TOUCH_SHARE_OFFER, PRIORS, SHARE_WEIGHT
from app.cadence.thread import Stage
from tests.bench.figure import Figure

SEEKERS = 600
OWN_THREADS = (0, 10, 30)
ASKED = 6
COLLEGE = Belief(0.45, 0.11, 3.2)
COLLEGE_TOLD = {1: 14.0, 3: 8.0, 7: 4.0, 14: 1.5, 21: 0.5}
"""Percent replied within 30 days by days of silence: CollegeMsg, 13,836 first messages (cadence design, 1.5)."""


@dataclass(frozen=True)
class World:
    """How the simulated recipients really are: shares and medians beside those of the priors."""

    name: str
    share: float
    median: float


WORLDS = (World("as the priors say", 1.0, 1.0), World("a third fewer and slower than the priors say", 0.67, 1.5))


def odds_figures() -> Iterator[Figure]:
    for world in WORLDS:
        for own in OWN_THREADS:
            yield from _against_a_constant(world, own)
    yield Figure.at_most("odds: public reply times, mean error of the model", _college_error(), "points", 3.0)


def _against_a_constant(world: World, own: int) -> Iterator[Figure]:
    """The constant is the best there can be: the share that was answered in the very threads that are asked about."""
    pairs = list(_asked(world, own))
    rate = sum(answered for _, answered in pairs) / len(pairs)
    name = f"odds, {world.name}, {own} own threads"
    brier = _mean((guess - answered) ** 2 for guess, answered in pairs)
    yield Figure.at_most(f"{name}: Brier / constant", brier / (rate * (1 - rate)), "ratio", 1.0)
    surprise = _mean(-log(guess if answered else 1 - guess) for guess, answered in pairs)
    constant = -rate * log(rate) - (1 - rate) * log(1 - rate)
    yield Figure.at_most(f"{name}: log-loss / constant", surprise / constant, "ratio", 1.0)
    worst = max(abs(told - seen) for told, seen in _by_band(pairs))
    yield Figure.at_most(
        f"{name}: worst band, told against seen", worst, "share", 0.10 if world.share == 1 or own else 0.25
    )


def _asked(world: World, own: int) -> Iterator[tuple[float, bool]]:
    """(what is told, whether an answer came) of silent threads, for seekers who each have luck of their own."""
    dice = random.Random(f"{world.name} {own}")
    for _ in range(SEEKERS):
        stage = dice.choice(list(Stage))
        prior = PRIORS[stage]
        mean = min(0.97, prior.share * world.share)
        share = dice.betavariate(SHARE_WEIGHT * mean, SHARE_WEIGHT * (1 - mean))
        true = Belief(share, prior.median_days * world.median, prior.sigma)
        belief = believe(stage, [_past(dice, true, stage) for _ in range(own)])
        for _ in range(ASKED):
            touches, silent = dice.randint(1, 3), dice.uniform(0.5, 25)
            answered, days = _fate(dice, true, stage, touches)
            if not answered or days > silent:
                yield min(0.999, max(0.001, chance(belief, silent, touches, stage))), answered


def _past(dice: random.Random, true: Belief, stage: Stage) -> PastStreak:
    touches, age = dice.randint(1, 2), dice.uniform(0, 60)
    answered, days = _fate(dice, true, stage, touches)
    seen = answered and days <= age
    return PastStreak("them@acme.example", stage, touches, days if seen else age, answered=seen)


def _fate(dice: random.Random, true: Belief, stage: Stage, touches: int) -> tuple[bool, float]:
    """Whether the last of so many touches is ever answered, and after how many days."""
    falling = LATER_TOUCH_SHARE_OFFER if stage is Stage.OFFER else LATER_TOUCH_SHARE
    answered = dice.random() < true.share * falling ** (touches - 1)
    return answered, dice.lognormvariate(log(true.median_days), true.sigma)


def _by_band(pairs: list[tuple[float, bool]]) -> Iterator[tuple[float, float]]:
    """(mean told, share seen) of every band with enough threads to say so."""
    bounds = [1.0, *(bound for bound, _ in BANDS), 0.0]
    for upper, lower in pairwise(bounds):
        inside = [(guess, answered) for guess, answered in pairs if lower < guess <= upper]
        if len(inside) >= 100:
            yield _mean(guess for guess, _ in inside), _mean(answered for _, answered in inside)


def _college_error() -> float:
    """Percentage points between what the fitted model says comes within 30 days and what came."""
    late = _waiting(COLLEGE, 30)
    left = {day: _waiting(COLLEGE, day) for day in COLLEGE_TOLD}
    told = {day: 100 * (left[day] - late) / (1 - COLLEGE.share + left[day]) for day in left}
    return _mean(abs(told[day] - seen) for day, seen in COLLEGE_TOLD.items())


def _waiting(belief: Belief, day: float) -> float:
    """The share of all that will be answered and has not been by then."""
    odds = chance(belief, day, 1, Stage.COLD)
    return odds * (1 - belief.share) / (1 - odds)


def _mean(values: Iterator[float]) -> float:
    seen = list(values)
    return sum(seen) / len(seen)
