"""Dates somebody gave for coming back, and the many dates that are none."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.promises import find_noted_promise, find_promise

CASES = Path(__file__).parent / "cases"
WEDNESDAY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def _cases(name: str) -> list[tuple[datetime, dict]]:
    data = tomllib.loads((CASES / f"promises-{name}.toml").read_text())
    return [(datetime.fromisoformat(case.get("sent", data["sent"])), case) for case in data["cases"]]


def _end(text: str, sent: datetime) -> str:
    promise = find_promise(text, sent)
    return "none" if promise is None else promise.end.isoformat() if promise.end else "open"


BUILD = _cases("build") + _cases("others-build")


@pytest.mark.parametrize(("sent", "case"), BUILD, ids=[case["text"] for _, case in BUILD])
def test_a_promise_is_read_as_it_is_meant(sent: datetime, case: dict):
    assert _end(case["text"], sent) == case["end"]
    promise = find_promise(case["text"], sent)
    assert (promise.invites if promise else False) == case.get("invites", False)
    if "start" in case:
        assert promise.start == date.fromisoformat(case["start"])


@pytest.mark.parametrize("name", ["offices-build", "trades-build", "second-build", "offices-held", "trades-held"])
def test_nine_of_ten_promises_of_others_are_read_and_no_date_is_made_up(name: str):
    dated = [(sent, case) for sent, case in _cases(name) if case["end"] not in ("none", "open")]
    undated = [(sent, case) for sent, case in _cases(name) if case["end"] in ("none", "open")]
    right = [_near(_end(case["text"], sent), case) for sent, case in dated]
    silent = [_end(case["text"], sent) in ("none", "open") for sent, case in undated]
    assert sum(right) >= 0.9 * len(right)
    assert sum(silent) >= 0.95 * len(silent)


def _near(end: str, case: dict) -> bool:
    """Some phrases leave a week of doubt, which the case says."""
    if not case.get("loose"):
        return end == case["end"]
    doubt = timedelta(days=7)
    return end == "open" or (end != "none" and abs(date.fromisoformat(end) - date.fromisoformat(case["end"])) <= doubt)


PHRASES = st.sampled_from(
    [
        "by Friday",
        "next week",
        "within two weeks",
        "in 3 business days",
        "early next week",
        "tomorrow",
        "the week after next",
    ]
)


@given(PHRASES, st.integers(-200, 200))
def test_a_week_later_the_same_words_mean_a_week_later(phrase: str, weeks: int):
    sent = WEDNESDAY + timedelta(weeks=weeks)
    text = f"We will get back to you {phrase}."
    promise, reference = find_promise(text, sent), find_promise(text, WEDNESDAY)
    assert promise.end - reference.end == timedelta(weeks=weeks)


@given(st.text(max_size=300), st.integers(-9000, 20_000))
def test_any_text_is_read_without_failing(text: str, days: int):
    promise = find_promise(text, WEDNESDAY + timedelta(days=days))
    assert promise is None or promise.start is None or promise.start <= promise.end


def test_the_day_is_that_of_the_recipient():
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    assert find_promise("I will call you tomorrow.", late, "Asia/Tokyo").end == date(2026, 11, 20)
    assert find_promise("I will call you tomorrow.", late, "America/New_York").end == date(2026, 11, 19)


def test_4_12_is_read_as_the_place_reads_it():
    sent = datetime(2026, 3, 20, 12, tzinfo=UTC)
    assert find_promise("We will decide by 4/12.", sent, "America/New_York").end == date(2026, 4, 12)
    assert find_promise("We will decide by 4/5.", sent, "Europe/Berlin").end == date(2026, 5, 4)


def test_holidays_are_no_working_days():
    text = "We will reply within 7 working days."
    assert find_promise(text, WEDNESDAY).end == date(2026, 11, 27)
    assert find_promise(text, WEDNESDAY, country="US").end == date(2026, 11, 30)


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no such time zone"):
        find_promise("by Friday", WEDNESDAY, "Mars/Olympus")


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("Thanks, we’ll get back to you by Friday.", "we'll get back to you by Friday"),
        ("They meet on Monday. I will call you the day after.", "I will call you the day after"),
        ("Payroll have to sign it, then I'll confirm by tomorrow.", "I'll confirm by tomorrow"),
        ("I'll keep you posted, love.", "I'll keep you posted"),
        ("Grüße aus Köln; wir melden uns bis Freitag bei Ihnen.", "wir melden uns bis Freitag bei Ihnen"),
    ],
)
def test_the_clause_that_promises_is_quoted_and_no_more(said: str, quote: str):
    assert find_promise(said, WEDNESDAY).quote == quote


@given(st.text("abc ,;'", max_size=200), st.text("abc ,;é’", max_size=200))
def test_a_quote_is_one_short_line_however_long_the_sentence(before: str, behind: str):
    quote = find_promise(f"{before}, we will get back to you by Friday, {behind}.", WEDNESDAY).quote
    assert "by Friday" in quote
    assert len(quote) <= 60


@pytest.mark.parametrize(
    ("note", "end"),
    [
        ("by Friday", date(2026, 11, 20)),
        ("said end of the month", date(2026, 11, 30)),
        ("she is back next Tuesday", date(2026, 11, 24)),
        ("decision in two weeks", date(2026, 12, 2)),
        ("no idea", None),
    ],
)
def test_what_the_person_noted_after_a_call_needs_no_verb(note: str, end: date | None):
    promise = find_noted_promise(note, WEDNESDAY)
    assert (promise.end if promise else None) == end
