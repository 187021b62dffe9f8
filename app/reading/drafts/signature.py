"""A signature of a text that finds it again when it is sent twice and cannot give it back."""

import re
from zlib import crc32

from app.reading.drafts.fold import lower
from app.reading.drafts.sentences import pattern

_MINIMA = 16
_FEWEST_WORDS = 8
_MOST_WORDS = 160
_ROUNDS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35)
_MASK = 0xFFFFFFFF
_BITS_LEFT = 20


def signature_of(body: str) -> tuple[int, ...]:
    """The 16 smallest hashes of the word triples in the first 160 words, ascending; empty below 8 words.

    `body` is folded. Only 20 bits of a hash are kept: enough to find a repeated text, and a hundred thousand triples of
    common words share each value, so the words cannot be looked up.
    """
    hashes = list(map(crc32, _words(lower(body))[:_MOST_WORDS]))
    if len(hashes) < _FEWEST_WORDS:
        return ()
    first, second, third = _ROUNDS
    triples = zip(hashes, hashes[1:], hashes[2:], strict=False)
    mixed = {((a * first ^ b * second) + c * third & _MASK) >> 32 - _BITS_LEFT for a, b, c in triples}
    return tuple(sorted(mixed)[:_MINIMA])


def _words(text: str) -> list[bytes]:
    """Letters and digits; each sign of a script that writes no spaces is a word of its own."""
    if text.isascii():
        return re.findall(rb"[a-z0-9]+", text.encode())
    return [word.encode() for word in pattern("signature_token").findall(text)]


def similarity(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Share of word triples both texts have, 0 to 1 (Dice's coefficient, estimated); 0 if either is empty."""
    if not one or not other:
        return 0.0
    smallest = sorted({*one, *other})[:_MINIMA]
    shared = len(set(smallest) & set(one) & set(other)) / len(smallest)
    return 2 * shared / (1 + shared)
