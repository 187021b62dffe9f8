"""Weighed words: what single words and pairs of them together tell of a draft.

The weights are learned from the labelled drafts under tests/reading/cases by scripts/weigh-words and weigh-signs; they
come as whole tenths of log odds, so that both readers add up to the same number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, repeat
from math import sqrt
from operator import add
from sys import intern

from app.reading.drafts.anchors import BEGINNING
from app.reading.drafts.opened import Opened
from app.reading.lexicons import lexicon

_MARKS_ALONE = 2
"""Words of a text that holds nothing but the begin and the end of a sentence."""

FEWEST = 12
"""Features below which a draft's odds shrink; a word of its own has about eight."""

_BITS = 21
_HALF = 1 << _BITS - 1
"""Above the sum of all weights there are, whatever their sign."""

_ROOM = 1 << 15
"""More than there are words in pairs; a pair then is a number of the quick kind."""


Odds = Mapping[str, float]
"""Tenths of log odds by label: above 0 where a draft is held to be annoyed, to add value, to be empty, to thank."""


def odds_of(text: Opened, language: str) -> Odds | None:
    """None for a language without weights, and no odds for a text without words.

    A sum is divided by the root of how many features the weights know, or of FEWEST: a word alone tells little.
    """
    if language not in lexicon("text")["weighed"]:
        return None
    return _told(text, _table(f"{language}.weights")) | _told(text, _table(f"{language}.signs"))


def _told(text: Opened, table: "_Table") -> dict[str, float]:
    if len(text.words) <= _MARKS_ALONE:
        return dict.fromkeys(table.bias, 0.0)
    told, said = text.words, {*text.words}
    numbers = [*map(table.numbers.get, told, repeat(0))]
    firsts = [*map(_ROOM.__mul__, numbers)]
    begun = {word[:BEGINNING] for word in said}
    near: set[int] = {*map(add, firsts, numbers[1:])}
    apart: set[int] = {*map(add, firsts, numbers[2:])}
    rows = [
        [*map(table.words.__getitem__, said & table.words.keys())],
        [*map(table.beginnings.__getitem__, begun & table.beginnings.keys())],
        [*map(table.pairs.__getitem__, near & table.pairs.keys())],
        [*map(table.apart.__getitem__, apart & table.apart.keys())],
    ]
    root, total = sqrt(max(FEWEST, sum(map(len, rows)))), sum(map(sum, rows))
    return {label: start + each / root for (label, start), each in zip(table.bias.items(), _parts(total), strict=False)}


def features_of(text: Opened) -> set[str]:
    """Words, their beginnings of four letters and "*", pairs of neighbours and "a _ b"; every number is "#"."""
    words = set(text.words)
    beginnings = {word[:BEGINNING] + "*" for word in words if len(word) >= BEGINNING}
    apart = map(" _ ".join, zip(text.words, text.words[2:], strict=False))
    return words | beginnings | set(map(" ".join, pairwise(text.words))) | set(apart)


@dataclass(frozen=True, slots=True)
class _Table:
    """What each label's sum starts from, and what words, beginnings, neighbours and pairs with one word between add.

    The weights of a row are packed into one number, for one long sum is quicker than many. So is a pair: `numbers` has
    a number from 1 on for each word of a pair, the first word's counts _ROOM times.
    """

    bias: dict[str, int]
    words: dict[str, int] = field(default_factory=dict)
    beginnings: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    pairs: dict[int, int] = field(default_factory=dict)
    apart: dict[int, int] = field(default_factory=dict)

    def pair(self, one: str, other: str) -> int:
        first, last = (self.numbers.setdefault(word, len(self.numbers) + 1) for word in (one, other))
        return first * _ROOM + last


@cache
def _table(name: str) -> _Table:
    content = lexicon(name)
    table = _Table(content["bias"])
    for name, row in content["weights"].items():
        one, *others = map(intern, name.split(" "))
        packed = sum(weight << _BITS * place for place, weight in enumerate(row))
        if others:
            (table.apart if len(others) > 1 else table.pairs)[table.pair(one, others[-1])] = packed
        elif name.endswith("*"):
            table.beginnings[name[:-1]] = packed
        else:
            table.words[one] = packed
    return table


def _parts(packed: int) -> Iterator[int]:
    """The sums that were packed, without end; each of them is less than half of what its bits hold."""
    while True:
        part = (packed + _HALF) % (2 * _HALF) - _HALF
        yield part
        packed = packed - part >> _BITS
