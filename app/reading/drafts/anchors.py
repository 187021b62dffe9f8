"""Which words a phrase cannot do without: they decide cheaply that a sentence need not be tried against it.

A key is a word, "chec*" for all words that begin so, "a b" for two neighbours, and "#" stands for anything that begins
like a number. Only speed hangs on the choice of keys, save for `whole`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.reading.drafts.dialect import BEGIN, END, Choice, Gap, Sequence, Word

Keys = frozenset[str]

NUMBER = "#"
BEGINNING = 4
"""Letters of a word that its key "chec*" keeps."""

_MOST_KEYS = 250
_NEIGHBOURS = 2
_ALL, _RANKS_OFF, _RARE = 1500.0, 12, 2.0
_COSTS = {BEGIN: 120.0, END: 120.0, NUMBER: 30.0}
_BEGINNING_COST = 6.0
_PAIR_COST = 0.002
_ROOM_COST = 0.02


@dataclass(frozen=True, slots=True)
class Anchors:
    """Finds the keys of phrases; `ranks` are the common words with their places, the most frequent being 0."""

    ranks: Mapping[str, int]

    def whole(self, sequence: Sequence) -> Keys:
        """Keys that alone tell that the phrase is there: it is of one or two fixed words. Empty for any other."""
        written = _spelled(sequence)
        return frozenset(" ".join(words) for words in written) if written else frozenset()

    def required(self, sequence: Sequence) -> Keys:
        """Keys of which every match has one, those that cost least; empty where nothing is fixed."""
        found = [*self._single(sequence), *_pairs(sequence)]
        return min((keys for keys in found if 0 < len(keys) <= _MOST_KEYS), key=self._cost, default=frozenset())

    def _single(self, sequence: Sequence) -> Iterable[Keys]:
        for piece in sequence:
            if isinstance(piece, Word):
                yield _keys(piece)
            elif isinstance(piece, Choice) and not piece.optional:
                chosen = [self.required(branch) for branch in piece.branches]
                yield frozenset().union(*chosen) if all(chosen) else frozenset()

    def _cost(self, keys: Keys) -> tuple[float, list[str]]:
        return sum(map(self._cost_of, keys)), sorted(keys)

    def _cost_of(self, key: str) -> float:
        one, _, other = key.partition(" ")
        if other:
            return _ROOM_COST + _PAIR_COST * self._cost_of(one) * self._cost_of(other)
        if key.endswith("*"):
            return _BEGINNING_COST
        return _COSTS.get(key) or (_ALL / (_RANKS_OFF + self.ranks[key]) if key in self.ranks else _RARE)


def _keys(word: Word) -> Keys:
    """Empty if a beginning is too short to be looked up by."""
    if word.choices.startswith("/"):
        return frozenset({NUMBER})
    keys = frozenset(map(_key, word.choices.split("|")))
    return frozenset() if "" in keys else keys


def _key(word: str) -> str:
    fixed, star, _ = word.partition("*")
    if star:
        return fixed[:BEGINNING] + "*" if len(fixed) >= BEGINNING else ""
    return word if word > ":" else NUMBER


def _pairs(sequence: Sequence) -> Iterable[Keys]:
    """For each piece that must be there, what its last word and the word behind it may be."""
    for at, piece in enumerate(sequence[:-1]):
        if isinstance(piece, Gap) or (isinstance(piece, Choice) and piece.optional):
            continue
        left, right = _edge((piece,), last=True), _edge(sequence[at + 1 :], last=False)
        if 0 < len(left) * len(right) <= _MOST_KEYS:
            yield frozenset(f"{one} {other}" for one in left for other in right)


def _edge(sequence: Sequence, *, last: bool) -> Keys:
    """All whole words a match may begin with, or end with; empty where that cannot be said."""
    found: set[str] = set()
    for piece in reversed(sequence) if last else sequence:
        if isinstance(piece, Gap):
            return frozenset()
        inside = [_keys(piece)] if isinstance(piece, Word) else [_edge(branch, last=last) for branch in piece.branches]
        if not all(inside) or any(key.endswith("*") for keys in inside for key in keys):
            return frozenset()
        found.update(*inside)
        if isinstance(piece, Word) or not piece.optional:
            return frozenset(found)
    return frozenset()


def _spelled(sequence: Sequence) -> list[tuple[str, ...]]:
    """Every way to write the phrase, or nothing if one has more than two words or a word that is not fixed."""
    ways: list[tuple[str, ...]] = [()]
    for piece in sequence:
        more = _spelled_piece(piece)
        ways = [(*way, *rest) for way in ways for rest in more]
        if not ways or len(ways) > _MOST_KEYS or max(map(len, ways)) > _NEIGHBOURS:
            return []
    return ways


def _spelled_piece(piece: Word | Gap | Choice) -> list[tuple[str, ...]]:
    if isinstance(piece, Gap):
        return []
    if isinstance(piece, Word):
        fixed = not piece.choices.startswith("/") and "*" not in piece.choices
        words = piece.choices.split("|") if fixed else []
        return [(word,) for word in words] if all(word > ":" for word in words) else []
    branches = [_spelled(branch) for branch in piece.branches]
    absent: list[tuple[str, ...]] = [()] if piece.optional else []
    return [way for ways in branches for way in ways] + absent if all(branches) else []
