"""A reading comes back from the store as it went in, and its quoted words only from their sealed place."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.thread import Promise, Signals, Stage
from app.reading.facts import InboundReading, Kind, Matter, OutboundReading
from app.reading.keeping import reading_from_json, reading_to_json, words_to_json

_days = st.none() | st.dates()
_inbound = st.builds(
    InboundReading,
    kind=st.sampled_from(Kind),
    return_date=_days,
    promise=st.none() | st.builds(Promise, _days, _days, st.text(max_size=20), st.booleans()),
    closure=st.booleans(),
    asks=st.tuples(st.text()),
    question=st.text(max_size=30),
    hold_until=_days,
    no_contact=st.none() | st.sampled_from(["all", "phone"]),
    cue=st.none() | st.sampled_from(Stage),
)
_outbound = st.builds(
    OutboundReading,
    signals=st.builds(
        Signals,
        words=st.integers(0, 900),
        value=st.tuples(st.text()),
        value_score=st.floats(0, 9),
        signature=st.lists(st.integers(0, 2**32 - 1), max_size=5).map(tuple),
    ),
    cue=st.none() | st.sampled_from(Stage),
    forward=st.booleans(),
    matter=st.builds(Matter, st.integers(0, 9), st.integers(0, 9), st.text(max_size=9)),
)


@given(_inbound | _outbound)
def test_a_reading_survives_the_store(reading):
    assert reading_from_json(reading_to_json(reading), words_to_json(reading)) == reading


def test_quoted_words_are_not_in_the_open_part():
    reading = InboundReading(promise=Promise(None, date(2026, 12, 1), "by SECRET"), question="SECRET?")
    assert "SECRET" not in reading_to_json(reading)
    unsealed = reading_from_json(reading_to_json(reading))
    assert unsealed == replace(reading, promise=Promise(None, date(2026, 12, 1)), question="")


def test_defaults_take_no_room():
    assert reading_to_json(InboundReading()) == '{"v":1,"way":"in"}'


def test_a_percent_sign_stays_one():
    reading = OutboundReading(Signals(value=("100%d",), signature=(7,)))
    assert reading_to_json(reading) == '{"v":1,"way":"out","signals":{"value":["100%d"],"signature":[7]}}'


def test_what_no_reader_makes_is_refused():
    for odd in (OutboundReading(Signals(signature=("one",))), InboundReading(names=(["Dana"],))):
        with pytest.raises(TypeError):
            reading_to_json(odd)


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"way":"up"}'])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        reading_from_json(text)
