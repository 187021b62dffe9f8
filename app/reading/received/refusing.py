"""Weighed words: how much an English letter sounds like a refusal where no phrase of the lexicon names one.

The weights are learned by scripts/weigh-refusals from the labelled mails under tests/reading/cases; they come as whole
hundredths of log odds. Words never met count for nothing.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from app.reading.lexicons import lexicon

_BEGINNING = 4
_WORD = re.compile(r"'?[a-z]+|\d+|[?!]")
_OPENED = (("can't", "can not"), ("won't", "will not"), ("cannot", "can not"), ("n't", " not"), ("'ve", " have"),
           ("'ll", " will"), ("'re", " are"), ("'m ", " am "))  # fmt: skip
_MOST_WORDS = 400


def refusal_odds(sentences: Iterable[str]) -> int:
    """Hundredths of log odds that folded sentences say no to the person; 0 is even, and for other languages."""
    bias, known = _weights()
    features = features_of(sentences)
    if not _is_english(features):
        return 0
    return bias + sum([known[name] for name in features if name in known])


def _is_english(features: set[str]) -> bool:
    """No other language has more of its commonest words in it."""
    hits = {code: len(features & common) for code, common in _commonest().items()}
    return hits["en"] >= max(hits.values())


@cache
def _commonest() -> dict[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in lexicon("text")["languages"].items()}


def features_of(sentences: Iterable[str]) -> set[str]:
    """Words, their beginnings of four letters and "*", pairs of neighbours; short forms opened, every number is "#"."""
    features: set[str] = set()
    read = 0
    for sentence in _opened(sentences):
        words = ["#" if word < ":" and word[0].isdigit() else word for word in _WORD.findall(sentence)]
        words = words[: _MOST_WORDS - read]
        read += len(words)
        features.update(words)
        features.update([word[:_BEGINNING] + "*" for word in words if len(word) > _BEGINNING])
        features.update(map(" ".join, pairwise(words)))
    return features


def _opened(sentences: Iterable[str]) -> list[str]:
    """The sentences, which are of one line each, with their short forms opened."""
    text = "\n".join(sentences)
    if "'" in text or "cannot" in text:
        for short, long in _OPENED:
            text = text.replace(short, long)
    return text.split("\n")


@cache
def _weights() -> tuple[int, dict[str, int]]:
    content = lexicon("en.refusals")
    return content["bias"], content["weights"]
