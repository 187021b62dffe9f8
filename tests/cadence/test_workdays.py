"""Working days by law: the fast count agrees with counting on one's fingers, in every country and zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.workdays import Calendar, calendar_of, knows_country

places = st.sampled_from(
    [
        calendar_of("UTC"),
        calendar_of("America/New_York", "US"),
        calendar_of("Europe/Berlin", "DE"),
        calendar_of("Asia/Riyadh", "SA"),
        calendar_of("Asia/Tokyo", "JP"),
        calendar_of("Asia/Jerusalem", "IL"),
    ]
)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(places, days, st.integers(0, 120))
def test_working_days_between_two_dates_are_those_one_would_count(place: Calendar, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    counted = sum(place.is_workday(start + timedelta(days=day)) for day in range(1, length + 1))
    assert place.between(start, end) == counted


@given(places, days, st.integers(1, 60))
def test_so_many_working_days_after_a_date_lie_exactly_so_far_behind_it(
    place: Calendar, start: date, number: int
) -> None:
    end = place.after(start, number)
    assert place.is_workday(end)
    assert place.between(start, end) == number


@given(places, days)
def test_a_good_day_is_a_working_day_outside_the_holidays_and_the_first_such(place: Calendar, day: date) -> None:
    good = place.good_day(day)
    assert place.is_workday(good)
    assert not (good.month == 12 and good.day >= 23)
    assert not (good.month == 1 and good.day <= 2)
    assert not any(place.is_good(day + timedelta(days=skipped)) for skipped in range((good - day).days))


@given(places, instants, st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 60))
def test_elapsed_working_time_grows_and_never_outruns_the_clock_or_the_calendar(
    place: Calendar, start: datetime, first: int, second: int
) -> None:
    shorter, longer = sorted((first, second))
    one = place.elapsed(start, start + timedelta(minutes=shorter))
    other = place.elapsed(start, start + timedelta(minutes=longer))
    assert one <= other + 0.05
    assert other <= longer / 480 + 0.05
    assert other <= (place.day(start + timedelta(minutes=longer)) - place.day(start)).days + 1


@pytest.mark.parametrize(
    ("start", "end", "working_days"),
    [
        (datetime(2026, 11, 16, 17, tzinfo=UTC), datetime(2026, 11, 17, 9, tzinfo=UTC), 0.0),
        (datetime(2026, 11, 16, 9, tzinfo=UTC), datetime(2026, 11, 16, 13, tzinfo=UTC), 0.5),
        (datetime(2026, 11, 16, 13, tzinfo=UTC), datetime(2026, 11, 17, 13, tzinfo=UTC), 1.0),
        (datetime(2026, 11, 20, 20, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC), 0.0),
    ],
)
def test_neither_nights_nor_weekends_count_as_time_they_took(start: datetime, end: datetime, working_days: float):
    assert calendar_of("UTC").elapsed(start, end) == working_days


@pytest.mark.parametrize(
    ("country", "day", "good"),
    [
        ("US", date(2026, 11, 25), False),
        ("US", date(2026, 11, 26), False),
        ("US", date(2026, 11, 27), False),
        ("US", date(2026, 11, 30), True),
        ("US", date(2026, 9, 4), False),
        ("DE", date(2026, 9, 4), True),
        ("DE", date(2026, 5, 15), False),
        ("DE", date(2026, 5, 13), False),
        ("DE", date(2026, 5, 12), True),
        (None, date(2026, 11, 26), True),
        (None, date(2026, 12, 23), False),
        (None, date(2027, 1, 4), True),
    ],
)
def test_eves_bridges_and_year_end_are_poor_days(country: str | None, day: date, good: bool) -> None:
    assert calendar_of("UTC", country).is_good(day) is good


def test_a_day_begins_where_the_recipient_lives() -> None:
    late = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)
    assert calendar_of("Asia/Tokyo").day(late) == date(2026, 11, 17)
    assert calendar_of("America/New_York").day(late) == date(2026, 11, 16)


def test_the_hour_of_a_clock_change_is_an_instant_all_the_same() -> None:
    berlin = calendar_of("Europe/Berlin")
    spring, autumn = berlin.instant(date(2026, 3, 29), 10), berlin.instant(date(2026, 10, 25), 10)
    assert spring.astimezone(UTC) == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert autumn.astimezone(UTC) == datetime(2026, 10, 25, 9, tzinfo=UTC)
    assert berlin.day(datetime(2026, 10, 24, 22, 30, tzinfo=UTC)) == date(2026, 10, 25)


def test_a_zone_that_does_not_exist_is_named() -> None:
    for wrong in ("Mars/Olympus", "", "../etc/passwd"):
        with pytest.raises(ValueError, match="no such time zone"):
            calendar_of(wrong)


def test_a_country_without_known_holidays_has_weekends_only() -> None:
    assert not knows_country("ZZ")
    assert calendar_of("UTC", "ZZ") == calendar_of("UTC")
    assert calendar_of("UTC", "us").country == "US"
