"""Compiles the lexicon's phrases (dialect: docs/lexicon.md) and finds which groups of them a sentence holds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"_\d*|[()|?]|[^\s()|?_]+")
_KEY = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of one group. `keys` are word beginnings one of which every match holds; empty means unknown."""

    group: str
    pattern: re.Pattern[str]
    keys: frozenset[str]


class PhraseBook:
    """Groups of phrases of one language, indexed by the beginnings of their rarest words."""

    def __init__(self, groups: Mapping[str, Iterable[str]], sets: Mapping[str, str]) -> None:
        self._by_key: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self._always: list[tuple[str, re.Pattern[str]]] = []
        for group, lines in groups.items():
            for line in lines:
                self._add(compile_phrase(group, line, sets))

    def _add(self, phrase: Phrase) -> None:
        entry = (phrase.group, phrase.pattern)
        if not phrase.keys:
            self._always.append(entry)
        for key in phrase.keys:
            self._by_key.setdefault(key, []).append(entry)

    def groups_in(self, words: list[str]) -> set[str]:
        """Names of the groups with a phrase in these words (one sentence, in order, marks included)."""
        found: set[str] = set()
        sentence = " " + " ".join(words) + " "
        by_key = self._by_key
        for group, pattern in self._always:
            if group not in found and pattern.search(sentence):
                found.add(group)
        for key in {word[:_KEY] for word in words}:
            for group, pattern in by_key.get(key, ()):
                if group not in found and pattern.search(sentence):
                    found.add(group)
        return found


def compile_phrase(group: str, line: str, sets: Mapping[str, str]) -> Phrase:
    """ValueError for a line outside the dialect, so that a slip in the lexicon is found by its first test."""
    parts = _TOKEN.findall(line)
    source = "".join(_piece(part, sets) for part in _with_optionals_grouped(parts, line))
    try:
        pattern = re.compile(" " + source, re.ASCII)
    except re.error as error:
        raise ValueError(f"phrase of {group!r} cannot be read: {line!r}") from error
    return Phrase(group, pattern, _keys(parts, sets))


def _with_optionals_grouped(parts: list[str], line: str) -> list[str]:
    """A bare word before "?" becomes a group of its own, for the sign binds to one word or one group."""
    depth = 0
    out: list[str] = []
    for part in parts:
        depth += (part == "(") - (part == ")")
        if depth < 0 or (part == "|" and depth == 0):
            raise ValueError(f"phrase has a stray {part!r}: {line!r}")
        if part == "?" and out and out[-1] != ")":
            out[-1:] = ["(", out[-1], ")"]
        out.append(part)
    return out


def _piece(part: str, sets: Mapping[str, str]) -> str:
    if part == "(":
        return "(?:"
    if part in ")|?":
        return part
    if part.startswith("_"):
        return f"(?:[^ ]+ ){{0,{part[1:]}}}" if part[1:] else "[^ ]+ "
    return _word(part, sets) + " "


def _word(part: str, sets: Mapping[str, str]) -> str:
    if part.startswith("<"):
        return f"(?:{sets[part[1:-1]]})"
    return re.sub(r"[.$+^)(:]", r"\\\g<0>", part).replace("*", "[^ ]*")


def _keys(parts: list[str], sets: Mapping[str, str]) -> frozenset[str]:
    """The beginnings of the required word, or flat group of words, whose shortest member is longest."""
    best: list[str] = []
    for words in _required(parts):
        literals = _literals(words, sets)
        if literals and (not best or min(map(len, literals)) > min(map(len, best))):
            best = literals
    return frozenset(literal[:_KEY] for literal in best)


def _required(parts: list[str]) -> list[list[str]]:
    """Words at the top level that no "?" makes optional; a flat group counts as its alternatives."""
    found: list[list[str]] = []
    at = 0
    while at < len(parts):
        end = _closing(parts, at) if parts[at] == "(" else at
        optional = end + 1 < len(parts) and parts[end + 1] == "?"
        inside = parts[at + 1 : end] if end > at else [parts[at]]
        if not optional and _is_flat(inside):
            found.append(inside[::2])
        at = end + 1 + optional
    return found


def _closing(parts: list[str], at: int) -> int:
    depth = 0
    for index in range(at, len(parts)):
        depth += (parts[index] == "(") - (parts[index] == ")")
        if depth == 0:
            return index
    raise ValueError(f"phrase has an open group: {' '.join(parts)}")


def _is_flat(inside: list[str]) -> bool:
    words, bars = inside[::2], inside[1::2]
    return all(bar == "|" for bar in bars) and all(word not in "()|?" and word[0] != "_" for word in words)


def _literals(words: list[str], sets: Mapping[str, str]) -> list[str]:
    """The fixed beginnings of these words, or none when one of them has no usable beginning."""
    literals: list[str] = []
    for word in words:
        choices = sets[word[1:-1]].split("|") if word.startswith("<") else [word]
        for choice in choices:
            fixed = choice.split("*")[0]
            if not re.fullmatch(r"[a-z0-9$:^)>(]+", fixed) or (fixed != choice and len(fixed) < _KEY):
                return []
            literals.append(fixed)
    return literals
