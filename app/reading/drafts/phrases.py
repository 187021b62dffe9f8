"""Compiles the lexicon's phrases (dialect: docs/lexicon.md) and finds which groups of them a sentence holds."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from app.reading.drafts.anchors import Anchors, Keys, keys_of

_NOT = "not."
_TOKEN = re.compile(r"_\d*|[()|?]|[^\s()|?_]+")


class Phrase:
    """One phrase of one group. Every sentence it stands in has a key of `anchor`, of `second` and of `third`.

    `stands_in` takes a sentence, words with one space before, between and behind them; what it answers is true or not.
    """

    __slots__ = ("_source", "anchor", "group", "second", "stands_in", "third")

    def __init__(self, group: str, source: str, required: list[Keys]) -> None:
        self.group = group
        self.anchor, self.second, self.third = (required * 3)[:3]
        self._source = source
        self.stands_in: Callable[[str], object] = self._first_look

    def _first_look(self, sentence: str) -> object:
        """Compiles the pattern and looks; from then on `stands_in` is the pattern's own search."""
        self.stands_in = re.compile(self._source, re.ASCII).search
        return self.stands_in(sentence)


class PhraseBook:
    """Groups of phrases of one language, indexed so that a sentence is tried against few of them.

    A sentence with a phrase of `not.x` does not count for `x` nor for what stands below it. `implied` names the
    groups that another one brings along.
    """

    def __init__(
        self, groups: Mapping[str, Iterable[str]], anchors: Anchors, implied: Mapping[str, Iterable[str]]
    ) -> None:
        self._implied = implied
        compiled = [compile_phrase(group, line, anchors) for group, lines in groups.items() for line in lines]
        self._phrases = _by_key(phrase for phrase in compiled if not phrase.group.startswith(_NOT))
        self._exceptions = _by_key(phrase for phrase in compiled if phrase.group.startswith(_NOT))

    def groups_in(self, words: Sequence[str]) -> set[str]:
        """Names of the groups with a phrase in these words (one sentence, in order, marks included)."""
        keys = keys_of(words)
        sentence = f" {' '.join(words)} "
        found: set[str] = set()
        for phrase in _possible(self._phrases, keys):
            if phrase.group not in found and phrase.stands_in(sentence):
                found.add(phrase.group)
        for group in found & self._implied.keys():
            found.update(self._implied[group])
        return found and self._without_exceptions(found, sentence, keys)

    def _without_exceptions(self, found: set[str], sentence: str, keys: set[str]) -> set[str]:
        doubtful = {exception for group in found for exception in _exceptions_of(group)}
        for phrase in _possible(self._exceptions, keys):
            if phrase.group in doubtful and phrase.stands_in(sentence):
                doubtful.discard(phrase.group)
                found = {group for group in found if phrase.group not in _exceptions_of(group)}
        return found


def _possible(index: dict[str, list[Phrase]], keys: set[str]) -> list[Phrase]:
    """The phrases whose rarest needed words are all among the keys."""
    missing = keys.isdisjoint
    return [
        phrase
        for key in keys & index.keys()
        for phrase in index[key]
        if not (missing(phrase.second) or missing(phrase.third))
    ]


def _by_key(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    index: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for key in phrase.anchor:
            index.setdefault(key, []).append(phrase)
    return index


@cache
def _exceptions_of(group: str) -> tuple[str, ...]:
    """The groups that forbid this one: "value.link" gives "not.value" and "not.value.link"."""
    names = group.split(".")
    return tuple(_NOT + ".".join(names[:end]) for end in range(1, len(names) + 1))


def compile_phrase(group: str, line: str, anchors: Anchors) -> Phrase:
    """ValueError for a line outside the dialect, so that a slip in the lexicon is found by its first test."""
    parts = _with_optionals_grouped(_TOKEN.findall(line), line)
    required = anchors.required(parts)
    if not required:
        raise ValueError(f"phrase of {group!r} has no word of its own: {line!r}")
    return Phrase(group, " " + "".join(_piece(part, anchors.sets) for part in parts), required)


def _with_optionals_grouped(parts: list[str], line: str) -> list[str]:
    """A bare word before "?" becomes a group of its own, for the sign binds to one word or one group."""
    depth = 0
    out: list[str] = []
    for part in parts:
        depth += (part == "(") - (part == ")")
        if depth < 0 or (part == "|" and depth == 0) or (part == "?" and (not out or out[-1] in "(|?")):
            raise ValueError(f"phrase has a stray {part!r}: {line!r}")
        if part == "?" and out[-1] != ")":
            out[-1:] = ["(", out[-1], ")"]
        out.append(part)
    if depth:
        raise ValueError(f"phrase has an open group: {line!r}")
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
        choices = sets[part[1:-1]]
        return f"(?:{choices[1:]})" if choices.startswith("/") else f"(?:{choices.replace('*', '[^ ]*')})"
    return re.sub(r"[.$+^:]", r"\\\g<0>", part).replace("*", "[^ ]*")
