"""Tells which phrases may stand in a text; the dialect phrases are written in: docs/lexicon.md."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, count, pairwise, repeat

from app.reading.drafts import dialect
from app.reading.drafts.anchors import BEGINNING, Anchors
from app.reading.drafts.opened import Opened

_NOT = "not."
_MOST_KEPT, _LONGEST_KEPT = 20_000, 24


class Phrase:
    """One phrase of one group. `stands_in` takes a line of an opened text; what it answers is true or not.

    Without a source its keys alone tell that it is there.
    """

    __slots__ = ("_source", "group", "stands_in")

    def __init__(self, group: str, source: str = "") -> None:
        self.group = group
        self._source = source
        self.stands_in: Callable[[str], object] = self._first_look if source else bool

    def _first_look(self, line: str) -> object:
        """Compiles the pattern and looks; from then on `stands_in` is the pattern's own search."""
        self.stands_in = re.compile(self._source, re.ASCII).search
        return self.stands_in(line)


FOUND = Phrase("")
Phrases = tuple[Phrase, ...]
Candidates = dict[str, list[tuple[int, Phrase]]]
"""By group, the phrases of which a key is in the text, each with the number of the sentence."""


class PhraseBook:
    """Groups of phrases of one language, indexed so that a sentence is tried against few of them.

    `implied` names the groups that another one brings along, `common` the words of the language from the most
    frequent on. `told` has the names that a group tells of and those above them, in pairs of which the second is the
    first or below it; `exceptions` the groups that take a name back in their sentence ("not.x": x and all below it).
    """

    def __init__(
        self,
        groups: Mapping[str, Iterable[str]],
        *,
        sets: Mapping[str, str],
        common: Sequence[str],
        implied: Mapping[str, Iterable[str]],
    ) -> None:
        self._words = _Words()
        self._pairs: dict[tuple[str, str], Phrases] = {}
        anchors = Anchors({word: rank for rank, word in enumerate(common)})
        for group, line in ((group, line) for group, lines in groups.items() for line in lines):
            for sequence in _alternatives(dialect.parsed(line, sets)):
                self._add(group, sequence, anchors, line)
        exceptions = [group for group in groups if group.startswith(_NOT)]
        told = {group: (group, *implied.get(group, ())) for group in groups if group not in exceptions}
        self.exceptions = {
            name: tuple(group for group in exceptions if f"{name}.".startswith(f"{group.removeprefix(_NOT)}."))
            for name in chain(*told.values())
        }
        self.told = {
            group: tuple((above, name) for name in names for above in accumulate(name.split("."), "{}.{}".format))
            for group, names in told.items()
        }

    def _add(self, group: str, sequence: dialect.Sequence, anchors: Anchors, line: str) -> None:
        whole = frozenset() if group.startswith(_NOT) else anchors.whole(sequence)
        keys = whole or anchors.required(sequence)
        if not keys:
            raise ValueError(f"phrase of {group!r} has no word of its own: {line!r}")
        phrase = Phrase(group, "" if whole else dialect.pattern_of(sequence))
        for key in keys:
            one, _, other = key.partition(" ")
            if other:
                self._pairs[one, other] = (*self._pairs.get((one, other), ()), phrase)
            else:
                self._words.told[key] = (*self._words.told.get(key, ()), phrase)

    def candidates(self, text: Opened) -> Candidates:
        """The phrases that the keys of the text tell of."""
        numbers = [*chain.from_iterable(map(repeat, count(), map(str.count, text.lines, repeat(" "))))]
        by_word = [*map(self._words.__getitem__, text.words)]
        by_pair = [*map(self._pairs.get, pairwise(text.words))]
        found: Candidates = defaultdict(list)
        for told in (by_word, by_pair):
            for number, phrases in zip(compress(numbers, told), filter(None, told), strict=True):
                for phrase in phrases:
                    found[phrase.group].append((number, phrase))
        return found


class _Words(dict[str, Phrases]):
    """Words with the phrases of which they or their beginnings are a key, kept from text to text up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, Phrases] = {}

    def __missing__(self, word: str) -> Phrases:
        phrases = (*self.told.get(word, ()), *self.told.get(f"{word[:BEGINNING]}*", ()))
        if len(self) < _MOST_KEPT and len(word) <= _LONGEST_KEPT:
            self[word] = phrases
        return phrases


def _alternatives(sequence: dialect.Sequence) -> Iterator[dialect.Sequence]:
    """The branches of a phrase that is one choice between phrases, each to be looked up by itself."""
    [first, *rest] = sequence
    if rest or not isinstance(first, dialect.Choice) or first.optional:
        yield sequence
        return
    for branch in first.branches:
        yield from _alternatives(branch)
