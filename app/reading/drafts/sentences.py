"""Splits a body into sentences of plain words, the form the phrases of every language are written for."""

import re
from dataclasses import dataclass
from functools import cache

from app.reading.drafts.fold import lower
from app.reading.lexicons import lexicon as data_file

_LONGEST = 60
_SHORT_LINE = 45


@dataclass(frozen=True, slots=True)
class Sentence:
    """`raw` is folded text with its case; `words` are in lower case, links as "urlx", at most 60."""

    raw: str
    words: tuple[str, ...]


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of `text.json`, section "sentence"."""
    flags = re.ASCII if name in ("end", "token", "signature_token", "smiley") else re.ASCII | re.IGNORECASE
    return re.compile(data_file("text")["sentence"][name], flags)


def sentences(body: str) -> list[Sentence]:
    """In order; a sentence of more than 60 words counts as several, one without words only if it asks or shouts."""
    out: list[Sentence] = []
    begun = ""
    for piece in pattern("end").sub(r"\1\n", _joined(_masked(body))).split("\n"):
        raw = f"{begun} {piece}" if begun else piece
        words = pattern("token").findall(lower(raw).replace("-", " "))
        begun = raw if _ends_short(raw, words) else ""
        if not begun:
            out.extend(_cut(raw, words))
    return out + (_cut(begun, pattern("token").findall(lower(begun).replace("-", " "))) if begun else [])


def _ends_short(raw: str, words: list[str]) -> bool:
    """True after "Dr." and the like, where no sentence ends."""
    return bool(words) and len(words) < _LONGEST and raw[-1] == "." and words[-1] in _abbreviations()


def _cut(raw: str, words: list[str]) -> list[Sentence]:
    if not words:
        return [Sentence(raw, ())] if "?" in raw or "!" in raw else []
    return [Sentence(raw, tuple(words[at : at + _LONGEST])) for at in range(0, len(words), _LONGEST)]


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(data_file("text")["sentence"]["abbreviations"].split())


def _masked(body: str) -> str:
    """Links, addresses, code and smileys as one word each."""
    if "`" in body:
        body = pattern("code").sub("codex", body)
    if "@" in body:
        body = pattern("mail").sub("mailx", body)
    if ":" in body or ";" in body:
        body = pattern("smiley").sub(" smiley ", body)
    return pattern("url").sub("urlx", body) if pattern("url_hint").search(body) else body


def _joined(body: str) -> str:
    """A line break stays only where a sentence may end: short line, end mark, empty line or bullet."""
    out: list[str] = []
    previous = ""
    for line in body.split("\n"):
        if out:
            ends = len(previous) < _SHORT_LINE or previous[-1] in ".!?:;" or not line or pattern("bullet").search(line)
            out.append("\n" if ends else " ")
        out.append(line)
        previous = line
    return "".join(out)
