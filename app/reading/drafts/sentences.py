"""Splits a body into chunks, the pieces between spaces that words and the ends of sentences are found in."""

import re
from collections.abc import Iterator
from functools import cache

from app.reading.drafts.fold import lower
from app.reading.lexicons import lexicon as data_file

BREAK = "|"
"""The chunk that stands where a line ends and a sentence with it."""

SHOUT = "^shout"
"""The chunk before a sentence that is in capitals."""

_SHORT_LINE = 45
_LEAST_SHOUTED = 3
_LEAST_SHARE = 0.3
_LEAST_LOUD = 4
_CAPITALS = bytes(sign if sign in range(ord("A"), ord("Z") + 1) else ord(" ") for sign in range(256))
"""Turns all of a text in UTF-8 but its capitals into spaces."""


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of `text.json`, section "sentence"."""
    flags = re.ASCII | re.IGNORECASE if name in ("url", "mail", "code") else re.ASCII
    return re.compile(data_file("text")["sentence"][name], flags)


def chunks(body: str) -> list[str]:
    """In order and in lower case; links, addresses, code and smileys are a word each. `body` is folded."""
    text = _joined(_masked(body))
    loud = [run for run in text.encode().translate(_CAPITALS).split() if len(run) >= _LEAST_LOUD]
    return [*_with_shouts(text.split())] if len(loud) >= _LEAST_SHOUTED else lower(text).split()


def ends_sentence(chunk: str) -> bool:
    """True behind an end mark, unless it belongs to "Dr." and the like."""
    return bool(pattern("end").search(chunk)) and chunk[:-1].lstrip("\"'(") not in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(data_file("text")["sentence"]["abbreviations"].split())


def _masked(body: str) -> str:
    if "`" in body:
        body = pattern("code").sub("codex", body)
    if "@" in body:
        body = pattern("mail").sub("mailx", body)
    if ":" in body or ";" in body:
        body = pattern("smiley").sub(" smiley ", body)
    small = lower(body)
    dots_at_ends = small.count(". ") + small.count(".\n") + small.endswith(".")
    may_link = "://" in small or small.count(".") > dots_at_ends
    hints = [hint for hint in _url_hints() if hint in small] if may_link else []
    return "\n".join([_without_links(line, hints) for line in body.split("\n")]) if hints else body


def _without_links(line: str, hints: list[str]) -> str:
    small = lower(line)
    return pattern("url").sub("urlx", line) if any(hint in small for hint in hints) else line


@cache
def _url_hints() -> tuple[str, ...]:
    return tuple(data_file("text")["sentence"]["url_hints"].split())


def _joined(body: str) -> str:
    """A line break becomes BREAK where a sentence may end: short line, end mark, empty line or bullet."""
    out: list[str] = []
    previous = ""
    for line in body.split("\n"):
        if out:
            ends = len(previous) < _SHORT_LINE or previous[-1] in ".!?:;" or not line or pattern("bullet").search(line)
            out.append(f" {BREAK} " if ends else " ")
        out.append(line)
        previous = line
    return "".join(out)


def _with_shouts(raw: list[str]) -> Iterator[str]:
    """The chunks in lower case, SHOUT before each sentence in capitals."""
    begin = 0
    small = [lower(chunk) for chunk in raw]
    for at, chunk in enumerate(small):
        if at == len(small) - 1 or chunk == BREAK or ends_sentence(chunk):
            if _shouts(" ".join(raw[begin : at + 1])):
                yield SHOUT
            yield from small[begin : at + 1]
            begin = at + 1


def _shouts(sentence: str) -> bool:
    """Three words or more in capitals that are no acronyms, and a good part of the sentence."""
    words = re.findall(r"[A-Za-z]+", sentence)
    loud = [word for word in words if len(word) >= _LEAST_LOUD and word.isupper() and word not in _acronyms()]
    return len(loud) >= _LEAST_SHOUTED and len(loud) >= _LEAST_SHARE * len(words)


@cache
def _acronyms() -> frozenset[str]:
    return frozenset(data_file("text")["acronyms"])
