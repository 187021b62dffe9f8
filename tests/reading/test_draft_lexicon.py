"""The lexicon of drafts is well formed: every phrase compiles, every group has a meaning."""

from typing import Any

import pytest

from app.cadence.thread import Signals, Stage
from app.reading.drafts.anchors import Anchors
from app.reading.drafts.lexicon import LANGUAGES
from app.reading.drafts.phrases import PhraseBook, compile_phrase
from app.reading.kinds import ASK_KINDS, VALUE_WEIGHTS
from app.reading.lexicons import lexicon

PLAIN = Anchors({"day": "monday|tuesday", "num": "/\\d+"}, frozenset())
STEMS = {"ask", "spoken_ask", "restate", "courtesy", "claim", "context", "annoyed", "target", "glad", "calm", "apply"}
FLAGS = set(Signals.__dataclass_fields__)
KINDS = {f"value.{kind}" for kind in VALUE_WEIGHTS} | {f"answers.{kind}" for kind in ASK_KINDS} | {"value"}


def found(line: str, sentence: str) -> bool:
    return bool(PhraseBook({"x": [line]}, PLAIN, {}).groups_in(sentence.split()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_compiles_and_every_group_has_a_meaning(language: str) -> None:
    content: dict[str, Any] = lexicon(language)
    anchors = Anchors(content["sets"], frozenset())
    for group, lines in (content["groups"] | content["stages"]).items():
        for line in lines:
            assert not compile_phrase(group, line, anchors).stands_in(" zebra ")
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
        ("on <day> $", "see you on monday $", "on monday then $"),
        ("<num> percent", "by 18 percent", "by some percent"),
        ("^ any news", "^ any news", "^ is there any news"),
    ],
)
def test_the_dialect_means_what_its_page_says(line: str, yes: str, no: str) -> None:
    assert found(line, yes)
    assert not found(line, no)


@pytest.mark.parametrize("line", ["a | b", "(a", "a)", "? a", "_3", "(|a)? _"])
def test_a_slip_in_a_phrase_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        compile_phrase("x", line, PLAIN)


def test_an_exception_takes_back_a_group_and_all_below_it() -> None:
    book = PhraseBook({"value.link": ["urlx"], "not.value": ["my resume"], "thanks": ["thanks"]}, PLAIN, {})
    assert book.groups_in(["urlx", "thanks"]) == {"value.link", "thanks"}
    assert book.groups_in(["my", "resume", "urlx", "thanks"]) == {"thanks"}
