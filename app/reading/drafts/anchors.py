"""Which words a phrase cannot do without: they decide cheaply that a sentence need not be tried against it.

A key is a whole word, four letters and "*" for words that begin so, or "#" for anything that begins like a number
(as all patterned sets do). Only speed hangs on the choice of keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Keys = frozenset[str]

_BEGINNING = 4
_NUMBER = "#"
_DIGITS = frozenset("0123456789$#")
_COMMON_COST = 50
_COSTS = {"^": 200, "$": 200, _NUMBER: 40}


def keys_of(words: Iterable[str]) -> set[str]:
    """The keys a sentence with these words has."""
    keys = set(words)
    keys.update([word[:_BEGINNING] + "*" if word[0] not in _DIGITS else _NUMBER for word in keys if word != "$"])
    return keys


@dataclass(frozen=True, slots=True)
class Anchors:
    """Finds the keys of phrases; `sets` are those of the lexicon, `common` words that stand nearly everywhere."""

    sets: Mapping[str, str]
    common: frozenset[str]

    def required(self, parts: list[str]) -> list[Keys]:
        """The key sets every match has a member of, the rarest first; `parts` is a phrase in pieces."""
        return sorted((keys for keys in self._elements(parts) if keys), key=self._cost)

    def _cost(self, keys: Keys) -> int:
        return sum(_COSTS.get(key, _COMMON_COST if key in self.common else 1) for key in keys)

    def _elements(self, parts: list[str]) -> list[Keys]:
        """One key set for each piece at the top level that is not optional; empty where nothing fixed is known."""
        found: list[Keys] = []
        at = 0
        while at < len(parts):
            end = _closing(parts, at) if parts[at] == "(" else at
            optional = end + 1 < len(parts) and parts[end + 1] == "?"
            if not optional and not parts[at].startswith("_"):
                found.append(self._of_group(parts[at + 1 : end]) if end > at else self._of_word(parts[at]))
            at = end + 1 + optional
        return found

    def _of_group(self, inside: list[str]) -> Keys:
        """One key set for all alternatives: the rarest of each; empty if one of them has none."""
        chosen = [self.required(alternative)[:1] for alternative in _alternatives(inside)]
        return frozenset().union(*(keys[0] for keys in chosen)) if all(chosen) else frozenset()

    def _of_word(self, part: str) -> Keys:
        choices = self.sets[part[1:-1]] if part.startswith("<") else part
        keys = frozenset({_NUMBER} if choices.startswith("/") else map(_key, choices.split("|")))
        return frozenset() if "" in keys else keys


def _alternatives(inside: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    depth = 0
    for part in inside:
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            found.append([])
        else:
            found[-1].append(part)
    return found


def _key(word: str) -> str:
    fixed, star, _ = word.partition("*")
    if not star:
        return word
    return fixed[:_BEGINNING] + "*" if len(fixed) >= _BEGINNING else ""


def _closing(parts: list[str], at: int) -> int:
    depth = 0
    for index in range(at, len(parts)):
        depth += (parts[index] == "(") - (parts[index] == ")")
        if depth == 0:
            return index
    return len(parts) - 1
