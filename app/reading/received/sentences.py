"""Splits a received text into sentences, each beside a folded form in which phrases are looked for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.reading.received.dating import Dated, expressions
from app.reading.received.phrases import hits, names, spots
from app.reading.received.spans import Today

_MOST = 240
_LONGEST = 700
_WRAPPED = 44  # a line at least this long was broken by the mail program, a shorter one by its writer
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u034f]")
_SINGLE, _DOUBLE, _HYPHENS = "\u2019\u2018\u02bc\u00b4`", "\u201c\u201d\u201e", "\u2013\u2014\u2212\u2011\u2010"
_STRAIGHT = str.maketrans(_SINGLE + _DOUBLE + _HYPHENS, "'" * 5 + '"' * 3 + "-" * 5)
_BREAKS = re.compile(r"\n\s*\n|\n(?=\s{0,4}(?:[-*•·▪]|\d{1,2}[.)])\s)")
_END = re.compile(r"[.!?…](?<![.!?…]{2})[.!?…]*[\"')\]]{0,2}\s+")
_GOES_ON = re.compile(
    r"(?:\b(?:approx|appr|ca|no|nr|dr|mr|mrs|ms|prof|st|vs|incl|inkl|einschl|voraussichtl|bzw|ggf|tel|std|"
    r"ext|max|min|hr|sr|sra|dpto|"
    r"jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|okt|dez|mon|tue|tues|wed|thu|thurs|thur|fri|sat|sun)|"
    r"\b[a-z]|\b[a-z]\.[a-z])\.\s+$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<![\d.])\d{1,2}\.\s+$")
_GERMAN_DATE = re.compile(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\.\s+$")
_MONTHS = r"jan|feb|m(?:är|ar|ae)|apr|ma[ijy]|jun|jul|aug|sep|o[ck]t|nov|de[zcs]|kw|woche|quartal|bis|und|oder|-"
_MONTH_AHEAD = re.compile(_MONTHS, re.IGNORECASE)
_LINK = re.compile(r"https?://\S{1,2000}|www\.\S{1,500}", re.IGNORECASE)
_NO_APOSTROPHE = re.compile(
    "nt"
    r"(?:(?<=\b(?:is|do|ca|wo)nt)|(?<=\b(?:are|was|did|has|had)nt)|(?<=\b(?:were|does|have)nt)"
    r"|(?<=\b(?:could|would)nt)|(?<=\bshouldnt))\b"
)
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([^/?#\s]{0,80})", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """`said` is the sentence as written, `folded` the same on one line in lower case without accents or links.

    No slots, so that its phrases and times are looked for once, however many ask for them.
    """

    said: str
    folded: str

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The families of the lexicons that have a phrase in it."""
        return names(self._hits)

    def spots(self, family: str) -> list[tuple[int, int]]:
        """Where in `folded` phrases of a family stand, as (start, end), in order."""
        return spots(family, self.folded, self._hits)

    def dates(self, today: Today) -> tuple[Dated, ...]:
        """Its expressions of time as they are meant on that day."""
        read = self._read_on
        if not read or read[-1][0] is not today:
            read.append((today, expressions(self.folded, today)))
        return read[-1][1]

    @cached_property
    def _hits(self) -> tuple[int, ...]:
        return hits(self.folded)

    @cached_property
    def _read_on(self) -> list[tuple[Today, tuple[Dated, ...]]]:
        return []

    @property
    def asks(self) -> bool:
        """Whether it ends with a question mark."""
        return self.said.rstrip("\"') ").endswith("?")


def sentences(text: str) -> tuple[Sentence, ...]:
    """At most 240 sentences of at most 700 characters, in order; hard-wrapped lines are joined first."""
    found: list[Sentence] = []
    for said in _split(straight(text)):
        found.append(Sentence(said, _folded(said)))
        if len(found) == _MOST:
            break
    return tuple(found)


def straight(text: str) -> str:
    """Straight quotes and hyphens, compatibility forms resolved, invisible characters gone."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_STRAIGHT)


def fold(text: str) -> str:
    """Straight lower case on one line, without accents ("ß" is "ss"); of a link only its host is left."""
    return _folded(straight(text))


def _folded(text: str) -> str:
    if "://" in text or "www." in text.lower():
        text = _LINK.sub(_host_only, text)
    if not text.isascii():
        text = "".join([char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)])
    folded = " ".join(text.casefold().split())
    return _NO_APOSTROPHE.sub("n't", folded) if "nt" in folded else folded


def _host_only(link: re.Match[str]) -> str:
    host = _HOST.match(link[0])
    return f"link {host[1]}" if host else "link"


def _split(text: str) -> Iterator[str]:
    for paragraph in _BREAKS.split(text):
        for block in _unwrapped(paragraph):
            yield from _sentences_of(block)


def _unwrapped(paragraph: str) -> Iterator[str]:
    """The lines of a paragraph, those joined again that a mail program broke."""
    joined, last = "", 0
    for line in paragraph.split("\n"):
        bare = line.strip()
        if joined and last < _WRAPPED:
            yield joined
            joined = ""
        joined = f"{joined} {bare}" if joined else bare
        last = len(line)
    if joined:
        yield joined


def _sentences_of(block: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(block):
        if not _goes_on(block, start, end):
            yield block[start : end.end()].strip()[:_LONGEST]
            start = end.end()
    if rest := block[start:].strip():
        yield rest[:_LONGEST]


def _goes_on(block: str, start: int, end: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation ("approx. 5") or a German day ("4. Dezember")."""
    if block[end.start()] != ".":
        return False
    before = block[max(start, end.start() - 12) : end.end()]
    if _GERMAN_DATE.search(before):
        return True
    if _ORDINAL.search(before):
        return _MONTH_AHEAD.match(block, end.end()) is not None
    return _GOES_ON.search(before) is not None and block[end.end() : end.end() + 1].isalnum()
