"""Weighed words: what single words and pairs of them together tell of a draft.

The weights are learned from the labelled drafts under tests/reading/cases by scripts/weigh-words and weigh-signs; they
come as whole tenths of log odds, so that both readers add up to the same number.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, repeat
from math import sqrt
from operator import add
from sys import intern
from typing import Any

from app.reading.drafts.anchors import BEGINNING
from app.reading.drafts.opened import Opened
from app.reading.lexicons import lexicon

_FILES = ("tone", "weights", "signs")
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
    table = _table(language)
    if len(text.words) <= _MARKS_ALONE:
        return dict.fromkeys(itertools.chain(*table.starts), 0.0)
    told, said = text.words, {*text.words}
    numbers = [*map(table.numbers.get, told, repeat(0))]
    firsts = [*map(_ROOM.__mul__, numbers)]
    begun = {word[:BEGINNING] for word in said}
    near: set[int] = {*map(add, firsts, numbers[1:])}
    apart: set[int] = {*map(add, firsts, numbers[2:])}
    rows = itertools.chain(
        map(table.words.get, said),
        map(table.beginnings.get, begun),
        map(table.pairs.get, near),
        map(table.apart.get, apart),
    )
    parts, odds = _parts(sum(filter(None, rows))), dict[str, float]()
    for starts in table.starts:
        root = sqrt(max(FEWEST, next(parts)))
        odds.update((label, start + next(parts) / root) for label, start in starts.items())
    return odds


def features_of(text: Opened) -> set[str]:
    """Words, their beginnings of four letters and "*", pairs of neighbours and "a _ b"; every number is "#"."""
    words = set(text.words)
    beginnings = {word[:BEGINNING] + "*" for word in words if len(word) >= BEGINNING}
    apart = map(" _ ".join, zip(text.words, text.words[2:], strict=False))
    return words | beginnings | set(map(" ".join, pairwise(text.words))) | set(apart)


@dataclass(frozen=True, slots=True)
class _Table:
    """What each label's sum starts from, by file; and what words, beginnings, neighbours and pairs around a word add.

    A feature's row is packed into one number, for one long sum is quicker than many: of each file that knows it a count
    of one and the weight of each label. So is a pair: `numbers` has a number from 1 on for each word of a pair, the
    first word's counts _ROOM times.
    """

    starts: list[dict[str, int]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)
    beginnings: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    pairs: dict[int, int] = field(default_factory=dict)
    apart: dict[int, int] = field(default_factory=dict)

    def put(self, content: dict[str, Any]) -> None:
        """Another file's rows, each at its own place of the packed number."""
        place = sum(1 + len(starts) for starts in self.starts)
        self.starts.append(content["bias"])
        for name, weights in content["weights"].items():
            packed = _packed(place, *weights)
            one, *others = map(intern, name.split(" "))
            if others:
                pairs, pair = self.apart if len(others) > 1 else self.pairs, self._pair(one, others[-1])
                pairs[pair] = pairs.get(pair, 0) + packed
            else:
                rows, word = (self.beginnings, one[:-1]) if name.endswith("*") else (self.words, one)
                rows[word] = rows.get(word, 0) + packed

    def _pair(self, one: str, other: str) -> int:
        first, last = (self.numbers.setdefault(word, len(self.numbers) + 1) for word in (one, other))
        return first * _ROOM + last


@cache
def _packed(place: int, *weights: int) -> int:
    """A count of one and the weights, from this place on. Kept, for most rows are of many features."""
    return sum(part << _BITS * (place + at) for at, part in enumerate((1, *weights)))


@cache
def _table(language: str) -> _Table:
    table = _Table()
    for name in _FILES:
        table.put(lexicon(f"{language}.{name}"))
    return table


def _parts(packed: int) -> Iterator[int]:
    """The sums that were packed, without end; each of them is less than half of what its bits hold."""
    while True:
        part = (packed + _HALF) % (2 * _HALF) - _HALF
        yield part
        packed = packed - part >> _BITS
