"""What the notes of calls in a history tell: whether somebody was reached, what they promised, whether they said no."""

from datetime import UTC, date, datetime

import pytest

from app.reading.histories import facts_of, read_events

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECIPIENT = "barry@cladding.example"


def events_of(**entry: object) -> tuple:
    told = {"channel": "call", "at": "2026-11-17T10:00:00Z", "to": ["ana@example.com"], "from": RECIPIENT} | entry
    return read_events({"history": [told]}, NOW, "UTC")


def outcome_of(note: str, **entry: object) -> str:
    events = events_of(direction="out", to=[RECIPIENT], text=note, **entry)
    [call] = facts_of(RECIPIENT, events)[1]
    return call.outcome


@pytest.mark.parametrize(
    ("note", "outcome"),
    [
        ("Got Barry at last. He wants a photo of the card.", "spoke"),
        ("Reached Ingrid, good talk.", "spoke"),
        ("She will let me know by Friday.", "spoke"),
        ("", "no_answer"),
        ("rang out", "no_answer"),
        ("Reception said he is in a meeting.", "no_answer"),
        ("Got the voice mail.", "no_answer"),
        ("Nobody picked up.", "no_answer"),
        ("Talked at the counter, manager was out.", "no_answer"),
    ],
)
def test_a_note_tells_whether_somebody_was_reached(note: str, outcome: str):
    assert outcome_of(note) == outcome


def test_an_outcome_that_is_told_goes_before_the_note():
    assert outcome_of("He wants the card.", outcome="no_answer") == "no_answer"
    assert outcome_of("rang out", outcome="spoke") == "spoke"


def test_an_outcome_nobody_knows_is_passed_over():
    assert outcome_of("rang out", outcome="maybe") == "no_answer"


def test_a_date_noted_of_their_call_is_their_promise():
    [event] = events_of(direction="in", text="Barry called himself! Will get back to me within two weeks.")
    [message] = facts_of(RECIPIENT, [event])[0]
    assert message.reading.promise.end == date(2026, 12, 1)


def test_a_call_of_theirs_that_says_no_less_than_plainly_closes_nothing():
    [event] = events_of(direction="in", text="Manager took my number and gave me his, said he'd think about it.")
    [message] = facts_of(RECIPIENT, [event])[0]
    assert not message.reading.closure
