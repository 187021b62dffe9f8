"""A signature of a text that finds it again when it is sent twice and cannot give it back."""

from zlib import crc32

from app.cadence.policy import SIGNATURE_VALUES
from app.reading.drafts.fold import lower
from app.reading.drafts.sentences import pattern

_FEWEST_WORDS = 8
_MOST_WORDS = 160
_NO_WORD = bytes(set(range(128)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))
_SPACED = bytes.maketrans(_NO_WORD, b" " * len(_NO_WORD))
_SPREAD = 0x9E3779B1
_MASK = 0xFFFFFFFF
_BITS_LEFT = 20


def signature_of(body: str) -> tuple[int, ...]:
    """The 16 smallest hashes of the word triples in the first 160 words, ascending; empty below 8 words.

    `body` is folded. Only 20 bits of a hash are kept: enough to find a repeated text, and a hundred thousand triples of
    common words share each value, so the words cannot be looked up.
    """
    words = _words(lower(body))
    if len(words) < _FEWEST_WORDS:
        return ()
    checks = map(crc32, words[2:], map(crc32, words[1:], map(crc32, words)))
    mixed = {(check * _SPREAD & _MASK) >> 32 - _BITS_LEFT for check in checks}
    return tuple(sorted(mixed)[:SIGNATURE_VALUES])


def _words(text: str) -> list[bytes]:
    """Letters and digits; each sign of a script that writes no spaces is a word of its own."""
    if not text.isascii():
        return [word.encode() for word in pattern("signature_token").findall(text)[:_MOST_WORDS]]
    return text.encode().translate(_SPACED).split(maxsplit=_MOST_WORDS)[:_MOST_WORDS]
