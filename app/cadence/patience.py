"""Stretches or shortens the waits: by how long an industry hires, and by how the recipient has answered so far."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from app.cadence import policy
from app.cadence.thread import Reply, Touch
from app.cadence.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Patience:
    """Factors on the waits one must keep, on those one had better keep, and on the closure horizon."""

    waits: float
    advised: float
    horizon: float


def factor_of(
    industry: str | None, sent: tuple[Touch, ...], replies: tuple[Reply, ...], calendar: Calendar
) -> Patience:
    """Industry moves waits and horizon, the recipient's own habit the waits alone.

    The trade is guessed from what the mail says. A quick trade shortens every wait; a slow one only what is advised,
    so that nobody is warned harder on the ground of a guess.
    """
    hiring, habit = industry_factor(industry), habit_factor(sent, replies, calendar)
    return Patience(min(hiring, 1.0) * habit, hiring * habit, hiring)


def industry_factor(industry: str | None) -> float:
    """Days to hire in that industry over the mean, within bounds; 1 when it is unknown."""
    days = policy.HIRING_DAYS.get(industry.strip().lower()) if industry else None
    low, high = policy.INDUSTRY_FACTOR_RANGE
    return 1.0 if days is None else min(high, max(low, days / policy.AVERAGE_HIRING_DAYS))


def habit_factor(sent: tuple[Touch, ...], replies: tuple[Reply, ...], calendar: Calendar) -> float:
    """Shorter for somebody who mostly answers within a day, longer for somebody who rarely answers."""
    if len(replies) < policy.RESPONSIVE_REPLIES:
        return 1.0
    answered = _answered(sent, replies)
    share = (len(answered) + 1) / (len(sent) + 2)
    if share < policy.RETICENT_SHARE:
        return policy.RETICENT_FACTOR
    if not answered or share < policy.RESPONSIVE_SHARE:
        return 1.0
    _, asked_at, answered_at = sorted(answered)[len(answered) // 2]
    quick = calendar.elapsed(asked_at, answered_at) <= policy.RESPONSIVE_MEDIAN
    return policy.RESPONSIVE_FACTOR if quick else 1.0


def scaled(days: int, factor: float) -> int:
    """Working days times a factor, rounded to the nearest day, never below the floor."""
    return days if factor == 1.0 else max(policy.MIN_WAIT, int(days * factor + 0.5))


def _answered(sent: tuple[Touch, ...], replies: tuple[Reply, ...]) -> list[tuple[timedelta, datetime, datetime]]:
    """(delay, sent at, answered at) of every message that was answered before the next one went out."""
    return [
        (answer.at - touch.at, touch.at, answer.at)
        for touch, answer, following in _with_answers(sent, replies)
        if following is None or answer.at <= following.at
    ]


def _with_answers(sent: tuple[Touch, ...], replies: tuple[Reply, ...]) -> Iterator[tuple[Touch, Reply, Touch | None]]:
    """Every message with the first reply after it and the message after it."""
    index = 0
    for touch, following in zip_longest(sent, sent[1:]):
        while index < len(replies) and replies[index].at <= touch.at:
            index += 1
        if index == len(replies):
            return
        yield touch, replies[index], following
