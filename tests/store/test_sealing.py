"""A sealed field opens in its own place, with its own key, unchanged; else it says what is missing."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.errors import KeyMissing
from app.store.key_file import WatchedKeyFile, read_key_file, read_or_make_key_file, replace_key_file
from app.store.names import name_hash
from app.store.sealing import Keyring, Sealer, key_of

RING = Keyring.new()
SEALER = Sealer(RING)
HERE = {"table": "messages", "row": "account/1", "column": "subject"}


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again(plain: bytes) -> None:
    assert SEALER.open(SEALER.seal(plain, **HERE), **HERE) == plain


@given(st.sampled_from(sorted(HERE)), st.text(max_size=20))
def test_a_sealed_field_moved_elsewhere_does_not_open(part: str, other: str) -> None:
    elsewhere = HERE | {part: HERE[part] + other + "x"}
    with pytest.raises(KeyMissing):
        SEALER.open(SEALER.seal("Re: offer", **HERE), **elsewhere)


@given(st.text(max_size=30), st.data())
def test_a_sealed_field_changed_in_any_bit_does_not_open(plain: str, data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(plain, **HERE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(KeyMissing):
        SEALER.open(bytes(sealed), **HERE)


@given(st.binary(max_size=60))
def test_garbage_does_not_open(garbage: bytes) -> None:
    with pytest.raises(KeyMissing):
        SEALER.open(garbage, **HERE)


def test_the_same_words_are_never_sealed_alike() -> None:
    assert len({SEALER.seal("Re: offer", **HERE) for _ in range(1000)}) == 1000


def test_an_absent_text_takes_no_room_and_reads_as_empty() -> None:
    assert SEALER.seal_text("", **HERE) is None
    assert SEALER.open_text(None, **HERE) == ""


def test_after_a_new_key_the_old_fields_still_open_and_new_ones_use_it() -> None:
    old = SEALER.seal("Re: offer", **HERE)
    newer = Sealer(RING.with_new_key())
    assert newer.open(old, **HERE) == b"Re: offer"
    assert key_of(newer.seal("x", **HERE)) != key_of(old)


def test_another_ring_opens_nothing_and_names_the_key_it_lacks() -> None:
    ring = RING.with_new_key().only_current()
    with pytest.raises(KeyMissing, match="'1' is not in the key file"):
        Sealer(ring).open(SEALER.seal("Re: offer", **HERE), **HERE)


def test_a_running_server_takes_up_a_key_another_process_made() -> None:
    rings = [RING]
    server = Sealer(RING, newer=lambda: rings[-1])
    rings.append(RING.with_new_key())
    sealed = Sealer(rings[-1]).seal("Re: offer", **HERE)
    assert server.open(sealed, **HERE) == b"Re: offer"
    assert server.current == rings[-1].current


def test_what_is_sealed_after_a_rotation_elsewhere_is_sealed_with_the_new_key(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    ring = read_or_make_key_file(path)
    server = Sealer(ring, newer=WatchedKeyFile(path).newer)
    before = key_of(server.seal("x", **HERE))
    assert before == ring.current
    replace_key_file(path, ring.with_new_key())
    assert key_of(server.seal("x", **HERE)) == ring.with_new_key().current != before


def test_a_ring_survives_its_file_format() -> None:
    ring = RING.with_new_key()
    assert Keyring.parse(ring.dump()) == ring


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"current": "1", "keys": {}, "names": ""}', RING.dump()[:-40]]
)
def test_a_damaged_key_file_is_told_apart_from_a_ring(content: bytes) -> None:
    with pytest.raises(KeyMissing):
        Keyring.parse(content)


def test_no_key_shows_when_a_ring_or_a_sealer_is_printed() -> None:
    shown = repr(RING) + repr(SEALER) + str(RING)
    assert not any(repr(key) in shown or key.hex() in shown for key in (*RING.keys.values(), RING.names))


def test_a_name_meets_itself_in_any_order_and_only_under_the_same_ring() -> None:
    assert name_hash("Dana Smith", SEALER) == name_hash("Smith, Dana", SEALER)
    assert name_hash("Dana Smith", SEALER) != name_hash("Dana Jones", SEALER)
    assert name_hash("Dana Smith", SEALER) != name_hash("Dana Smith", Sealer(Keyring.new()))
    assert name_hash("Dana", SEALER) is None
    assert name_hash("Dana Smith", Sealer(RING.with_new_key())) == name_hash("Dana Smith", SEALER)


def test_the_first_start_makes_a_key_file_and_later_ones_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    made = read_or_make_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_make_key_file(path) == made
    assert os.listdir(tmp_path) == ["key.json"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_file_others_can_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.json"
    read_or_make_key_file(path)
    path.chmod(mode)
    with pytest.raises(KeyMissing, match="chmod 600"):
        read_or_make_key_file(path)


def test_a_missing_key_file_is_not_replaced_by_a_new_one_when_it_is_needed(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        read_key_file(tmp_path / "key.json")
    assert os.listdir(tmp_path) == []


def test_replacing_the_key_file_leaves_one_file_that_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    ring = read_or_make_key_file(path).with_new_key()
    replace_key_file(path, ring)
    assert read_key_file(path) == ring
    assert os.listdir(tmp_path) == ["key.json"]
