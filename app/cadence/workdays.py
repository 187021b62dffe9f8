"""Working days where the recipient lives: weekends, public holidays, year's end, and days poor to write on."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.cadence.policy import LONG_HOLIDAY_DAYS, WORKING_HOURS, YEAR_END

_DAY = timedelta(days=1)
_WEEK = 7
_DEFAULT_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one place. `country` None knows weekends and the year's end only."""

    zone: ZoneInfo
    country: str | None = None

    def day(self, at: datetime) -> date:
        """The local date of an aware instant."""
        return at.astimezone(self.zone).date()

    def hour(self, at: datetime) -> int:
        """The local hour of an aware instant, 0 to 23."""
        return at.astimezone(self.zone).hour

    def instant(self, day: date, hour: int) -> datetime:
        """An aware instant at `hour` o'clock of that place's day; a skipped hour moves on as clocks do."""
        return datetime.combine(day, time(hour), tzinfo=self.zone)

    def is_workday(self, day: date) -> bool:
        return day.weekday() not in _weekend(self.country) and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether a public holiday falls on that day, weekend or not."""
        return self.country is not None and day in _holidays(self.country, day.year)

    def is_good(self, day: date) -> bool:
        """Whether mail is read on that day: a working day, no bridge day, no eve of a long holiday, not year's end."""
        return _is_good(self.country, day)

    def is_eve(self, day: date) -> bool:
        """Whether the next day is a public holiday or a long free stretch around one begins."""
        return self.is_holiday(day + _DAY) or _free_days_after(self.country, day) >= LONG_HOLIDAY_DAYS

    def good_day(self, day: date) -> date:
        """The first good day on or after `day`."""
        while not _is_good(self.country, day):
            day += _DAY
        return day

    def next_workday(self, day: date) -> date:
        """The first working day on or after `day`, good to write on or not."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        if end <= start:
            return 0
        first, last = start.toordinal(), end.toordinal()
        ordinary = _weekdays_until(last, self.country) - _weekdays_until(first, self.country)
        if self.country is None:
            return ordinary
        off = _holiday_ordinals(self.country, start.year, end.year)
        return ordinary - bisect_right(off, last) + bisect_right(off, first)

    def after(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; `start` itself for 0."""
        day, missing = start, count
        while missing > 0:
            day += timedelta(days=missing)
            missing = count - self.between(start, day)
        return day

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Working days between two aware instants, as a fraction of their hours; neither free days nor nights count."""
        if end <= start:
            return 0.0
        begin, finish = start.astimezone(self.zone), end.astimezone(self.zone)
        whole = self.between(begin.date(), finish.date())
        return max(0.0, whole + self._passed(finish) - self._passed(begin))

    def _passed(self, local: datetime) -> float:
        """Share of that day's working time gone by; a free day counts as the end of the working day before it."""
        if not self.is_workday(local.date()):
            return 1.0
        opens, closes = WORKING_HOURS
        return min(1.0, max(0.0, (local.hour + local.minute / 60 - opens) / (closes - opens)))


@lru_cache(maxsize=1024)
def calendar_of(zone: str, country: str | None = None) -> Calendar:
    """The calendar of an IANA zone and an ISO 3166 country.

    Raises ValueError for a zone that does not exist. A country without known holidays counts as None.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {zone!r}") from error
    code = country.upper() if country else None
    return Calendar(place, code if code and knows_country(code) else None)


@lru_cache(maxsize=512)
def knows_country(country: str) -> bool:
    """Whether public holidays of that ISO 3166 country are known."""
    import holidays  # costs a third of a second, so it waits until a country is asked for

    return country.upper() in holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=1024)
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays(country, years=year))


@lru_cache(maxsize=256)
def _weekend(country: str | None) -> frozenset[int]:
    if country is None:
        return _DEFAULT_WEEKEND
    import holidays

    return frozenset(holidays.country_holidays(country).weekend) or _DEFAULT_WEEKEND


@lru_cache(maxsize=1024)
def _holiday_ordinals(country: str, first_year: int, last_year: int) -> tuple[int, ...]:
    """Ordinals of the holidays that fall on an ordinary working day, in order."""
    weekend = _weekend(country)
    days = (day for year in range(first_year, last_year + 1) for day in _holidays(country, year))
    return tuple(sorted({day.toordinal() for day in days if day.weekday() not in weekend}))


@lru_cache(maxsize=256)
def _workdays_of_week(country: str | None) -> tuple[int, ...]:
    """How many of the first 0..7 days of a week that starts on Monday are working days."""
    weekend = _weekend(country)
    return tuple(sum(day not in weekend for day in range(length)) for length in range(_WEEK + 1))


def _weekdays_until(ordinal: int, country: str | None) -> int:
    """Days outside weekends from the first Monday of the calendar (ordinal 1) up to and including `ordinal`."""
    weeks, rest = divmod(ordinal, _WEEK)
    of_week = _workdays_of_week(country)
    return weeks * of_week[_WEEK] + of_week[rest]


@lru_cache(maxsize=8192)
def _is_good(country: str | None, day: date) -> bool:
    if is_year_end(day) or not _works(country, day) or _is_bridge(country, day):
        return False
    return _free_days_after(country, day) < LONG_HOLIDAY_DAYS


def is_year_end(day: date) -> bool:
    """Whether a day lies in the weeks around New Year, in any country."""
    first, last = YEAR_END
    return (day.month, day.day) >= first or (day.month, day.day) <= last


def _works(country: str | None, day: date) -> bool:
    weekend = day.weekday() in _weekend(country)
    return not weekend and (country is None or day not in _holidays(country, day.year))


def _is_bridge(country: str | None, day: date) -> bool:
    """A single working day between a holiday and a weekend, which many people take off."""
    if country is None or not _works(country, day):
        return False
    before, after = day - _DAY, day + _DAY
    if _works(country, before) or _works(country, after):
        return False
    weekend = _weekend(country)
    return (before.weekday() in weekend) != (after.weekday() in weekend)


@lru_cache(maxsize=8192)
def _free_days_after(country: str | None, day: date) -> int:
    """Free days in a row right after a working day when a public holiday is among them, else 0."""
    if country is None or not _works(country, day):
        return 0
    run, holiday, following = 0, False, day + _DAY
    while not _works(country, following) or _is_bridge(country, following):
        holiday = holiday or following in _holidays(country, following.year)
        run += 1
        following += _DAY
    return run if holiday else 0
