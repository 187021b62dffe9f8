"""What a person notes of a call: dates they were told, and a no."""

from datetime import UTC, date, datetime

import pytest

from app.cadence.thread import Promise
from app.reading.facts import LoggedFact
from app.reading.noted import promise_noted, refuses
from app.reading.threads import build_thread

HEARD = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("note", "end"), [("by Friday", date(2026, 11, 20)), ("she will ring next Tuesday", date(2026, 11, 24))]
)
def test_a_date_they_gave_on_the_phone_is_a_promise(note: str, end: date) -> None:
    assert promise_noted(note, HEARD).end == end


def test_words_without_a_date_are_kept_as_they_were_noted() -> None:
    assert promise_noted("still looking at it", HEARD) == Promise(None, None, "still looking at it")


@pytest.mark.parametrize("note", ["He said they went with somebody else, sorry.", "The job is gone, she said."])
def test_a_no_on_the_phone_closes_the_thread(note: str) -> None:
    call = LoggedFact("c1", HEARD, "call", "spoke", promise=promise_noted(note, HEARD))
    [reply] = build_thread("mo@acme.example", frozenset({"mo@acme.example"}), [], [call]).replies
    assert reply.closes


@pytest.mark.parametrize("note", ["", "Still deciding, will ring on Friday.", "Mo was out, his colleague took a note.",
     "talked to a girl at the counter, manager was out, she took my name", "they took my number"],
)  # fmt: skip
def test_anything_else_on_the_phone_closes_nothing(note: str) -> None:
    assert not refuses(note)
