"""The lexicon of drafts is well formed: every phrase compiles, every group has a meaning."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.thread import Signals, Stage
from app.reading.drafts.dialect import parsed, pattern_of
from app.reading.drafts.findings import findings
from app.reading.drafts.lexicon import LANGUAGES, draft_lexicon
from app.reading.drafts.opened import Forms, Opened, opened
from app.reading.drafts.phrases import PhraseBook
from app.reading.drafts.sentences import chunks
from app.reading.kinds import ASK_KINDS, VALUE_WEIGHTS
from app.reading.lexicons import lexicon

SETS = {"day": "monday|tuesday", "num": "/\\d+"}
STEMS = {"ask", "spoken_ask", "restate", "courtesy", "claim", "context", "annoyed", "target", "calm", "apply"}
FLAGS = set(Signals.__dataclass_fields__)
KINDS = {f"value.{kind}" for kind in VALUE_WEIGHTS} | {f"answers.{kind}" for kind in ASK_KINDS} | {"value"}


def book(groups: Mapping[str, Sequence[str]]) -> PhraseBook:
    return PhraseBook(groups, sets=SETS, common=("i", "have", "you"), implied={})


def places(groups: Mapping[str, Sequence[str]], text: str) -> dict[str, set[int]]:
    return all_found(book(groups), opened(chunks(text), Forms({}, ())))


def all_found(book: PhraseBook, text: Opened) -> dict[str, set[int]]:
    found = findings(text, book)
    return {name: found.at(name) for name in found.names()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_compiles_and_every_group_has_a_meaning(language: str) -> None:
    content: dict[str, Any] = lexicon(language)
    said_nothing = opened(["zebra"], draft_lexicon(language).forms)
    assert all_found(draft_lexicon(language).book, said_nothing) == {}
    for lines in (content["groups"] | content["stages"]).values():
        for line in lines:
            assert not re.search(pattern_of(parsed(line, content["sets"])), " ^ zebra ~ ", re.ASCII)
    names = {group.removeprefix("not.") for group in content["groups"]}
    assert {name for name in names if name.split(".")[0] not in STEMS | FLAGS and name not in KINDS} == set()
    assert {name.removeprefix("not.") for name in content["stages"]} <= set(Stage)


@pytest.mark.parametrize(
    ("line", "yes", "no"),
    [
        ("follow up", "i follow up", "i follow him up"),
        ("(news|any word) on", "any word on it", "word on it"),
        ("just? asking", "asking now", "just now"),
        ("check* in", "checking in", "i chec in"),
        ("you _2 never", "you have just never", "you did once and then never"),
        ("on <day> $", "see you on monday", "on monday then"),
        ("<num> percent", "by 18 percent", "by some percent"),
        ("^ any news", "any news", "is there any news"),
    ],
)
def test_the_dialect_means_what_its_page_says(line: str, yes: str, no: str) -> None:
    assert places({"x": [line]}, yes)
    assert not places({"x": [line]}, no)


@pytest.mark.parametrize("line", ["a | b", "(a", "a)", "? a", "_3", "(|a)? _"])
def test_a_slip_in_a_phrase_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        book({"x": [line]})


def test_an_exception_takes_back_a_group_and_all_below_it() -> None:
    groups = {"value.link": ["urlx"], "not.value": ["my resume"], "thanks": ["thanks"]}
    assert places(groups, "urlx thanks") == {"value": {0}, "value.link": {0}, "thanks": {0}}
    assert places(groups, "my resume urlx thanks") == {"thanks": {0}}
    assert places(groups, "My resume. urlx thanks.") == {"value": {1}, "value.link": {1}, "thanks": {1}}


WORDS = ["i", "you", "have", "news", "not", "any", "monday", "5", "follow", "up", "reply."]
LINES = [
    *("news", "any news", "follow up", "you _2 not", "(news|any reply)", "have? any", "<day>", "<num> news", "repl*"),
    *("^ i", "(follow up|you have (not|any))", "up $"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(LINES))
def test_the_index_finds_what_the_pattern_finds(words: list[str], line: str) -> None:
    text = opened(words, Forms({}, ()))
    by_pattern = {at for at, said in enumerate(text.lines) if re.search(pattern_of(parsed(line, SETS)), said)}
    assert all_found(book({"x": [line]}), text) == ({"x": by_pattern} if by_pattern else {})


@given(st.lists(st.sampled_from(WORDS), max_size=24), st.permutations(["x", "x.a", "x.b", "y", "z"]))
def test_what_is_asked_for_first_changes_nothing(words: list[str], order: list[str]) -> None:
    groups = {"x.a": ["i have"], "not.x.a": ["any"], "x.b": ["(you|any) _3 news"], "y": ["you have"], "not.y": ["not"]}
    known = PhraseBook(groups, sets=SETS, common=(), implied={"x.b": ["y", "z"]})
    text = opened(words, Forms({}, ()))
    at_once, in_turn = all_found(known, text), findings(text, known)
    assert {name: in_turn.at(name) for name in order if in_turn.any(name)} == at_once


def test_what_is_remembered_of_drafts_stays_small() -> None:
    forms = Forms({}, ())
    opened([f"word{number}" for number in range(30_000)] + ["a" * 60_000], forms)
    assert len(forms) <= 20_000
    assert max(map(len, forms)) <= 24
