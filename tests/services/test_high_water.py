"""An old backup that is put back is noticed; what was entered by hand since is said to be missing."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.doctor import examine
from app.services import high_water, leaving
from app.store import audit
from app.store.database import Database
from app.store.scope import across_people
from tests.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    yield opened
    await opened.close()


def enter(world: World, what: str) -> None:
    with world.parts.database.write() as tx:
        audit.record(tx, world.person_id, world.clock(), what)


def put_back(world: World, backup: Path) -> None:
    world.parts.database.close()
    for part in world.folder.glob("aftertouch.sqlite3*"):
        part.unlink()
    shutil.copy(backup, world.folder / "aftertouch.sqlite3")
    database = Database.open(f"sqlite:///{world.folder / 'aftertouch.sqlite3'}", across_people=True)
    world.parts = replace(world.parts, database=database)


def backed_up(world: World) -> Path:
    world.parts.database.checkpoint_erasure()
    return Path(shutil.copy(world.folder / "aftertouch.sqlite3", world.folder / "backup"))


async def test_an_older_store_is_told_of_with_its_period_until_it_was_read(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    enter(world, "touch_logged")
    backup = backed_up(world)
    world.clock.advance(days=3)
    enter(world, "touch_logged")
    high_water.note(world.parts, world.clock())
    put_back(world, backup)
    world.clock.advance(hours=1)
    for _ in range(2):  # it is told once, however often the program starts
        high_water.note(world.parts, world.clock())
    [loss] = high_water.losses(world.parts, world.person_id)
    assert "between Nov 22, 10:00 UTC and Nov 25, 10:00 UTC are not in it" in loss.words
    world.parts.database.close()
    assert await examine(world.parts.settings, store_only=True) == 1
    assert "fix  The store is an older copy: This store is an older copy" in capsys.readouterr().out
    high_water.put_away(world.parts, world.person_id, world.clock())
    assert high_water.losses(world.parts, world.person_id) == []


def test_a_store_that_only_grew_or_never_was_is_no_older_copy(world: World) -> None:
    for _ in range(3):
        high_water.note(world.parts, world.clock())
        enter(world, "corrected")
        world.clock.advance(days=1)
    assert high_water.losses(world.parts) == []


async def test_whoever_deletes_everything_is_not_told_that_it_is_missing(world: World) -> None:
    enter(world, "touch_logged")
    high_water.note(world.parts, world.clock())
    await leaving.erase_all(world.parts, world.person_id)
    high_water.note(world.parts, world.clock())
    assert high_water.losses(world.parts) == []


def test_a_mark_that_cannot_be_read_or_kept_stops_nothing(world: World) -> None:
    file = world.folder / high_water.FILE
    file.write_text("{")
    high_water.note(world.parts, world.clock())
    assert json.loads(file.read_text())
    file.unlink()
    file.mkdir()
    high_water.note(world.parts, world.clock() + timedelta(days=1))
    assert high_water.losses(world.parts) == []


@pytest.mark.postgres
async def test_on_a_shared_store_one_who_leaves_makes_it_no_older(tmp_path: Path, postgresql_url: str) -> None:
    world = World(tmp_path, database_url=postgresql_url)
    enter(world, "touch_logged")
    with across_people():
        high_water.note(world.parts, world.clock())
    with world.parts.database.write() as tx:
        audit.forget(tx, world.person_id)
    high_water.note(world.parts, world.clock())
    assert high_water.losses(world.parts) == []
    await world.close()
