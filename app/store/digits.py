"""Digits: a text of numbers and commas as a deflate block with a code of its own, four bits a sign, known beforehand.

zlib takes some 5 microseconds to find and tell a code for a letter's signature (2026-11). With this one there is
nothing to find, and every inflater reads it: RFC 1951, 3.2.7, is where the head below is laid down.
"""

_SIGNS = ",0123456789:;]}"
"""In the order of their codes; the sixteenth ends the block. Colon and semicolon only make the code complete."""
_TELL_FOUR, _TELL_NONE, _SOME_NONE, _MANY_NONE = "0", "110", "111", "10"


def _none(count: int) -> str:
    """That so many signs in a row have no code: 3 with three bits to count on, 11 with seven."""
    return _MANY_NONE + _number(count - 11, 7) if count >= 11 else _SOME_NONE + _number(count - 3, 3)


def _number(value: int, bits: int) -> str:
    """Numbers begin with their lowest bit, codes with their highest."""
    return f"{value:0{bits}b}"[::-1]


def _head() -> str:
    """The block is the last one, brings its code along, and tells it by a code for lengths."""
    lengths = {16: 0, 17: 3, 18: 2, 0: 3, 8: 0, 7: 0, 9: 0, 6: 0, 10: 0, 5: 0, 11: 0, 4: 1}
    told = "".join(_number(bits, 3) for bits in lengths.values())
    begun = _number(1, 1) + _number(2, 2) + _number(0, 5) + _number(0, 5) + _number(len(lengths) - 4, 4)
    signs, none_yet = "", 0
    for sign in (*map(ord, _SIGNS), 256):
        signs += (_none(sign - none_yet) if sign > none_yet else "") + _TELL_FOUR
        none_yet = sign + 1
    return begun + told + signs + _TELL_NONE  # and of distances there is none


_HEAD = int(_head()[::-1], 2)
_HEAD_BITS = len(_head())
_TURNED = [f"{int(f'{code:04b}'[::-1], 2):x}" for code in range(16)]
_TO_HEX = bytes(ord(_TURNED[_SIGNS.index(chr(sign))]) if chr(sign) in _SIGNS else ord("?") for sign in range(256))


def deflated(text: str) -> bytes:
    """The last block of a raw deflate stream. Raises ValueError where more than digits, commas and brackets stands."""
    bits = int(b"f" + text.encode().translate(_TO_HEX)[::-1], 16) << _HEAD_BITS | _HEAD
    return bits.to_bytes((_HEAD_BITS + 4 * len(text) + 11) // 8, "little")
