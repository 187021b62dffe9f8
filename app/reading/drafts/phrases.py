"""Finds which groups of phrases a text holds; the dialect phrases are written in: docs/lexicon.md."""

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.reading.drafts import dialect
from app.reading.drafts.anchors import BEGINNING, Anchors
from app.reading.drafts.opened import Opened
from app.reading.drafts.sentences import BREAK

_NOT = "not."
_COUNTED = {"annoyed", "apologetic", "ask", "calm", "claim", "context", "courtesy", "restate", "spoken_ask", "target"}
"""Groups of which the places matter, sentence by sentence."""

_MOST_KEPT, _LONGEST_KEPT = 20_000, 24

Places = dict[str, set[int]]
"""Groups of phrases with the numbers of the sentences they stand in."""


class Phrase:
    """One phrase of one group, of which its keys alone do not tell that it is there.

    `stands_in` takes a line of an opened text; what it answers is true or not.
    """

    __slots__ = ("_source", "group", "stands_in")

    def __init__(self, group: str, source: str) -> None:
        self.group = group
        self._source = source
        self.stands_in: Callable[[str], object] = self._first_look

    def _first_look(self, line: str) -> object:
        """Compiles the pattern and looks; from then on `stands_in` is the pattern's own search."""
        self.stands_in = re.compile(self._source, re.ASCII).search
        return self.stands_in(line)


@dataclass(slots=True)
class Entry:
    """What a key tells: groups that are there for sure, phrases that may be, and exceptions that may be."""

    sure: list[str] = field(default_factory=list)
    maybe: list[Phrase] = field(default_factory=list)
    doubts: list[Phrase] = field(default_factory=list)


class PhraseBook:
    """Groups of phrases of one language, indexed so that a sentence is tried against few of them.

    A sentence with a phrase of `not.x` does not count for `x` nor for what stands below it. `implied` names the
    groups that another one brings along, `common` the words of the language from the most frequent on.
    """

    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        *,
        sets: Mapping[str, str],
        common: Sequence[str],
        implied: Mapping[str, Iterable[str]],
    ) -> None:
        self._words: dict[str, Entry] = {}
        self._pairs: dict[tuple[str, str], Entry] = {}
        self._beginnings = _Beginnings()
        anchors = Anchors({word: rank for rank, word in enumerate(common)})
        for group, line in ((group, line) for group, lines in groups.items() for line in lines):
            for sequence in _alternatives(dialect.parsed(line, sets)):
                self._add(group, sequence, anchors, line)
        names = {*groups, *(name for more in implied.values() for name in more)}
        self._told = {name: (name, *implied.get(name, ())) for name in names}
        self._forbidden = {
            group: {name for name in names if f"{name}.".startswith(f"{group.removeprefix(_NOT)}.")}
            for group in groups
            if group.startswith(_NOT)
        }

    def _add(self, group: str, sequence: dialect.Sequence, anchors: Anchors, line: str) -> None:
        whole = frozenset() if group.startswith(_NOT) else anchors.whole(sequence)
        for key in whole:
            self._entry(key).sure.append(group)
        if whole:
            return
        required = anchors.required(sequence)
        if not required:
            raise ValueError(f"phrase of {group!r} has no word of its own: {line!r}")
        phrase = Phrase(group, dialect.pattern_of(sequence))
        for key in required:
            entry = self._entry(key)
            (entry.doubts if group.startswith(_NOT) else entry.maybe).append(phrase)

    def _entry(self, key: str) -> Entry:
        one, _, other = key.partition(" ")
        if other:
            return self._pairs.setdefault((one, other), Entry())
        if key.endswith("*"):
            return self._beginnings.entries.setdefault(key[:-1], Entry())
        return self._words.setdefault(key, Entry())

    def places(self, text: Opened) -> Places:
        """Only groups that stand somewhere; of those that nobody counts by sentence, one place is enough."""
        breaks = [at for at, word in enumerate(text.words) if word == BREAK]
        met = [(bisect(breaks, at), entry) for at, entry in self._entries(text.words)]
        doubts: dict[int, list[Phrase]] = {}
        for number, entry in met:
            if entry.doubts:
                doubts.setdefault(number, []).extend(entry.doubts)
        search = _Search(text.lines, doubts, self._forbidden)
        for number, entry in met:
            for phrase in entry.maybe:
                if search.wants(phrase.group, number) and phrase.stands_in(text.lines[number]):
                    search.place(phrase.group, self._told[phrase.group], number)
            for group in entry.sure:
                if search.wants(group, number):
                    search.place(group, self._told[group], number)
        return search.places

    def _entries(self, words: list[str]) -> list[tuple[int, Entry]]:
        """What the keys of the text tell, each with the number of its (first) word."""
        by_word, by_pair, by_beginning = self._words.get, self._pairs.get, self._beginnings.__getitem__
        found = [(at, entry) for at, entry in enumerate(map(by_word, words)) if entry]
        found += [(at, entry) for at, entry in enumerate(map(by_pair, pairwise(words))) if entry]
        return found + [(at, entry) for at, entry in enumerate(map(by_beginning, words)) if entry]


class _Beginnings(dict[str, Entry | None]):
    """Words with what their beginnings tell, kept from text to text up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, Entry] = {}

    def __missing__(self, word: str) -> Entry | None:
        entry = self.entries.get(word[:BEGINNING])
        if len(self) < _MOST_KEPT and len(word) <= _LONGEST_KEPT:
            self[word] = entry
        return entry


@dataclass(slots=True)
class _Search:
    """What was found of one text so far; `settled` are groups that need no further place."""

    lines: list[str]
    doubts: dict[int, list[Phrase]]
    forbidden: Mapping[str, set[str]]
    places: Places = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def wants(self, group: str, number: int) -> bool:
        return group not in self.settled and number not in self.places.get(group, ())

    def place(self, group: str, told: tuple[str, ...], number: int) -> None:
        """`told` are the group and what it implies; each is placed unless an exception stands in the sentence."""
        allowed = [name for name in told if not self._is_excepted(name, number)]
        for name in allowed:
            self.places.setdefault(name, set()).add(number)
        if len(allowed) == len(told) and group.partition(".")[0] not in _COUNTED:
            self.settled.add(group)

    def _is_excepted(self, group: str, number: int) -> bool:
        doubts = self.doubts.get(number, ())
        return any(group in self.forbidden[doubt.group] and doubt.stands_in(self.lines[number]) for doubt in doubts)


def _alternatives(sequence: dialect.Sequence) -> Iterator[dialect.Sequence]:
    """The branches of a phrase that is one choice between phrases, each to be looked up by itself."""
    [first, *rest] = sequence
    if rest or not isinstance(first, dialect.Choice) or first.optional:
        yield sequence
        return
    for branch in first.branches:
        yield from _alternatives(branch)
