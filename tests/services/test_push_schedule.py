"""Pushes are renewed when half of their life is over, also over restarts, and end when the mailbox is unlinked."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.services import linking
from app.settings import Settings
from app.store import sync_jobs
from app.store.database import Database
from app.worker import Worker
from connectors.simulator import SimulatorConfig, callbacks
from tests.world import GMAIL, OUTLOOK, World

HOSTED = "https://aftertouch.example"


class _Hosted(World):
    """An Aftertouch that providers can reach: they find it behind the public address."""

    def __post_init__(self) -> None:
        self.outbound = httpx.MockTransport(self._through)
        super().__post_init__()
        settings = Settings(data_dir=self.folder, base_url=HOSTED)
        self.parts = replace(self.parts, settings=settings)
        self.worker = Worker(self.parts)

    async def _through(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(app=create_app(self.parts)).handle_async_request(request)

    def restart(self) -> None:
        self.parts.database.close()
        database = Database.open(f"sqlite:///{self.folder / 'aftertouch.sqlite3'}", across_people=True)
        self.parts = replace(self.parts, database=database, connectors=self._connectors())
        self.worker = Worker(self.parts)


@pytest.fixture
def hosted(tmp_path: Path) -> _Hosted:
    return _Hosted(
        tmp_path, SimulatorConfig(redirect_uris=callbacks(HOSTED), push_hosts=frozenset({"aftertouch.example"}))
    )


def asked(world: World, address: str) -> int:
    """How often a mailbox's pushes were asked for or renewed."""
    methods = world.simulator.state.world.meter.tally(address).methods
    return sum(methods.get(name, 0) for name in ("watch", "subscription", "subscriptions"))


def due(world: World, account_id: str) -> timedelta:
    with world.parts.database.read() as tx:
        found = sync_jobs.watch_of(tx, account_id).due_at
    assert found is not None
    return found - world.clock()


async def test_a_watch_is_renewed_daily_and_a_restart_does_not_renew_it_again(hosted: _Hosted) -> None:
    account_id = await hosted.link("google")
    await hosted.sync()
    assert asked(hosted, GMAIL) == 1
    assert due(hosted, account_id) == timedelta(days=1)
    for _ in range(3):
        hosted.restart()
        await hosted.poll()
    assert asked(hosted, GMAIL) == 1
    for day in range(2, 5):
        hosted.clock.advance(days=1)
        hosted.restart()
        await hosted.sync()
        assert asked(hosted, GMAIL) == day
    await hosted.close()


async def test_at_half_life_a_short_lived_subscription_is_renewed(hosted: _Hosted) -> None:
    await hosted.control("faults", name="subscription_ceiling", value=1_440)
    account_id = await hosted.link("microsoft")
    await hosted.sync()
    assert due(hosted, account_id) == timedelta(minutes=700)
    [made] = hosted.simulator.state.pusher.subscriptions.values()
    ends = made.expires
    hosted.clock.advance(minutes=701)
    await hosted.sync()
    [same] = hosted.simulator.state.pusher.subscriptions.values()
    assert same.id == made.id
    assert same.expires > ends
    await hosted.close()


async def test_pushes_that_cannot_be_renewed_are_told_of_two_days_before_they_end(hosted: _Hosted) -> None:
    await hosted.link("google")
    await hosted.sync()
    await hosted.control("faults", name="watch_refused")
    for _ in range(5):
        assert "pushes end" not in hosted.accounts()[0].state_reason
        hosted.clock.advance(days=1)
        await hosted.sync()
    await hosted.poll()
    assert (
        hosted.accounts()[0].state_reason == "The provider's pushes end Nov 29, 10:00 UTC: they could not be renewed."
    )
    assert hosted.accounts()[0].state == "live"
    await hosted.control("faults", clear=True)
    hosted.clock.advance(hours=1)
    await hosted.sync()
    await hosted.poll()
    assert hosted.accounts()[0].state_reason == ""
    await hosted.close()


async def test_unlinking_ends_the_pushes_of_both_providers(hosted: _Hosted) -> None:
    await hosted.link_both()
    assert list(hosted.simulator.state.world.watches) == [GMAIL]
    assert [one.address for one in hosted.simulator.state.pusher.subscriptions.values()] == [OUTLOOK]
    for account in hosted.accounts():
        receipt = await linking.unlink(hosted.parts, hosted.person_id, account.id, hosted.clock())
        assert receipt.pushes_ended
    assert hosted.simulator.state.world.watches == {}
    assert hosted.simulator.state.pusher.subscriptions == {}
    await hosted.close()
