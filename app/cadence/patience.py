"""Stretches or shortens the waits: by how long an industry hires, and by how the recipient has answered so far."""

from dataclasses import dataclass
from statistics import median

from app.cadence import policy
from app.cadence.thread import Reply, Touch
from app.cadence.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Patience:
    """Factors on the waits and on the closure horizon."""

    waits: float
    horizon: float


def factor_of(
    industry: str | None, sent: tuple[Touch, ...], replies: tuple[Reply, ...], calendar: Calendar
) -> Patience:
    """Industry moves waits and horizon, the recipient's own habit the waits alone."""
    hiring = industry_factor(industry)
    return Patience(hiring * habit_factor(sent, replies, calendar), hiring)


def industry_factor(industry: str | None) -> float:
    """Days to hire in that industry over the mean, within bounds; 1 when it is unknown."""
    days = policy.HIRING_DAYS.get(industry.strip().lower()) if industry else None
    low, high = policy.INDUSTRY_FACTOR_RANGE
    return 1.0 if days is None else min(high, max(low, days / policy.AVERAGE_HIRING_DAYS))


def habit_factor(sent: tuple[Touch, ...], replies: tuple[Reply, ...], calendar: Calendar) -> float:
    """Shorter for somebody who mostly answers within a day, longer for somebody who rarely answers."""
    if len(replies) < policy.RESPONSIVE_REPLIES:
        return 1.0
    delays, touches = _answered(sent, replies, calendar)
    share = (len(delays) + 1) / (touches + 2)
    if share < policy.RETICENT_SHARE:
        return policy.RETICENT_FACTOR
    quick = bool(delays) and median(delays) <= policy.RESPONSIVE_MEDIAN
    return policy.RESPONSIVE_FACTOR if quick and share >= policy.RESPONSIVE_SHARE else 1.0


def scaled(days: int, factor: float) -> int:
    """Working days times a factor, rounded to the nearest day, never below the floor."""
    return days if factor == 1.0 else max(policy.MIN_WAIT, int(days * factor + 0.5))


def _answered(sent: tuple[Touch, ...], replies: tuple[Reply, ...], calendar: Calendar) -> tuple[list[float], int]:
    """Working days until the answer for every message that got one before the next, and how many were sent."""
    delays, index = [], 0
    delivered = [touch for touch in sent if touch.delivered]
    for position, touch in enumerate(delivered):
        while index < len(replies) and replies[index].at <= touch.at:
            index += 1
        following = delivered[position + 1].at if position + 1 < len(delivered) else None
        if index < len(replies) and (following is None or replies[index].at <= following):
            delays.append(calendar.elapsed(touch.at, replies[index].at))
    return delays, len(delivered)
