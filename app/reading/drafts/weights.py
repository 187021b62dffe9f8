"""Weighed words: what single words and pairs of them together tell of a draft.

The weights are learned from the labelled drafts under tests/reading/cases by scripts/weigh-words; they come as whole
tenths of log odds, so that both readers add up to the same number.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt

from app.reading.drafts.anchors import BEGINNING
from app.reading.drafts.opened import Opened
from app.reading.lexicons import lexicon

_MARKS_ALONE = 2
"""Words of a text that holds nothing but the begin and the end of a sentence."""

FEWEST = 12
"""Features below which a draft's odds shrink; a word of its own has about eight."""


@dataclass(frozen=True, slots=True)
class Odds:
    """Above 0 where a draft is held to be annoyed, to add value, to be empty; in tenths of log odds."""

    annoyed: float
    adds_value: float
    empty: float


def odds_of(text: Opened, language: str) -> Odds | None:
    """None for a language without weights, and no odds for a text without words.

    A sum is divided by the root of how many features the weights know, or of FEWEST: a word alone tells little.
    """
    if language not in lexicon("text")["weighed"]:
        return None
    if len(text.words) <= _MARKS_ALONE:
        return Odds(0, 0, 0)
    bias, words, beginnings, pairs, apart = _weights(language)
    told, said = text.words, set(text.words)
    rows = [words[word] for word in said if word in words]
    rows += [beginnings[begun] for begun in {word[:BEGINNING] for word in said} if begun in beginnings]
    rows += [pairs[pair] for pair in {pair for pair in pairwise(told) if pair in pairs}]
    rows += [apart[pair] for pair in {pair for pair in zip(told, told[2:], strict=False) if pair in apart}]
    sums = map(sum, zip([0] * len(bias), *rows, strict=True))
    root = sqrt(max(FEWEST, len(rows)))
    return Odds(*[start + total / root for start, total in zip(bias, sums, strict=True)])


def features_of(text: Opened) -> set[str]:
    """Words, their beginnings of four letters and "*", pairs of neighbours and "a _ b"; every number is "#"."""
    words = set(text.words)
    beginnings = {word[:BEGINNING] + "*" for word in words if len(word) >= BEGINNING}
    apart = map(" _ ".join, zip(text.words, text.words[2:], strict=False))
    return words | beginnings | set(map(" ".join, pairwise(text.words))) | set(apart)


Row = list[int]
Pair = tuple[str, str]


@cache
def _weights(language: str) -> tuple[Row, dict[str, Row], dict[str, Row], dict[Pair, Row], dict[Pair, Row]]:
    """The start of the sums; what words, beginnings, neighbours and pairs with one word between add to them."""
    content = lexicon(f"{language}.weights")
    words: dict[str, Row] = {}
    beginnings: dict[str, Row] = {}
    pairs: dict[Pair, Row] = {}
    apart: dict[Pair, Row] = {}
    for name, row in content["weights"].items():
        one, *others = name.split(" ")
        if others:
            (apart if len(others) > 1 else pairs)[one, others[-1]] = row
        elif name.endswith("*"):
            beginnings[name[:-1]] = row
        else:
            words[name] = row
    return content["bias"], words, beginnings, pairs, apart
