"""What an operator sees: mailboxes, lag, queue, leases, dead letters, quota units, and how long advice takes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.services import measuring
from app.services.budgets import SharedPurse
from app.store import dead_letters, sync_jobs
from app.store.database import Database
from tests.world import Clock, World

GMAIL_WINDOW = 60.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    await opened.link_both()
    yield opened
    await opened.close()


def shown(world: World) -> dict[str, float]:
    told = measuring.metrics(world.parts, world.clock()).decode()
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


async def test_the_numbers_follow_the_work(world: World) -> None:
    world.clock.advance(seconds=90)
    seen = shown(world)
    assert seen["aftertouch_mailboxes google live"] == 1
    assert seen["aftertouch_sync_lag_seconds microsoft"] >= 90
    assert seen["aftertouch_sync_queue_depth"] == 2
    google = next(each for each in world.accounts() if each.provider == "google")
    with world.parts.database.write() as tx:
        assert sync_jobs.take_due(tx, world.clock(), timedelta(minutes=1), account_id=google.id)
        dead_letters.record(tx, google.id, "m1", "ValueError", 1, world.clock())
    seen = shown(world)
    assert seen["aftertouch_sync_queue_depth"] == 1
    assert seen["aftertouch_sync_leases"] == 1
    assert seen["aftertouch_dead_letters"] == 1


def purses(url: str, clock: Clock, count: int) -> list[SharedPurse]:
    """Each with a connection of its own, as processes have."""
    return [SharedPurse(Database.open(url), "google", window=GMAIL_WINDOW, clock=clock) for _ in range(count)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        found: str = request.getfixturevalue("postgresql_url")
        return found
    path = f"sqlite:///{tmp_path / 'budget.db'}"
    database = Database.open(path)
    database.migrate()
    database.close()
    return path


def test_processes_together_never_spend_more_than_the_window_allows(url: str) -> None:
    clock, allowance, spent = Clock(), 10_000, 0
    several = purses(url, clock, 3)
    while any(purse.wait(70, allowance) == 0.0 for purse in several):
        for purse in several:
            if purse.wait(70, allowance) == 0.0:
                purse.spend(70)
                spent += 70
    assert 0.95 * allowance < spent <= allowance
    rest = several[0].wait(70, allowance)
    assert 0 < rest <= GMAIL_WINDOW
    clock.advance(seconds=rest)
    assert several[1].wait(70, allowance) == 0.0


def test_what_is_spent_is_counted_by_provider(url: str, world: World) -> None:
    before = shown(world).get("aftertouch_provider_units_total google", 0.0)
    (purse,) = purses(url, Clock(), 1)
    assert purse.wait(40, 1_000) == 0.0
    purse.spend(40)
    assert shown(world)["aftertouch_provider_units_total google"] == before + 40
