"""Two web processes over one store let through no more together than one alone would, and ask the store rarely."""

from pathlib import Path

import pytest

from app.services.attempts import Attempts
from app.services.errors import TooManyAttempts
from app.services.parts import Parts
from app.store.tables import attempts
from tests.services.conftest import World


def counted(parts: Parts, most: int) -> Attempts:
    return Attempts(parts.database, parts.sealer, parts.clock, kind="test", most=most)


def let_through(gate: Attempts, name: str, tries: int) -> int:
    passed = 0
    for _ in range(tries):
        try:
            gate.take(name)
        except TooManyAttempts:
            continue
        passed += 1
    return passed


@pytest.mark.parametrize("most", [1, 5, 60, 1_000])
def test_two_processes_share_one_window(world: World, most: int) -> None:
    here, there = counted(world.parts, most), counted(world.parts, most)
    passed = sum(let_through(gate, "somebody", most // 10 + 1) for _ in range(12) for gate in (here, there))
    assert passed == most
    with pytest.raises(TooManyAttempts) as refusal:
        there.take("somebody")
    assert refusal.value.wait == 300
    here.take("somebody else")
    world.clock.advance(minutes=5)
    here.take("somebody")


def test_a_full_window_is_known_to_a_process_that_only_looks(world: World) -> None:
    here, there = counted(world.parts, 5), counted(world.parts, 5)
    there.check("somebody")
    assert let_through(here, "somebody", 5) == 5
    world.clock.advance(minutes=2)
    with pytest.raises(TooManyAttempts) as refusal:
        there.check("somebody")
    assert refusal.value.wait == 180


def test_what_is_asked_often_is_written_once_in_a_hundred_and_the_refused_write_nothing(world: World) -> None:
    gate = counted(world.parts, 1_000)
    assert let_through(gate, "extension", 25) == 25
    with world.parts.database.read() as tx:
        [row] = tx.execute(attempts.select())
    assert row.count == 30
    assert let_through(gate, "extension", 2_000) == 975
    with world.parts.database.read() as tx:
        assert tx.execute(attempts.select()).one().count == 1_010


def test_no_address_is_stored_in_clear(world: World, tmp_path: Path) -> None:
    counted(world.parts, 5).take("203.0.113.77")
    world.parts.database.checkpoint_erasure()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"203.0.113.77" not in path.read_bytes()
