"""Meanings that name days, weeks, months and seasons of the calendar."""

from calendar import monthrange
from datetime import date, timedelta

from app.reading.received.spans import (
    MEANINGS,
    Span,
    Today,
    Words,
    ahead,
    coming,
    coming_month,
    means,
    month,
    number,
    shift_months,
    valid,
    week,
)

_WEEK = timedelta(days=7)
_NEAR = timedelta(days=75)


@means("weekday")
def _weekday(words: Words, today: Today) -> Span:
    """The coming one, a week on when it is that day today; "next" and "of next week" take the week that follows."""
    if words.get("late") or words.get("which") == "next":
        wanted = number(words, "weekday")
        return week(today, 1, wanted, wanted)
    return _days(_coming_weekday(today, number(words, "weekday")))


@means("weekday next week")
def _weekday_next_week(words: Words, today: Today) -> Span:
    return _days(_coming_weekday(today, number(words, "weekday")) + _WEEK)


@means("weekday after next")
def _weekday_after_next(words: Words, today: Today) -> Span:
    wanted = number(words, "weekday")
    return week(today, 2, wanted, wanted)


@means("length from weekday")
def _length_from_weekday(words: Words, today: Today) -> Span:
    length = ahead(today, number(words, "n", 1), str(words["unit"])) - today.day
    return _days(_coming_weekday(today, number(words, "weekday")) + length)


@means("day of that month")
def _day_of_that_month(words: Words, today: Today) -> Span | None:
    """The day of this month, or of the next one where the words say so."""
    month_meant = shift_months(today.day.replace(day=1), int(words.get("which") == "next"))
    day = valid(month_meant.year, month_meant.month, number(words, "day"))
    return _days(day) if day else None


@means("weekday in a fortnight")
def _weekday_in_a_fortnight(words: Words, today: Today) -> Span:
    return _days(_coming_weekday(today, number(words, "weekday")) + 2 * _WEEK)


@means("end of named month")
def _end_of_named_month(words: Words, today: Today) -> Span:
    month_number = number(words, "month")
    return month(coming_month(today, month_number), month_number, "end")


@means("weekdays")
def _weekdays(words: Words, today: Today) -> Span:
    first, last = number(words, "weekday"), number(words, "weekday2")
    next_week = words.get("which") == "next"
    start = week(today, 1, first, first).first if next_week else _coming_weekday(today, first)
    return Span(start, start + timedelta(days=(last - first) % 7))


def _coming_weekday(today: Today, weekday: int) -> date:
    return today.day + timedelta(days=(weekday - today.day.weekday() - 1) % 7 + 1)


def _days(day: date) -> Span:
    return Span(day, day)


@means("day of month")
def _day_of_month(words: Words, today: Today) -> Span | None:
    first = _day(words, today, "day")
    last = _day(words, today, "day2") if "day2" in words else first
    return Span(first, max(first, last)) if first and last else None


def _day(words: Words, today: Today, name: str) -> date | None:
    day, month_number = number(words, name), number(words, "month")
    if month_number:
        return coming(today, month_number, day, number(words, "year"))
    this = valid(today.day.year, today.day.month, day)
    if this and this >= today.day:
        return this
    following = shift_months(today.day.replace(day=1), 1)
    return valid(following.year, following.month, day)


@means("first of month")
def _first_of_month(words: Words, today: Today) -> Span:
    month_number = number(words, "month")
    year = number(words, "year") or today.day.year + (month_number <= today.day.month)
    return _days(date(year, month_number, 1))


@means("days of month")
def _days_of_month(words: Words, today: Today) -> Span | None:
    year = number(words, "year")
    last = coming(today, number(words, "month2") or number(words, "month"), number(words, "day2"), year)
    if last is None:
        return None
    first = valid(last.year, number(words, "month"), number(words, "day"))
    if first and first > last:
        first = valid(last.year - 1, number(words, "month"), number(words, "day"))
    return Span(first, last) if first else None


@means("iso")
def _iso(words: Words, today: Today) -> Span | None:
    try:
        return _days(date.fromisoformat(str(words["iso"])))
    except ValueError:
        return None


@means("numeric")
def _numeric(words: Words, today: Today) -> Span | None:
    """4/12: as the place reads it when that is near, else whichever reading comes next."""
    first, second = number(words, "p1"), number(words, "p2")
    year = _four_digits(number(words, "yy"))
    by_day = coming(today, second, first, year) if 1 <= second <= 12 else None
    by_month = coming(today, first, second, year) if 1 <= first <= 12 else None
    preferred, other = (by_day, by_month) if today.day_first else (by_month, by_day)
    if preferred and (other is None or (today.day_first is not None and preferred - today.day <= _NEAR)):
        return _days(preferred)
    readings = [day for day in (preferred, other) if day]
    ahead = [day for day in readings if day >= today.day]
    return _days(min(ahead or readings)) if readings else None


@means("numerics")
def _numerics(words: Words, today: Today) -> Span | None:
    return _between(_numeric(words, today), _numeric({"p1": words["p3"], "p2": words["p4"]}, today))


@means("numerics day first")
def _numerics_day_first(words: Words, today: Today) -> Span | None:
    last = _numeric_day_first({"p1": words["p3"], "p2": words["p4"], "yy": words.get("yy", 0)}, today)
    return _between(_numeric_day_first({"p1": words["p1"], "p2": words.get("p2", words["p4"])}, today), last)


