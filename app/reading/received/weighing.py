"""Weighed words: how much an English letter sounds like a refusal, a receipt, an absence notice, a human being's.

The weights are learned by scripts/weigh-letters from the labelled mails under tests/reading/cases; they come as whole
hundredths of log odds. Words never met count for nothing, but most of those have a sense that others share.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import sqrt

from app.reading.drafts.language import languages_by_word
from app.reading.lexicons import lexicon
from app.reading.received.senses import NEAR as NEAR
from app.reading.received.senses import close_senses, senses_of

REFUSAL, RECEIPT, ABSENCE, HUMAN = "refusal", "receipt", "absence", "human"
FILED = "filed"
"""Asked of automatic mail alone: whether it confirms an application, or anything else."""
FAMILY = "@"
"""Stands before the name of a family of phrases."""
OPENING, CLOSING = "first:", "last:"
"""Stand before the words of the first and the last sentence of more than three words."""
ASKED = "?:"
"""Stands before the words of a question: what is asked is not yet told."""
FEWEST = 12
"""Features below which a letter's odds shrink: few words tell little."""
_SHORTEST = 4
_BEGINNING = 4
_WORD = re.compile(r"'?[a-z]+|\d+|[?!]")
_OPENED = (("can't", "can not"), ("won't", "will not"), ("cannot", "can not"), ("n't", " not"), ("'ve", " have"),
           ("'ll", " will"), ("'re", " are"), ("'m ", " am "))  # fmt: skip
_MOST_WORDS = 400
_BITS, _COUNT = 40, 24
"""Of the part of a packed number that a question has, and of that part the bits below the count of features."""


def odds_of(features: set[str]) -> dict[str, int]:
    """By question, the hundredths of log odds that an English letter with these features is one; 0 is even."""
    total = sum(filter(None, map(_weights().get, features)))
    return {question: _odds(question, total >> _BITS * place) for place, question in enumerate(questions())}


@cache
def questions() -> tuple[str, ...]:
    """Whatever has been learned."""
    return tuple(name for name in lexicon("en.letters") if name != "about")


def _odds(question: str, packed: int) -> int:
    told = packed % (1 << _BITS)
    known = told + (1 << _COUNT - 1) >> _COUNT
    bias: int = lexicon("en.letters")[question]["bias"]
    return round(bias + (told - (known << _COUNT)) / sqrt(max(FEWEST, known)))


@cache
def _weights() -> dict[str, int]:
    """What each feature adds for all questions at once: a count of one and a weight, each question at its own bits.

    So one long sum is taken and each feature looked up once; no weight comes near the count above it.
    """
    packed: dict[str, int] = {}
    for place, question in enumerate(questions()):
        one, bits = 1 << _COUNT, _BITS * place
        rows = lexicon("en.letters")[question]["weights"]
        packed |= {name: packed.get(name, 0) + (one + weight << bits) for name, weight in rows.items()}
    return packed


def features_of(said: list[list[str]]) -> set[str]:
    """Words, their beginnings of four letters and "*", neighbours, "a _ b", beginnings of sentences, senses and pairs.

    What opens and what ends the letter counts once more, for a no stands in either more often than between; so do the
    words of a question.
    """
    words = set().union(*said)
    features = words.union([word[:_BEGINNING] + "*" for word in words if len(word) > _BEGINNING])
    for sentence in said:
        features.update(map(" ".join, pairwise(sentence)))
        features.update(map(" _ ".join, zip(sentence, sentence[2:], strict=False)))
        features.add("^ " + " ".join(sentence[:2]))
        if sentence[-1:] == ["?"]:
            features.update([ASKED + word for word in sentence])
    whole = [sentence for sentence in said if len(sentence) >= _SHORTEST]
    for place, sentence in zip((OPENING, CLOSING), (*whole[:1], *whole[-1:]), strict=False):
        features.update([place + word for word in sentence])
    features.update(senses_of(words), close_senses(said))
    return features


def words_of(sentences: Iterable[str]) -> list[list[str]]:
    """The first 400 words, sentence by sentence; short forms are opened, every number is "#"."""
    said, room = [], _MOST_WORDS
    for sentence in sentences:
        words = _words(sentence)[:room]
        room -= len(words)
        said.append(words)
    return said


def _words(sentence: str) -> list[str]:
    if "'" in sentence or "cannot" in sentence:
        for short, long in _OPENED:
            sentence = sentence.replace(short, long)
    return ["#" if word[0].isdigit() else word for word in _WORD.findall(sentence)]


def is_english(said: list[list[str]]) -> bool:
    """No other language has more of its commonest words in it, by more than one: many a short word is of several."""
    common = languages_by_word()
    hits = Counter([code for word in common.keys() & set().union(*said) for code in common[word]])
    return hits["en"] + 1 >= max(hits.values(), default=0)
