"""How often a mailbox is polled: every minute for whoever is about, every five for whoever is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.store import devices
from app.store.devices import Device
from tests.faults.rig import GMAIL, RITA, Rig

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    await rig.link("google")
    await rig.sync()
    return rig


def used(rig: Rig, *, minutes_ago: int) -> None:
    now = rig.clock()
    with rig.parts.database.write() as tx:
        devices.add(tx, Device("d", rig.person_id, "Browser", now, None, now + timedelta(days=365)), token_hash="h")
        devices.note_use(tx, "d", now - timedelta(minutes=minutes_ago))


async def due_in(rig: Rig) -> timedelta:
    rig.clock.advance(seconds=60)
    await rig.sync()
    due: timedelta = rig.job().due_at - rig.clock()
    return due


async def test_a_mailbox_of_somebody_who_is_about_is_polled_every_minute(rig: Rig) -> None:
    assert await due_in(rig) == MINUTE
    used(rig, minutes_ago=10)
    assert await due_in(rig) == MINUTE


async def test_a_mailbox_of_somebody_who_is_away_is_polled_every_five_minutes(rig: Rig) -> None:
    used(rig, minutes_ago=20)
    assert await due_in(rig) == 5 * MINUTE


async def test_whoever_comes_back_and_writes_is_read_for_at_once(rig: Rig) -> None:
    used(rig, minutes_ago=20)
    await due_in(rig)
    rig.write(RITA, GMAIL)
    rig.clock.advance(seconds=30)
    await rig.advice(RITA)
    await rig.sync()
    assert (await rig.advice(RITA)).recipients[0].unanswered == 0
