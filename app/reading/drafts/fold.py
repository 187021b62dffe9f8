"""Letters made comparable: Latin letters without accents, typographic signs as ASCII, the rest left alone."""

import re
from functools import cache

from app.reading.lexicons import lexicon as data_file

LONGEST = 65_536
"""Code points of a draft that are looked at; what stands behind is ignored."""

_ASTRAL = re.compile("[\U00010000-\U0010ffff\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_PLACEHOLDER = "\ufffd"
_ASCII = frozenset(map(chr, range(128)))
_MANY = 30
_UPPER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@cache
def _table() -> dict[int, str]:
    fold = data_file("text")["fold"]
    single = dict(zip(map(ord, fold["from"]), fold["to"], strict=True))
    return single | {ord(letter): text for letter, text in fold["many"].items()}


def fold(text: str) -> str:
    """Upper case is kept; characters outside the basic plane become one placeholder, control characters spaces."""
    text = text[:LONGEST]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", " ").isprintable():
        text = _CONTROL.sub(" ", text)
    if text.isascii():
        return text
    others = set(text) - _ASCII
    if len(others) > _MANY:
        return _ASTRAL.sub(_PLACEHOLDER, text.translate(_table()))
    for letter in others:
        text = text.replace(letter, _table().get(ord(letter), _PLACEHOLDER if _ASTRAL.match(letter) else letter))
    return text


def lower(folded: str) -> str:
    """ASCII letters in lower case, the only ones the patterns know."""
    return folded.lower() if folded.isascii() else folded.translate(_UPPER)
