"""Dates, counts and spans as they are told: "Thu Dec 3", "2 follow-ups in 6 days"."""

from collections.abc import Sequence
from datetime import date, datetime

from app.cadence.cadence import Cadence
from app.cadence.counting import PHONE
from app.cadence.standing import Absence
from app.cadence.thread import Channel, Touch

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOUNS = {
    Channel.EMAIL: "mail",
    Channel.CALL: "call",
    Channel.VOICEMAIL: "voice mail",
    Channel.OTHER: "message",
}
_WEEKS_FROM_DAYS = 21
_MOST_DAYS_NAMED = 3


def day(of: date) -> str:
    """Thu Dec 3"""
    return f"{_DAYS[of.weekday()]} {_MONTHS[of.month - 1]} {of.day}"


def on(cadence: Cadence, at: datetime) -> str:
    """The recipient's local day of an instant: Thu Dec 3"""
    return day(cadence.calendar.day(at))


def joined(parts: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def days_of(cadence: Cadence, touches: Sequence[Touch]) -> str:
    """The days of the newest touches, oldest first, each once: Mon Nov 16 and Thu Nov 19"""
    newest: list[date] = []
    for touch in reversed(touches):
        then = cadence.calendar.day(touch.at)
        if then not in newest:
            newest.append(then)
        if len(newest) == _MOST_DAYS_NAMED:
            break
    return joined([day(then) for then in reversed(newest)])


def count(number: int, noun: str) -> str:
    """2 calls"""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(touches: Sequence[Touch]) -> str:
    """2 mails and 1 voice mail"""
    kinds = [touch.channel for touch in touches]
    met = set(kinds)
    return joined([count(kinds.count(channel), noun) for channel, noun in _NOUNS.items() if channel in met])


def span(start: date, end: date) -> str:
    """today, in 6 days, over 5 weeks"""
    days = (end - start).days
    if days >= _WEEKS_FROM_DAYS:
        return f"over {count(round(days / 7), 'week')}"
    return f"in {count(days, 'day')}" if days else "today"


def ago(start: date, end: date) -> str:
    """today, 4 days ago, 5 weeks ago"""
    days = (end - start).days
    if days >= _WEEKS_FROM_DAYS:
        return f"{count(round(days / 7), 'week')} ago"
    return f"{count(days, 'day')} ago" if days else "today"


def shortened(text: str, limit: int) -> str:
    """Their words on one line, cut at a word and never longer than `limit`."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head.rsplit(" ", 1)[0] or head).rstrip(" ,;:") + "…"


def quoted(text: str, limit: int = 40) -> str:
    """Their words in quotation marks, shortened."""
    return f"“{shortened(text, limit)}”"


def follow_ups(cadence: Cadence) -> tuple[Touch, ...]:
    """The touches of the streak that chase an earlier word: all but the first, which opens unless it asks for news."""
    streak = cadence.streak
    return streak if streak and streak[0].signals.asks_for_news else streak[1:]


def outstanding(cadence: Cadence) -> str:
    """What is out and since when: 2 follow-ups in 6 days"""
    chased, streak = follow_ups(cadence), cadence.streak
    if len(streak) > 1 and streak[0].channel in PHONE:
        return f"{listed(streak)} {span(cadence.calendar.day(streak[0].at), cadence.today)}"
    if not chased:
        return f"You {did(streak[-1])} on {on(cadence, streak[-1].at)}" if streak else "Nothing is out"
    first = cadence.calendar.day(chased[0].at)
    if len(chased) == 1:
        return f"1 follow-up, {ago(first, cadence.today)}"
    return f"{len(chased)} follow-ups {span(first, cadence.today)}"


def did(touch: Touch) -> str:
    """called, wrote"""
    return "called" if touch.channel in PHONE else "wrote"


def away_until(absence: Absence) -> str:
    """They are away until Mon Dec 7"""
    if absence.until is None:
        return "They are away and gave no day of return"
    return f"They are away until {day(absence.until)}"


def wait_until(next_date: date | None) -> str:
    """Next good date: Thu Dec 3."""
    return f"Next good date: {day(next_date)}." if next_date else ""
