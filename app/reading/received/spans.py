"""What an expression of time means on a given day: each meaning of the lexicon is one function from words to a span."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.cadence.workdays import Calendar

Words = Mapping[str, int | str]
"""The named parts of an expression: n, n2, unit, unit2, weekday, weekday2, day, day2, month, month2, year, …"""

_FRIDAY = 4
_LOOKS_BACK = timedelta(days=90)  # a day and month this close behind us speaks of the past, not of next year


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`; `counted` when it was given as a length from today ("two weeks")."""

    first: date
    last: date
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """The day the words were written, with the calendar of the place; `day_first` says how 4/12 is read there."""

    day: date
    calendar: Calendar
    day_first: bool | None = None


Meaning = Callable[[Words, Today], Span | None]
MEANINGS: dict[str, Meaning] = {}


def means(name: str) -> Callable[[Meaning], Meaning]:
    """Registers the function for one meaning of the lexicon's `dates` table."""

    def register(meaning: Meaning) -> Meaning:
        MEANINGS[name] = meaning
        return meaning

    return register


def number(words: Words, name: str, otherwise: int = 0) -> int:
    """A numeric part, or `otherwise` where the expression has none."""
    value = words.get(name, otherwise)
    return value if isinstance(value, int) else otherwise


def ahead(today: Today, count: int, unit: str) -> date:
    """The day `count` hours, days, working days, weeks or months from today."""
    if unit == "workday":
        return today.calendar.after(today.day, min(count, 400))
    if unit == "month":
        return shift_months(today.day, min(count, 36))
    days = {"hour": -(-count // 24) if count >= 12 else 0, "day": count, "week": 7 * count}[unit]
    return today.day + timedelta(days=min(days, 1100))


def shift_months(day: date, months: int) -> date:
    """The same day of the month some months on, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_from(today: Today, first: int, last: int) -> Span:
    """A span counted in days from today."""
    return Span(today.day + timedelta(days=first), today.day + timedelta(days=last), counted=True)


def week(today: Today, ahead_by: int, first: int = 0, last: int = _FRIDAY) -> Span:
    """Weekdays `first` to `last` (Monday is 0) of the week `ahead_by` weeks on, never before today."""
    monday = today.day - timedelta(days=today.day.weekday()) + timedelta(days=7 * ahead_by)
    start, end = monday + timedelta(days=first), monday + timedelta(days=last)
    return Span(max(start, today.day), max(end, today.day))


def month(year: int, number_of_month: int, part: str = "") -> Span:
    """A month or its early (1-10), mid (10-20), late (20-end) part or its last day."""
    last = monthrange(year, number_of_month)[1]
    parts = {"early": (1, 10), "first half": (1, 15), "mid": (10, 20), "second half": (16, last), "late": (20, last)}
    first_day, last_day = (last, last) if part == "end" else parts.get(part, (1, last))
    return Span(date(year, number_of_month, first_day), date(year, number_of_month, last_day))


def valid(year: int, month_number: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month_number, day)
    except ValueError:
        return None


def coming(today: Today, month_number: int, day: int, year: int = 0) -> date | None:
    """The next such day; None for one that has only just passed, for that is spoken of as past."""
    if year:
        return valid(year, month_number, day)
    this_year = valid(today.day.year, month_number, day)
    if this_year and this_year >= today.day:
        return this_year
    if this_year and today.day - this_year <= _LOOKS_BACK:
        return None
    return valid(today.day.year + 1, month_number, day)


def coming_month(today: Today, month_number: int, year: int = 0) -> int:
    """The year of the next such month, this one included."""
    return year or today.day.year + (month_number < today.day.month)


@means("length")
def _length(words: Words, today: Today) -> Span:
    count, unit = number(words, "n", 1), str(words["unit"])
    last = ahead(today, count, unit)
    return Span(today.day, last, counted=True)


@means("lengths")
def _lengths(words: Words, today: Today) -> Span:
    unit = str(words["unit"])
    ends = sorted((ahead(today, number(words, "n"), unit), ahead(today, number(words, "n2"), unit)))
    return Span(ends[0], ends[1], counted=True)


@means("couple")
def _couple(words: Words, today: Today) -> Span:
    unit = str(words["unit"])
    if unit == "week":
        return days_from(today, 10, 14)
    return Span(ahead(today, 1, unit), ahead(today, 3 if unit == "day" else 2, unit), counted=True)


@means("few")
def _few(words: Words, today: Today) -> Span:
    unit = str(words.get("unit") or words["unit2"])
    if unit == "day":
        return days_from(today, 2, 5)
    if unit == "week":
        return days_from(today, 14, 28)
    return Span(ahead(today, 2, unit), ahead(today, 4 if unit != "workday" else 5, unit), counted=True)


@means("half a year")
def _half_a_year(words: Words, today: Today) -> Span:
    return Span(today.day, ahead(today, 6, "month"), counted=True)


_LENGTHS = {
    "coming days": (1, 5),
    "coming weeks": (7, 28),
    "day or two": (1, 2),
    "week or so": (5, 10),
    "week or two": (7, 14),
    "fortnight": (0, 14),
    "month": (27, 31),
}


def _fixed(first: int, last: int) -> Meaning:
    return lambda words, today: days_from(today, first, last)


MEANINGS.update({name: _fixed(*days) for name, days in _LENGTHS.items()})


def _day_ahead(days: int) -> Meaning:
    def meaning(words: Words, today: Today) -> Span:
        return replace(days_from(today, days, days), counted=False)

    return meaning


_DAYS = {
    "today": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
    "week today": 7,
    "week tomorrow": 8,
    "fortnight today": 14,
    "fortnight tomorrow": 15,
}
MEANINGS.update({name: _day_ahead(days) for name, days in _DAYS.items()})
_PARTS_OF_WEEK = {"early": (0, 2), "mid": (1, 3), "late": (3, 4), "end": (4, 4)}
_PARTS_OF_WEEK |= {"first half": (0, 2), "second half": (2, 4)}


def _week_of(ahead_by: int) -> Meaning:
    def meaning(words: Words, today: Today) -> Span:
        first, last = _PARTS_OF_WEEK.get(str(words.get("part")), (0, _FRIDAY))
        return week(today, ahead_by, first, last)

    return meaning


MEANINGS.update({"next week": _week_of(1), "part of next week": _week_of(1)})
MEANINGS.update({"week after next": _week_of(2), "part of week after next": _week_of(2)})


@means("this week")
def _this_week(words: Words, today: Today) -> Span:
    return week(today, int(today.day.weekday() > _FRIDAY))


@means("end of week")
def _end_of_week(words: Words, today: Today) -> Span:
    return week(today, int(today.day.weekday() > _FRIDAY), _FRIDAY)


@means("later this week")
def _later_this_week(words: Words, today: Today) -> Span:
    return week(today, int(today.day.weekday() > _FRIDAY), 2 if today.day.weekday() < 2 else 3)


@means("weekend")
def _weekend(words: Words, today: Today) -> Span:
    return week(today, 0, 5, 6)
