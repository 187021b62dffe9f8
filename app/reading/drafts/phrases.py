"""Compiles the lexicon's phrases (dialect: docs/lexicon.md) and finds which groups of them a sentence holds."""

import re
from collections.abc import Iterable, Mapping, Sequence

from app.reading.drafts.anchors import Anchors, Keys, keys_of

_TOKEN = re.compile(r"_\d*|[()|?]|[^\s()|?_]+")


class Phrase:
    """One phrase of one group. Every sentence it stands in has a key of `anchor` and one of each of `others`."""

    __slots__ = ("_pattern", "_source", "anchor", "group", "others")

    def __init__(self, group: str, source: str, required: list[Keys]) -> None:
        self.group = group
        self.anchor, *self.others = required
        self._source = source
        self._pattern: re.Pattern[str] | None = None

    def stands_in(self, sentence: str) -> bool:
        """`sentence`: words with one space before, between and behind them. Compiled when first asked."""
        if self._pattern is None:
            self._pattern = re.compile(self._source, re.ASCII)
        return self._pattern.search(sentence) is not None


class PhraseBook:
    """Groups of phrases of one language, indexed so that a sentence is tried against few of them."""

    def __init__(self, groups: Mapping[str, Iterable[str]], anchors: Anchors) -> None:
        self._by_key: dict[str, list[Phrase]] = {}
        for group, lines in groups.items():
            for line in lines:
                phrase = compile_phrase(group, line, anchors)
                for key in phrase.anchor:
                    self._by_key.setdefault(key, []).append(phrase)

    def groups_in(self, words: Sequence[str]) -> set[str]:
        """Names of the groups with a phrase in these words (one sentence, in order, marks included)."""
        found: set[str] = set()
        keys = keys_of(words)
        missing = keys.isdisjoint
        sentence = f" {' '.join(words)} "
        for key in keys & self._by_key.keys():
            for phrase in self._by_key[key]:
                if phrase.group in found:
                    continue
                for other in phrase.others:
                    if missing(other):
                        break
                else:
                    if phrase.stands_in(sentence):
                        found.add(phrase.group)
        return found


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