def _between(first: Span | None, last: Span | None) -> Span | None:
    """From the one to the other; the last alone where the first has only just passed."""
    if last is None:
        return None
    return Span(first.first, last.last) if first and first.first <= last.last else last


@means("numeric day first")
def _numeric_day_first(words: Words, today: Today) -> Span | None:
    month_number = number(words, "p2")
    if not 1 <= month_number <= 12:
        return None
    day = coming(today, month_number, number(words, "p1"), _four_digits(number(words, "yy")))
    return _days(day) if day else None


def _four_digits(year: int) -> int:
    return year + 2000 if 0 < year < 100 else year


@means("week of day")
def _week_of_day(words: Words, today: Today) -> Span | None:
    day = _day(words, today, "day")
    return Span(day, day + timedelta(days=max(0, 4 - day.weekday()))) if day else None


@means("nth week")
def _nth_week(words: Words, today: Today) -> Span:
    """The first week of a month is its days 1 to 7, the last one its last seven days."""
    nth, month_number = number(words, "ordinal"), number(words, "month")
    year = coming_month(today, month_number, number(words, "year"))
    length = monthrange(year, month_number)[1]
    last = length if nth > 4 else 7 * nth
    return Span(date(year, month_number, last - 6), date(year, month_number, last))


@means("nth weekday")
def _nth_weekday(words: Words, today: Today) -> Span | None:
    """The fifth is the last one the month has; where no month is named, of this one or the next."""
    month_number, nth = number(words, "month"), number(words, "ordinal")
    if month_number:
        first = date(coming_month(today, month_number, number(words, "year")), month_number, 1)
    else:
        first = shift_months(today.day.replace(day=1), int(words.get("which") == "next"))
    month_number = first.month
    first += timedelta(days=(number(words, "weekday") - first.weekday()) % 7)
    days = [day for week in range(5) if (day := first + timedelta(weeks=week)).month == month_number]
    return _days(days[-1] if nth > 4 else days[nth - 1])


@means("week number")
def _week_number(words: Words, today: Today) -> Span | None:
    year, this_week, _ = today.day.isocalendar()
    wanted = number(words, "week")
    try:
        monday = date.fromisocalendar(year + (wanted < this_week), wanted, 1)
    except ValueError:
        return None
    return Span(monday, monday + timedelta(days=4))


@means("part of this month")
def _part_of_this_month(words: Words, today: Today) -> Span:
    this = shift_months(today.day.replace(day=1), int(words.get("which") == "next"))
    span = month(this.year, this.month, str(words.get("part")))
    if span.last < today.day:
        this = shift_months(this, 1)
        span = month(this.year, this.month, str(words.get("part")))
    return span


@means("end of month")
def _end_of_month(words: Words, today: Today) -> Span:
    last = month(today.day.year, today.day.month, "end").last
    while not today.calendar.is_workday(last):
        last -= timedelta(days=1)
    return _days(max(last, today.day))


@means("whole month")
def _whole_month(words: Words, today: Today) -> Span:
    this = shift_months(today.day.replace(day=1), int("this" not in (words.get("which"), words.get("which2"))))
    span = month(this.year, this.month)
    return Span(max(span.first, today.day), span.last)


@means("part of month")
def _part_of_month(words: Words, today: Today) -> Span:
    month_number, part = number(words, "month"), str(words.get("part", ""))
    span = month(coming_month(today, month_number, number(words, "year")), month_number, part)
    return Span(max(span.first, min(today.day, span.last)), span.last)


MEANINGS["month name"] = _part_of_month


@means("quarter")
def _quarter(words: Words, today: Today) -> Span:
    quarter = min(number(words, "q") or number(words, "ordinal"), 4)
    year = number(words, "year") or number(words, "year2") or today.day.year
    if not (words.get("year") or words.get("year2")) and 3 * quarter < today.day.month:
        year += 1
    return _part_of_quarter(year, quarter, str(words.get("part", "")), today)


@means("this quarter")
def _this_quarter(words: Words, today: Today) -> Span:
    year, quarter = today.day.year, (today.day.month - 1) // 3 + 1
    if words.get("which") == "next":
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
    return _part_of_quarter(year, quarter, str(words.get("part", "end")), today)


def _part_of_quarter(year: int, quarter: int, part: str, today: Today) -> Span:
    first_month = 3 * quarter - 2
    months = {"early": (0, 0), "mid": (1, 1), "late": (2, 2), "end": (2, 2)}.get(part, (0, 2))
    first, last = (month(year, first_month + offset) for offset in months)
    start = last.last if part == "end" else first.first
    return Span(max(start, min(today.day, last.last)), last.last)


@means("end of year")
def _end_of_year(words: Words, today: Today) -> Span:
    return _days(date(today.day.year, 12, 31))


@means("new year")
def _new_year(words: Words, today: Today) -> Span:
    """ "In the new year" is January, and so is next year when no part of it is named."""
    year = today.day.year + (today.day.month > 1)
    return month(year, 1, str(words.get("part", "")))


@means("season")
def _season(words: Words, today: Today) -> Span:
    first_month = number(words, "season")
    year = number(words, "year") or today.day.year
    if not words.get("year") and today.day >= shift_months(date(year, first_month, 1), 3):
        year += 1
    start = date(year, first_month, 1)
    end = shift_months(start, 3) - timedelta(days=1)
    return Span(max(start, min(today.day, end)), end)
