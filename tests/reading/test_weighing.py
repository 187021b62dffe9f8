"""What weighed words add up to, and which of them a letter's sentences give."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.lexicons import lexicon
from app.reading.received.weighing import FEWEST, features_of, is_english, odds_of, questions, words_of

WEIGHED: dict[str, dict[str, int]] = {question: lexicon("en.letters")[question]["weights"] for question in questions()}
KNOWN = sorted(set().union(*WEIGHED.values()))


@given(st.sets(st.sampled_from(KNOWN) | st.text(max_size=8), max_size=400))
def test_each_question_adds_up_its_own_weights_alone(features: set[str]) -> None:
    assert odds_of(features) == {question: _added_up(features, question) for question in questions()}


@pytest.mark.parametrize("heaviest", [True, False])
def test_not_even_the_most_extreme_letter_spills_into_the_next_question(heaviest: bool) -> None:
    by_weight = sorted(WEIGHED["refusal"], key=WEIGHED["refusal"].__getitem__, reverse=heaviest)
    test = set(by_weight[:4000])
    assert odds_of(test) == {question: _added_up(test, question) for question in questions()}


def _added_up(features: set[str], question: str) -> int:
    told = [WEIGHED[question][name] for name in features if name in WEIGHED[question]]
    bias: int = lexicon("en.letters")[question]["bias"]
    return round(bias + sum(told) / sqrt(max(FEWEST, len(told))))


def test_senses_are_close_within_five_words_of_a_sentence_and_never_beyond_it() -> None:
    assert "sorry>post" in features_of(words_of(["we regret that the nice new vacancy is gone"]))
    assert "sorry>post" not in features_of(words_of(["we regret that the nice and new vacancy is gone"]))
    assert "sorry>post" not in features_of(words_of(["we regret it", "the vacancy is gone"]))


def test_only_the_first_four_hundred_words_are_weighed() -> None:
    assert "unfortunately" not in features_of(words_of(["so " * 400, "unfortunately"]))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("thank you for your interest in the role", True),
        ("vielen dank fur ihr interesse an der stelle", False),
        ("xyzzy", True),
    ],
)
def test_a_language_is_told_by_its_commonest_words(text: str, english: bool) -> None:
    assert is_english(words_of([text])) is english
