"""Meanings that name feasts and the days around them."""

from datetime import date, timedelta

from app.reading.received.spans import Span, Today, Words, means, number


@means("holidays")
def _holidays(words: Words, today: Today) -> Span:
    """The weeks in which offices rest: after them is 4 to 15 January."""
    year = today.day.year if today.day.month > 1 else today.day.year - 1
    return Span(date(year, 12, 23), date(year + 1, 1, 3))


@means("christmas")
def _christmas(words: Words, today: Today) -> Span:
    return Span(date(today.day.year, 12, 24), date(today.day.year, 12, 26))


@means("thanksgiving")
def _thanksgiving(words: Words, today: Today) -> Span:
    """The fourth Thursday of November to the Sunday after it."""
    return _days_of_thanksgiving(today)


def _days_of_thanksgiving(today: Today) -> Span:
    year = today.day.year + (today.day > _fourth_thursday(today.day.year) + timedelta(days=3))
    thursday = _fourth_thursday(year)
    return Span(thursday, thursday + timedelta(days=3))


@means("beside a feast")
def _beside_a_feast(words: Words, today: Today) -> Span:
    """The day, working week or weekday before or after it; the feast is the whole of its free days."""
    feast = _FEASTS[str(words["feast"])](today)
    before = words["side"] == "before"
    edge = feast.first if before else feast.last
    if words.get("which") == "day":
        return _day(edge + timedelta(days=-1 if before else 1))
    if words.get("which") == "week":
        monday = edge - timedelta(days=edge.weekday() + 7) if before else edge + timedelta(days=7 - edge.weekday())
        return Span(max(monday, today.day), monday + timedelta(days=4))
    weekday = number(words, "weekday")
    if before:
        return _day(edge - timedelta(days=(edge.weekday() - weekday - 1) % 7 + 1))
    return _day(edge + timedelta(days=(weekday - edge.weekday() - 1) % 7 + 1))


@means("boxing day")
def _boxing_day(words: Words, today: Today) -> Span:
    return _day(date(today.day.year, 12, 26))


@means("new year's day")
def _new_years_day(words: Words, today: Today) -> Span:
    return _day(date(today.day.year + (today.day > date(today.day.year, 1, 1)), 1, 1))


@means("eve")
def _eve(words: Words, today: Today) -> Span:
    return _day(date(today.day.year, 12, 24 if words.get("which") == "christmas" else 31))


def _fourth_thursday(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


@means("easter")
def _easter(words: Words, today: Today) -> Span:
    """Good Friday to Easter Monday."""
    return _days_of_easter(today)


def _days_of_easter(today: Today) -> Span:
    sunday = _easter_sunday(today.day.year)
    if sunday + timedelta(days=1) < today.day:
        sunday = _easter_sunday(today.day.year + 1)
    return Span(sunday - timedelta(days=2), sunday + timedelta(days=1))


def _easter_sunday(year: int) -> date:
    """Gauss's rule in the form of Butcher for the Gregorian calendar."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month_number, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month_number, day + 1)


def _christmas_day(today: Today) -> Span:
    return _day(date(today.day.year, 12, 25))


_FEASTS = {
    "christmas": _christmas_day,
    "xmas": _christmas_day,
    "thanksgiving": _days_of_thanksgiving,
    "easter": _days_of_easter,
}


def _day(day: date) -> Span:
    return Span(day, day)
