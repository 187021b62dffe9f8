"""Which families of phrases a sentence holds: every pattern of every language in one pass of linear time."""

import re
from collections.abc import Iterator
from functools import cache

import re2

from app.reading.lexicons import lexicon

LEXICONS = ("en", "de", "es", "other")
"""Lexicons of phrases and of times; "other" has the few phrases and dates of seven more languages."""
_LOOKS_AHEAD = re.compile(r"\(\?[!=]")
_LONG_GAP = re.compile(r"\.\{\d+,\d+\}")
_SET = re.compile(r"\{([a-z_]{2,})\}")
_COUNTED_WORDS = re.compile(r"\)\{0,\d+\}")


def families(folded: str) -> frozenset[str]:
    """The families of the lexicons with a phrase in this folded sentence (see `inbound_sentences.fold`)."""
    return _all_families().named(folded)


def spots(family: str, folded: str) -> list[tuple[int, int]]:
    """Where phrases of a family stand, as (start, end), in order."""
    return sorted(spot.span() for pattern in _of_family(family) for spot in pattern.finditer(folded))


def loosened(pattern: str) -> str:
    """A pattern that finds at least the same, and that RE2 decides with few states: no look-ahead, no counted gaps."""
    pattern = _LONG_GAP.sub(".*", _without_lookahead(pattern))
    return _COUNTED_WORDS.sub(")*", pattern)


def _without_lookahead(pattern: str) -> str:
    while (found := _LOOKS_AHEAD.search(pattern)) is not None:
        depth, end = 0, (start := found.start())
        while True:
            depth += (pattern[end] == "(") - (pattern[end] == ")") if pattern[end - 1] != "\\" else 0
            end += 1
            if depth == 0:
                break
        pattern = pattern[:start] + pattern[end:]
    return pattern


class PatternSet:
    """Many patterns, one pass: RE2 sifts them by the literals they need, and what was loosened is looked at closely.

    Measured on 145 mails never seen before: 0.5 ms a mail, against 3.7 ms with one automaton of the exact patterns.
    """

    def __init__(self, patterns: list[str]) -> None:
        options = re2.Options()
        options.log_errors = False
        self._sieve = re2.Filter()
        self._exact: dict[int, re.Pattern[str]] = {}
        for number, pattern in enumerate(patterns):
            loose = loosened(pattern)
            self._sieve.Add(loose, options)
            if loose != pattern:
                self._exact[number] = re.compile(pattern)
        self._sieve.Compile()

    def hits(self, text: str) -> Iterator[int]:
        """The numbers of the patterns that are found somewhere in the text."""
        for number in self._sieve.Match(text) or ():
            exact = self._exact.get(number)
            if exact is None or exact.search(text):
                yield number


class _Families:
    def __init__(self) -> None:
        listed = [
            (family, pattern)
            for language in LEXICONS
            for family in lexicon(f"{language}.inbound")["phrases"]
            for pattern in _patterns(language, family)
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
    return tuple(re.compile(pattern) for language in LEXICONS for pattern in _patterns(language, family))


def _patterns(language: str, family: str) -> Iterator[str]:
    """The patterns of a family, `{name}` replaced by the language's set of that name."""
    content = lexicon(f"{language}.inbound")
    sets: dict[str, str] = content.get("sets", {})
    for pattern in content["phrases"].get(family, ()):
        while (opened := _SET.sub(lambda name: sets.get(name[1], name[0]), pattern)) != pattern:
            pattern = opened
        yield pattern
