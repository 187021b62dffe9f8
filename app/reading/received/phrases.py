"""Which families of phrases a sentence holds: every pattern of every language in one pass of linear time."""

import re
from collections.abc import Iterator
from functools import cache

import re2

from app.reading.lexicons import lexicon

LANGUAGES = ("en", "de", "es")
_MEMORY = 96 * 1024 * 1024
_LOOKS_AHEAD = "(?!"


def families(folded: str) -> frozenset[str]:
    """The families of the lexicons with a phrase in this folded sentence (see `inbound_sentences.fold`)."""
    return _all_families().named(folded)


def spots(family: str, folded: str) -> list[tuple[int, int]]:
    """Where phrases of a family stand, as (start, end), in order."""
    return sorted(spot.span() for pattern in _of_family(family) for spot in pattern.finditer(folded))


def without_lookahead(pattern: str) -> str:
    """The pattern with its negative look-aheads cut out: it finds at least what the pattern finds, and RE2 knows it."""
    while (start := pattern.find(_LOOKS_AHEAD)) >= 0:
        depth, end = 0, start
        while True:
            depth += (pattern[end] == "(") - (pattern[end] == ")") if pattern[end - 1] != "\\" else 0
            end += 1
            if depth == 0:
                break
        pattern = pattern[:start] + pattern[end:]
    return pattern


class PatternSet:
    """Many patterns, one pass. A pattern with a look-ahead is confirmed by the slower engine after its hit."""

    def __init__(self, patterns: list[str]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        self._confirm: dict[int, re.Pattern[str]] = {}
        for number, pattern in enumerate(patterns):
            self._set.Add(without_lookahead(pattern))
            if _LOOKS_AHEAD in pattern:
                self._confirm[number] = re.compile(pattern)
        self._set.Compile()

    def hits(self, text: str) -> Iterator[int]:
        """The numbers of the patterns that are found somewhere in the text."""
        for number in self._set.Match(text) or ():
            confirm = self._confirm.get(number)
            if confirm is None or confirm.search(text):
                yield number


class _Families:
    def __init__(self) -> None:
        listed = [
            (family, pattern)
            for language in LANGUAGES
            for family, patterns in lexicon(f"{language}.inbound")["phrases"].items()
            for pattern in patterns
        ]
        self._names = [family for family, _ in listed]
        self._set = PatternSet([pattern for _, pattern in listed])

    def named(self, folded: str) -> frozenset[str]:
        return frozenset(self._names[number] for number in self._set.hits(folded))


@cache
def _all_families() -> _Families:
    return _Families()


@cache
def _of_family(family: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern)
        for language in LANGUAGES
        for pattern in lexicon(f"{language}.inbound")["phrases"].get(family, ())
    )
