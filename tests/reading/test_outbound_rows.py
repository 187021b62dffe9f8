"""Rows of `aftertouch read draft` and the JSON of signals: strict on the way in, stable on the way out."""

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.thread import Signals
from app.reading.kinds import ASK_KINDS, VALUE_WEIGHTS
from app.reading.outbound import read_draft
from app.reading.outbound_rows import LONGEST_TEXT, read_draft_row
from app.reading.signals_json import signals_from_json, signals_to_json

FLAGS = [field.name for field in fields(Signals) if field.default is False]


@st.composite
def any_signals(draw: st.DrawFn) -> Signals:
    return Signals(
        language=draw(st.sampled_from([None, "en", "ja"])),
        words=draw(st.integers(0, 9999)),
        value=tuple(draw(st.lists(st.sampled_from(sorted(VALUE_WEIGHTS)), unique=True))),
        value_score=draw(st.floats(0, 20)),
        answers=tuple(draw(st.lists(st.sampled_from(sorted(ASK_KINDS)), unique=True))),
        signature=tuple(draw(st.lists(st.integers(0, 2**32 - 1), max_size=16))),
        **{name: draw(st.booleans()) for name in FLAGS},
    )


@given(any_signals())
def test_signals_survive_the_way_through_json(signals: Signals) -> None:
    assert signals_from_json(json.loads(json.dumps(signals_to_json(signals)))) == signals


def test_every_field_is_written_in_the_order_of_the_class() -> None:
    assert list(signals_to_json(Signals())) == [field.name for field in fields(Signals)]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"text": "Dear Rita"}, "unknown signal: text"),
        ({"annoyed": "yes"}, "annoyed must be true or false"),
        ({"annoyed": None}, "annoyed must be true or false"),
        ({"words": True}, "words must be a whole number"),
        ({"words": -1}, "words must be a whole number"),
        ({"words": 1.5}, "words must be a whole number"),
        ({"value_score": "1"}, "value_score must be a number"),
        ({"value_score": float("nan")}, "value_score must be a number"),
        ({"value_score": float("inf")}, "value_score must be a number"),
        ({"language": "english"}, "language must be null or a two-letter code"),
        ({"language": "EN"}, "language must be null or a two-letter code"),
        ({"value": ["secret"]}, "value must be a list of different known kinds"),
        ({"value": ["link", "link"]}, "value must be a list of different known kinds"),
        ({"value": "link"}, "value must be a list of different known kinds"),
        ({"answers": [["call"]]}, "answers must be a list of different known kinds"),
        ({"signature": [2**32]}, "signature must be a list"),
        ({"signature": [0] * 17}, "signature must be a list"),
        ({"signature": ["word"]}, "signature must be a list"),
    ],
)
def test_anything_that_is_no_signal_is_refused_by_name(data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        signals_from_json(data)


def test_what_the_reader_says_of_a_draft_passes_the_border() -> None:
    signals = read_draft("email", "", "Attached is the sample you asked for. I can do Tuesday at 10:00. Any news?")
    assert signals_from_json(signals_to_json(signals)) == signals


def test_a_row_is_answered_with_three_words_and_the_signals() -> None:
    answer = read_draft_row({"id": "x", "channel": "email", "subject": "", "text": "Any news?"})
    assert list(answer) == ["id", "annoyed", "empty", "adds_value", "signals"]
    assert answer["id"] == "x"
    assert answer["empty"] is True


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"text": "Hi"}, "id is missing"),
        ({"id": None, "text": "Hi"}, "id is missing"),
        ({"id": True, "text": "Hi"}, "id is missing"),
        ({"id": "x"}, "text is missing or not a text"),
        ({"id": "x", "text": 5}, "text is missing or not a text"),
        ({"id": "x", "text": "Hi", "subject": []}, "subject is missing or not a text"),
        ({"id": "x", "text": "Hi", "channel": "fax"}, "channel is none of"),
        ({"id": "x", "text": "Hi", "channel": {}}, "channel is missing or not a text"),
        ({"id": "x", "text": "a" * (LONGEST_TEXT + 1)}, "text is longer than"),
    ],
)
def test_a_bad_row_gets_one_clear_sentence(row: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_draft_row(row)
