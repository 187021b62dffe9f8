"""What is older than the retention goes by itself; what is younger, or was decided, stays."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.services import retaining
from app.services.parts import Parts
from app.settings import SettingsError, read_settings
from app.store import recipients
from app.store.tables import audit, message_people, messages, sessions
from app.store.tables import recipients as recipients_table
from tests.world import World

DANA = "dana@northwind.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    await opened.link_both()
    yield opened
    await opened.close()


def keeping(world: World, months: int) -> Parts:
    return replace(world.parts, settings=world.parts.settings.model_copy(update={"retention_months": months}))


def count(world: World, *conditions: object) -> int:
    with world.parts.database.read() as tx:
        asked = select(func.count()).select_from(messages).where(*conditions)  # type: ignore[arg-type]
        return tx.execute(asked).scalar_one()


async def test_mail_older_than_the_retention_goes_with_all_that_hung_on_it(world: World) -> None:
    now = world.clock()
    month_ago = now - retaining.MONTH
    young, old = count(world, messages.c.at >= month_ago), count(world, messages.c.at < month_ago)
    assert young
    assert old
    retaining.let_go(keeping(world, 1), now)
    assert count(world) == young
    with world.parts.database.read() as tx:
        orphans = select(func.count()).select_from(message_people).where(message_people.c.at < month_ago)
        assert tx.execute(orphans).scalar_one() == 0
        assert tx.execute(select(func.count()).select_from(audit)).scalar_one() > 0


async def test_the_usual_retention_takes_nothing_of_a_fresh_mailbox_and_all_of_one_left_alone(world: World) -> None:
    before = count(world)
    assert retaining.let_go(world.parts, world.clock()) == 0
    assert count(world) == before
    world.clock.advance(days=18 * 31)
    retaining.let_go(world.parts, world.clock())
    assert count(world) == 0
    with world.parts.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(sessions)).scalar_one() == 0


async def test_a_recipient_of_whom_nothing_is_left_goes_unless_the_person_decided_something(world: World) -> None:
    with world.parts.database.write() as tx:
        dana = recipients.for_addresses(tx, world.parts.sealer, world.person_id, [DANA])[0].id
        muted = {"muted_at": world.clock()}
        tx.execute(update(recipients_table).where(recipients_table.c.id == dana).values(muted))
    world.clock.advance(days=18 * 31)
    retaining.let_go(world.parts, world.clock())
    with world.parts.database.read() as tx:
        assert list(tx.execute(select(recipients_table.c.id)).scalars()) == [dana]


async def test_the_worker_lets_go_once_a_day(world: World) -> None:
    await world.worker.sweep()
    world.clock.advance(days=18 * 31)
    with world.parts.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(messages)).scalar_one()
    await world.worker.sweep()
    assert count(world) == 0


def test_reading_further_back_than_is_kept_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERTOUCH_BACKFILL_DAYS", "900")
    with pytest.raises(SettingsError, match="AFTERTOUCH_RETENTION_MONTHS"):
        read_settings()
    monkeypatch.setenv("AFTERTOUCH_RETENTION_MONTHS", str(timedelta(days=900) // timedelta(days=30)))
    assert read_settings().retention_months == 30
