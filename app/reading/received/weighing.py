"""Weighed words: how much an English letter sounds like a refusal, a receipt, an absence notice, a human being's.

The weights are learned by scripts/weigh-letters from the labelled mails under tests/reading/cases; they come as whole
hundredths of log odds. Words never met count for nothing, but most of those have a sense that others share.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import sqrt

from app.reading.lexicons import lexicon

REFUSAL, RECEIPT, ABSENCE, HUMAN = "refusal", "receipt", "absence", "human"
NEAR = ">"
"""Stands between two senses of which the second follows the first within five words."""
FAMILY = "@"
"""Stands before the name of a family of phrases."""
OPENING, CLOSING = "first:", "last:"
"""Stand before the words of the first and the last sentence of more than three words."""
FEWEST = 12
"""Features below which a letter's odds shrink: few words tell little."""
_SHORTEST = 4
_REACH = 5
_BEGINNING = 4
_WORD = re.compile(r"'?[a-z]+|\d+|[?!]")
_OPENED = (("can't", "can not"), ("won't", "will not"), ("cannot", "can not"), ("n't", " not"), ("'ve", " have"),
           ("'ll", " will"), ("'re", " are"), ("'m ", " am "))  # fmt: skip
_MOST_WORDS = 400


def odds_of(features: set[str], question: str) -> int:
    """Hundredths of log odds that an English letter with these features is a `question`; 0 is even."""
    bias, known = _weights(question)
    told = [known[name] for name in features if name in known]
    return round(bias + sum(told) / sqrt(max(FEWEST, len(told))))


def features_of(sentences: Iterable[str]) -> set[str]:
    """Words, their beginnings of four letters and "*", pairs of neighbours, beginnings of sentences, senses and pairs.

    What opens and what ends the letter counts once more, for a no stands in either more often than between. Short
    forms are opened, every number is "#"; a sense stands behind "=".
    """
    told = _senses()
    features: set[str] = set()
    close: set[tuple[str, str]] = set()
    read = 0
    whole: list[list[str]] = []
    for sentence in sentences:
        words = _words(sentence)[: _MOST_WORDS - read]
        read += len(words)
        if len(words) >= _SHORTEST:
            whole = [*whole[:1], words]
        features.update(words)
        features.update([word[:_BEGINNING] + "*" for word in words if len(word) > _BEGINNING])
        features.update(map(" ".join, pairwise(words)))
        features.add("^ " + " ".join(words[:2]))
        known = [word if word in told else "" for word in words]
        for step in range(1, _REACH + 1):
            close.update(zip(known, known[step:], strict=False))
    for place, words in zip((OPENING, CLOSING), (*whole[:1], *whole[-1:]), strict=False):
        features.update([place + word for word in words])
    for word in told.keys() & features:
        features.update(["=" + sense for sense in told[word]])
    for here, near in close:
        if here and near:
            features.update([sense + NEAR + other for sense in told[here] for other in told[near]])
    return features


@cache
def _senses() -> dict[str, tuple[str, ...]]:
    senses: dict[str, tuple[str, ...]] = {}
    for sense, words in lexicon("en.senses")["senses"].items():
        for word in words.split():
            senses[word] = (*senses.get(word, ()), sense)
    return senses


def _words(sentence: str) -> list[str]:
    for short, long in _OPENED:
        sentence = sentence.replace(short, long)
    return ["#" if word[0].isdigit() else word for word in _WORD.findall(sentence)]


def is_english(features: set[str]) -> bool:
    """No other language has more of its commonest words in it, by more than one: many a short word is of several."""
    hits = {code: len(features & common) for code, common in _commonest().items()}
    return hits["en"] + 1 >= max(hits.values())


@cache
def _commonest() -> dict[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in lexicon("text")["languages"].items()}


@cache
def _weights(question: str) -> tuple[int, dict[str, int]]:
    content = lexicon("en.letters")[question]
    return content["bias"], content["weights"]
