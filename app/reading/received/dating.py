"""Finds expressions of time in a folded sentence and says which days they mean."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from app.reading.lexicons import lexicon
from app.reading.received import calendar_spans, feast_spans  # noqa: F401  (they register their meanings)
from app.reading.received.phrases import LEXICONS, PatternSet
from app.reading.received.spans import MEANINGS, Span, Today

_NAMED = re.compile(r"\(\?P<([a-z0-9]+)>")
_BEGIN_WHEN_DUE = frozenset({"month name", "season", "christmas", "thanksgiving", "easter", "holidays"})
_ARTICLE = re.compile(r" (?:next|this|the|dem|den|der|el|la)$")
_APART = re.compile(r"[\s(,;:]")
_MOST = 12
_BOUND_REACH = 32


@dataclass(frozen=True, slots=True)
class Dated:
    """An expression of time at `start`:`end` of a sentence. `bound` is by, before, after, until, from, past or ""."""

    start: int
    end: int
    span: Span
    bound: str
    meaning: str

    def interval(self, today: date) -> tuple[date, date] | None:
        """The days within which something is to happen; None for what lies in the past."""
        first, last = self.span.first, self.span.last
        if self.bound in ("by", "until"):
            whole = self.meaning in _BEGIN_WHEN_DUE
            return today, max(today, first if whole else last)
        if self.bound == "before" and self._is_an_end():
            return today, max(today, last)
        if self.bound == "before":
            eve = self.meaning == "christmas" and first > today
            return today, max(today, (first if not self.span.counted else last) - timedelta(days=0 if eve else 1))
        if self.bound == "after" and not self.span.counted:
            return _after(last, 15 if self.meaning == "holidays" else 0)
        return None if self.bound == "past" else (first, last)

    def _is_an_end(self) -> bool:
        """ "Before the end of the month" means its last day, not the one before."""
        return self.meaning.startswith("end of") or (
            self.meaning.startswith("part of") and self.span.first == self.span.last
        )


def _after(last: date, at_least: int) -> tuple[date, date]:
    """The rest of the working week that follows, at least three days of it."""
    first = last + timedelta(days=1)
    first += timedelta(days={5: 2, 6: 1}.get(first.weekday(), 0))
    rest = 4 - first.weekday()
    return first, first + timedelta(days=max(rest if rest >= 2 else rest + 7, at_least - 4))


def expressions(folded: str, today: Today) -> tuple[Dated, ...]:
    """At most twelve expressions in order of place; of overlapping ones the longest stands."""
    taken: list[Dated] = []
    closed: list[tuple[int, int]] = []
    for template, found in sorted(_templates().found(folded), key=lambda hit: hit[1].start() - hit[1].end()):
        start, end = found.span()
        if any(start < other_end and other_start < end for other_start, other_end in closed):
            continue
        dated = template.read(folded, found, today)
        if dated is not None:
            taken.append(dated)
        if dated is not None or template.names_a_day(found):
            closed.append((start, end))
        if len(taken) == _MOST:
            break
    return tuple(sorted(taken, key=lambda dated: dated.start))


class _Leads:
    """The words that lead an expression: "by" and its like bound it, "in" and its like only place it."""

    def __init__(self) -> None:
        contents = [lexicon(f"{code}.inbound") for code in LEXICONS]
        self._kinds: dict[str, str] = {word: "" for content in contents for word in content["placing"]}
        for content in contents:
            self._kinds |= {word: kind for kind, words in content["bounds"].items() for word in words}

    def bound(self, before: str) -> str | None:
        """The kind of bound that ends the text before an expression; "" for a mere "in" or "on", None for nothing."""
        before = before.removesuffix(" ")
        bare = _ARTICLE.sub("", before)
        for start in (0, *(apart.end() for apart in _APART.finditer(before))):
            for led in (before, bare):
                if (kind := self._kinds.get(led[start:])) is not None:
                    return kind
        return None


class _Language:
    """The words of one lexicon, as the named groups of its templates."""

    def __init__(self, code: str) -> None:
        content = lexicon(f"{code}.inbound")
        self.tables: dict[str, dict[str, Any]] = content["words"]
        self.needs_bound = frozenset(content["needs_bound"])

    def groups(self) -> dict[str, str]:
        words = {name: _any_of(table) for name, table in self.tables.items()}
        weekday, month, unit = words["weekdays"], words["months"], words["units"]
        counts = rf"\d{{1,3}}|{words['numbers']}"
        return {
            "n": rf"(?P<n>{counts})(?: \(\d{{1,3}}\))?",
            "n2": rf"(?P<n2>{counts})",
            "unit": rf"(?P<unit>{unit})",
            "unit2": rf"(?P<unit2>{unit})",
            "part": rf"(?P<part>{words['parts']})",
            "ordinal": rf"(?P<ordinal>{words['ordinals']})",
            "weekday": rf"(?P<weekday>{weekday})\.?",
            "weekday2": rf"(?P<weekday2>{weekday})\.?",
            "month": rf"(?P<month>{month})",
            "month2": rf"(?P<month2>{month})",
            "season": rf"(?P<season>{words['seasons']})",
            "day": r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?",
            "day2": r"(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?",
            "dayth": r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)",
            "dayth2": r"(?P<day2>[0-3]?\d)(?:st|nd|rd|th)",
            "year": r"(?:,? (?P<year>20\d\d))?",
            "yy": r"(?P<yy>20\d\d|\d\d)",
            "p1": r"(?P<p1>[0-3]?\d)",
            "p2": r"(?P<p2>[0-3]?\d)",
            "p3": r"(?P<p3>[0-3]?\d)",
            "p4": r"(?P<p4>[0-3]?\d)",
            "q": r"(?P<q>[1-4])",
            "week": r"(?P<week>[0-5]?\d)",
        }


_TABLE_OF = {
    "n": "numbers",
    "n2": "numbers",
    "unit": "units",
    "unit2": "units",
    "part": "parts",
    "ordinal": "ordinals",
    "weekday": "weekdays",
    "weekday2": "weekdays",
    "month": "months",
    "month2": "months",
    "season": "seasons",
    "which": "which",
    "which2": "which",
}
_DAY_NAMES = ("day", "day2", "p1", "p2", "p3", "p4", "yy", "year", "year2", "q", "week")
_NEED_A_BOUND = frozenset({"month name", "season", "christmas", "thanksgiving", "easter", "holidays"})
_BARE_NUMBERS = frozenset({"numeric", "numeric day first"})


@dataclass(frozen=True, slots=True)
class _Template:
    language: _Language
    source: str
    pattern: re.Pattern[str]
    meaning: str

    def read(self, folded: str, found: re.Match[str], today: Today) -> Dated | None:
        bound = _leads().bound(folded[max(0, found.start() - _BOUND_REACH) : found.start()])
        if bound is None and self._is_doubtful(found):
            return None
        words = {name: self._value(name, text) for name, text in _named_parts(found)}
        try:
            span = MEANINGS[self.meaning](words, today)
        except (ValueError, OverflowError):
            return None
        return Dated(found.start(), found.end(), span, bound or "", self.meaning) if span else None

    def names_a_day(self, found: re.Match[str]) -> bool:
        """A day of a month that is named: where it has passed, its month alone is not meant either."""
        return self.meaning == "day of month" and any(name.startswith("month") for name, _ in _named_parts(found))

    def _is_doubtful(self, found: re.Match[str]) -> bool:
        """A word that is often no date ("may", "sat", "a day") counts only behind "by", "in" and the like."""
        names = {name for name, _ in _named_parts(found)}
        led = not names.isdisjoint({"part", "which", "year"})
        if self.meaning in _BARE_NUMBERS:
            return names.isdisjoint({"weekday", "yy"})
        if found[0].rstrip(".") in self.language.needs_bound:
            return True
        return self.meaning in _NEED_A_BOUND and not led and " " not in found[0]

    def _value(self, name: str, text: str) -> int | str:
        if text.isdigit() and name in (*_DAY_NAMES, "n", "n2"):
            return int(text)
        table = self.language.tables.get(_TABLE_OF.get(name, ""), {})
        value: int | str = table.get(text, text)
        return value


def _named_parts(found: re.Match[str]) -> list[tuple[str, str]]:
    return [(name.partition("_")[0], text) for name, text in found.groupdict().items() if text]


class _Templates:
    def __init__(self) -> None:
        self._templates = [template for code in LEXICONS for template in _templates_of(code)]
        self._set = PatternSet([template.source for template in self._templates])

    def found(self, folded: str) -> Iterator[tuple[_Template, re.Match[str]]]:
        for number in self._set.hits(folded):
            template = self._templates[number]
            for found in template.pattern.finditer(folded):
                yield template, found


def _templates_of(code: str) -> Iterator[_Template]:
    language = _Language(code)
    groups = language.groups()
    for written, meaning in lexicon(f"{code}.inbound")["dates"]:
        filled = _renamed(re.sub(r"\{([a-z0-9]+)\}", lambda name: groups[name[1]], written))
        unnamed = _NAMED.sub("(?:", filled)
        yield _Template(language, rf"\b(?:{unnamed})\b", re.compile(rf"(?<![\w/.])(?:{filled})(?![\w])"), meaning)


def _renamed(pattern: str) -> str:
    """A name may stand once in a pattern: the second "part" becomes "part_2"."""
    seen: Counter[str] = Counter()

    def numbered(name: re.Match[str]) -> str:
        seen[name[1]] += 1
        return f"(?P<{name[1]}_{seen[name[1]]}>"

    return _NAMED.sub(numbered, pattern)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=len, reverse=True))


@cache
def _leads() -> _Leads:
    return _Leads()


@cache
def _templates() -> _Templates:
    return _Templates()
