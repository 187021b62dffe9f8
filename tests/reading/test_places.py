"""Whose holidays count: those of where the recipient is, as far as mail shows it."""

from datetime import datetime, timedelta, timezone

import pytest

from app.reading.places import country_at, country_in, country_of
from app.reading.scenarios import judge_row


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("rita@firma.de", "DE"),
        ("rita@shop.co.uk", "GB"),
        ("rita@acme.example", None),
        ("rita@acme.com", None),
        ("rita@start.io", None),
        ("rita@colombia.co", None),
        ("rita@localhost", None),
        ("rita@bogus.zz", None),
    ],
)
def test_an_address_tells_its_country_unless_its_ending_is_sold_everywhere(address: str, country: str | None) -> None:
    assert country_of(address) == country


@pytest.mark.parametrize(
    ("month", "hours", "country"),
    [
        *((1, -6.0, "US"), (1, 5.5, "IN"), (1, 11.0, "AU"), (7, -6.0, "US")),
        *((1, 0.0, "GB"), (7, 1.0, "GB"), (7, 0.0, None), (1, 1.0, None), (7, 2.0, None)),
    ],
)
def test_hours_tell_a_country_only_where_one_stands_out(month: int, hours: float, country: str | None) -> None:
    assert country_at(datetime(2026, month, 15, 10, tzinfo=timezone(timedelta(hours=hours)))) == country


@pytest.mark.parametrize(
    ("zone", "country"), [("Europe/Berlin", "DE"), ("America/Chicago", "US"), ("UTC", None), ("Etc/GMT+6", None)]
)
def test_a_time_zone_tells_the_country_of_who_lives_by_it(zone: str, country: str | None) -> None:
    assert country_in(zone) == country


def told(to: str, sent: str, now: str) -> set[str]:
    """The rules told to somebody who applied at `sent` and sends a work sample at `now`."""
    applied = {"direction": "out", "channel": "email", "at": sent, "from": "ana@example.com", "to": [to]}
    row = {
        "id": "applied",
        "now": now,
        "history": [{**applied, "subject": "Welder", "text": "My application as a welder is attached."}],
        "draft": {"channel": "email", "to": [to], "subject": "Welder", "text": "Attached is a photo of my test seam."},
    }
    return {warning["rule"] for warning in judge_row(row)["warnings"]}


def test_a_holiday_where_the_recipient_lives_is_told() -> None:
    ascension = ("2026-04-20T10:00:00+02:00", "2026-05-14T10:00:00+02:00")
    assert "holiday-window" in told("rita@firma.de", *ascension)
    assert "holiday-window" not in told("rita@acme.example", *ascension)


def test_a_day_off_at_their_hours_is_told_where_nothing_names_another_country() -> None:
    thanksgiving = ("2026-11-02T10:00:00-05:00", "2026-11-26T10:00:00-05:00")
    assert "holiday-window" in told("rita@acme.example", *thanksgiving)
    assert "holiday-window" not in told("rita@firma.de", *thanksgiving)


def test_a_bank_holiday_is_told_at_the_hours_of_london_and_not_east_of_them() -> None:
    assert "holiday-window" in told("rita@acme.example", "2026-04-20T10:00:00+01:00", "2026-05-25T10:00:00+01:00")
    assert "holiday-window" not in told("rita@acme.example", "2026-04-20T10:00:00+02:00", "2026-05-25T10:00:00+02:00")
