"""Out of the sample without a trace, and without losing what is one's own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.services import history, linking, logging_touches, sampling
from app.services.logging_touches import TouchToLog
from app.store import erasure
from tests.world import NOW, World

DANA, OMAR = "dana@northwind.example", "omar@by-hand.example"
OWN = {"people"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    yield opened
    await opened.close()


def log(world: World, recipient: str) -> None:
    touch = TouchToLog(recipient, "call", "no_answer", NOW - timedelta(days=1))
    logging_touches.log_touch(world.parts, world.person_id, touch, NOW)


async def leave(world: World) -> None:
    sampling.forget_people(world.parts, world.person_id)
    for account in world.accounts():
        await linking.unlink(world.parts, world.person_id, account.id, NOW)
    sampling.forget_record(world.parts, world.person_id)


def held(world: World) -> set[str]:
    with world.parts.database.read() as tx:
        return {name for name, count in erasure.counts(tx, world.person_id).items() if count}


async def test_what_was_logged_about_invented_people_goes_with_them(world: World) -> None:
    await world.link_both()
    log(world, DANA)
    await leave(world)
    assert held(world) == OWN


async def test_what_is_ones_own_stays(world: World) -> None:
    log(world, OMAR)
    await world.link_both()
    log(world, DANA)
    await leave(world)
    rows = history.list_recipients(world.parts, world.person_id, NOW)
    assert [(row.address, row.unanswered) for row in rows] == [(OMAR, 1)]
    assert "audit" in held(world)
