"""Tells the language of a text from its script or its commonest words; the same way as the extension does."""

import re
import string
from functools import cache

from app.reading.lexicons import lexicon as data_file

_LOOKED_AT = 100
_LEAST_HITS = 2
_AROUND = ".,;:!?\"'()"
_NO_LETTERS = bytes(set(range(128)) - set(string.ascii_letters.encode()))


def language_of(text: str, chunks: list[str]) -> str | None:
    """ISO 639-1 code, None when unsure. `text` is folded, `chunks` are those of it."""
    if not text.isascii() and (script := _script_of(text)):
        return script
    by_word = languages_by_word()
    counts: dict[str, int] = {}
    for chunk in chunks[:_LOOKED_AT]:
        for code in by_word.get(chunk.strip(_AROUND), ()):
            counts[code] = counts.get(code, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < _LEAST_HITS:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] > ranked[1][1] else None


def _script_of(text: str) -> str | None:
    """The language of the script most letters are in, if that is not Latin."""
    plain = text.encode("ascii", "ignore")
    latin = len(plain.translate(None, delete=_NO_LETTERS))
    if len(text) - len(plain) <= latin:
        return None
    counts = {code: len(letters.findall(text)) for code, letters in _scripts().items()}
    if counts["ja"]:
        counts["ja"] += counts["zh"]
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] > latin else None


@cache
def _scripts() -> dict[str, re.Pattern[str]]:
    return {code: re.compile(f"[{letters}]") for code, letters in data_file("text")["scripts"].items()}


@cache
def languages_by_word() -> dict[str, tuple[str, ...]]:
    """The commonest words of all languages, each with the codes of those it is common in."""
    words: dict[str, tuple[str, ...]] = {}
    for code, common in data_file("text")["languages"].items():
        for word in common.split():
            words[word] = (*words.get(word, ()), code)
    return words
