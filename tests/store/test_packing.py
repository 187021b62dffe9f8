"""What is laid out tightly comes back as it was, also for a program that knows nothing of how it was packed."""

import zlib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from app.cadence.thread import Promise, Signals, Stage
from app.reading.facts import InboundReading, Kind, Matter, OutboundReading
from app.reading.keeping import reading_from_json, reading_to_json
from app.store.digits import deflated
from app.store.packing import Packed, pack, short, shorts, unpack
from app.store.sealing import Keyring, Sealer

SEALER = Sealer(Keyring.new())
_matter = st.builds(Matter, st.integers(0, 9), st.integers(0, 9), st.text(max_size=5))
_signature = st.lists(st.integers(0, 2**32 - 1), max_size=16).map(tuple)
_signals = st.builds(
    Signals,
    language=st.sampled_from(["en", "de", None]),
    words=st.integers(0, 900),
    value=st.tuples(st.text(max_size=5)),
    empty=st.booleans(),
    signature=_signature,
)
_out = st.builds(
    OutboundReading, signals=_signals, cue=st.none() | st.sampled_from(Stage), forward=st.booleans(), matter=_matter
)
_promise = st.builds(Promise, st.none() | st.dates(), st.none() | st.dates(), invites=st.booleans())
_in = st.builds(
    InboundReading, kind=st.sampled_from(Kind), promise=st.none() | _promise, names=st.tuples(st.text()), matter=_matter
)


@given(st.text(",0123456789]}", max_size=200))
def test_digits_are_inflated_by_any_inflater(text: str) -> None:
    assert zlib.decompressobj(-15).decompress(deflated(text)).decode() == text


@given(st.text(max_size=9), st.characters(blacklist_characters=",0123456789:;]}"), st.text(max_size=9))
def test_anything_else_than_digits_is_refused(before: str, sign: str, after: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|surrogates not allowed"):
        deflated(before + sign + after)


@given(_in | _out)
def test_a_reading_lies_in_the_store_as_its_json_does(reading: InboundReading | OutboundReading) -> None:
    """A program that has only the JSON, or only knows how to inflate, meets the same."""
    laid = Packed().bind_processor(sqlite.dialect())
    told = Packed().bind_processor(postgresql.dialect())
    text = reading_to_json(reading)
    assert unpack(laid(reading)) == text == told(reading) == told(text) == unpack(laid(text)) == unpack(pack(text))
    assert reading_from_json(text) == reading


@given(_out)
def test_two_letters_that_differ_in_their_words_alone_are_told_apart(reading: OutboundReading) -> None:
    other = replace(reading, signals=replace(reading.signals, words=reading.signals.words + 1))
    laid = Packed().bind_processor(sqlite.dialect())
    assert laid(reading) != laid(other)


def test_a_signature_takes_half_a_byte_a_digit() -> None:
    laid = Packed().bind_processor(sqlite.dialect())
    letter = OutboundReading(Signals(language="en", words=80, signature=tuple(range(900_000, 900_012))))
    assert len(laid(letter) or b"") <= 85


NAMES = st.from_regex(r"[0-9a-f]{16}", fullmatch=True) | st.from_regex(r"[0-9A-Fa-f ]{16}", fullmatch=True) | st.text()


@given(st.lists(NAMES, max_size=9))
@example(["\ud800" * 16])
def test_names_are_shortened_together_as_one_by_one(names: list[str]) -> None:
    numbers, stand = shorts(names)
    assert numbers == [short(name) for name in names]
    assert stand is (names != [] and all(set(name) <= set("0123456789abcdef") and len(name) == 16 for name in names))


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=9))
def test_texts_sealed_together_open_one_by_one_in_their_own_place(told: list[tuple[str, str]]) -> None:
    here = {"table": "messages", "column": "subject"}
    sealed = SEALER.seal_texts([text for text, _ in told], rows=[row for _, row in told], **here)
    assert [SEALER.open_text(one, row=row, **here) for one, (_, row) in zip(sealed, told, strict=True)] == [
        text for text, _ in told
    ]
    nonces = [one[2:14] for one in sealed if one is not None]
    assert len(nonces) == len(set(nonces)) == sum(bool(text) for text, _ in told)
