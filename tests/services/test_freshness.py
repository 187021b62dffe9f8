"""Before Send there is one look at what is not fresh, for a second and a half at most, then an honest word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.services.announcing import Announcer
from app.services.freshness import READ_THROUGH_SECONDS
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, Rig
from tests.world import World

PROVIDERS = {"google": GMAIL, "microsoft": OUTLOOK}


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def at_work(world: World) -> AsyncIterator[None]:
    """With the sync loop running beside, as in the default set-up."""
    loop = asyncio.create_task(world.worker.run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


def seconds() -> float:
    return asyncio.get_running_loop().time()


def slow_down(world: World, latency: float) -> None:
    """From now on the providers take so many seconds for every answer."""
    provider = world.simulator.state.world
    provider.sleep, provider.config = asyncio.sleep, replace(provider.config, latency=latency)


class Waiting(Rig):
    """The small mailboxes, with an announcer that really waits."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.parts = replace(self.parts, announcer=Announcer())
        self.worker = type(self.worker)(self.parts)


async def test_a_reply_counts_at_once_when_somebody_writes(tmp_path: Path, provider: str) -> None:
    world = Waiting(tmp_path)
    await world.link(provider)
    await world.sync()
    async with at_work(world):
        world.clock.advance(seconds=30)
        assert (await world.advice(RITA)).recipients[0].unanswered == 4
        world.clock.advance(seconds=20)
        world.write(RITA, PROVIDERS[provider])
        advice = await world.advice(RITA)
    assert (advice.level, advice.recipients[0].unanswered) == ("clear", 0)
    assert (advice.coverage, advice.as_of) == ("complete", world.clock())


async def test_a_reply_counts_after_one_poll_when_nobody_asks(tmp_path: Path, provider: str) -> None:
    world = Rig(tmp_path)
    await world.link(provider)
    await world.sync()
    world.write(RITA, PROVIDERS[provider])
    await world.poll()
    assert (await world.advice(RITA)).recipients[0].unanswered == 0


@pytest.mark.parametrize("sender", [RITA, "boss@elsewhere.example"])
async def test_a_letter_dated_back_counts_at_once_when_somebody_writes(tmp_path: Path, sender: str) -> None:
    """Exchange files restored and imported mail under its old date, where no list of what is new looks (M12)."""
    world = Waiting(tmp_path)
    touch = world.write(RITA, OUTLOOK, mine=True, days=9)
    await world.link("microsoft")
    await world.sync()
    raw = (
        f"From: {sender}\r\nTo: {OUTLOOK}\r\nSubject: Re: Application at {RITA}\r\nMessage-ID: <late@x.example>\r\n"
        f"In-Reply-To: {touch.letter.message_id}\r\nReferences: {touch.letter.message_id}\r\n\r\nLet us talk.\r\n"
    ).encode()
    five_days_ago = world.clock() - timedelta(days=5)
    world.box(OUTLOOK).add(raw, five_days_ago, "inbox", logged=world.clock(), thread=touch.thread)
    async with at_work(world):
        world.clock.advance(seconds=50)
        advice = await world.advice(RITA)
    assert (advice.recipients[0].unanswered, advice.recipients[0].last_reply_at) == (0, five_days_ago)


async def test_an_unread_mailbox_that_is_slow_is_waited_for_no_longer_than_allowed(
    tmp_path: Path, provider: str
) -> None:
    world = Waiting(tmp_path)
    await world.link(provider)
    slow_down(world, 0.9)
    begun = seconds()
    advice = await world.advice(RITA)
    assert seconds() - begun <= READ_THROUGH_SECONDS
    if provider == "google":
        assert (advice.level, advice.recipients[0].unanswered) == ("stop", 4)
    else:
        assert (advice.level, advice.coverage, advice.as_of) == ("unknown", "partial", None)


async def test_glance_and_reading_share_one_budget(tmp_path: Path) -> None:
    world = Waiting(tmp_path)
    world.write("nora@acme.example", mine=True, days=9)
    await world.link("google")
    slow_down(world, 0.9)
    begun = seconds()
    advice = await world.advice("nora@acme.example")
    assert seconds() - begun == pytest.approx(READ_THROUGH_SECONDS)
    assert (advice.level, advice.coverage, advice.as_of) == ("unknown", "partial", None)


async def test_a_synced_mailbox_that_is_slow_is_answered_for_from_the_store(tmp_path: Path, provider: str) -> None:
    world = Waiting(tmp_path)
    await world.link(provider)
    await world.sync()
    seen = world.clock()
    async with at_work(world):
        slow_down(world, 10)
        world.clock.advance(seconds=50)
        begun = seconds()
        fresh_enough = await world.advice(RITA)
        assert seconds() - begun == pytest.approx(READ_THROUGH_SECONDS)
        world.clock.advance(seconds=100)
        too_old = await world.advice(RITA)
    assert (fresh_enough.level, fresh_enough.coverage, fresh_enough.as_of) == ("stop", "complete", seen)
    assert (too_old.level, too_old.coverage, too_old.as_of) == ("unknown", "stale", seen)


async def test_what_was_seen_a_moment_ago_is_not_looked_at_again(tmp_path: Path, provider: str) -> None:
    world = Waiting(tmp_path)
    await world.link(provider)
    await world.sync()
    before = world.meter(PROVIDERS[provider]).requests
    world.clock.advance(seconds=10)
    assert (await world.advice(RITA)).as_of == world.clock() - timedelta(seconds=10)
    assert world.meter(PROVIDERS[provider]).requests == before


async def test_a_refused_question_is_never_taken_for_silence(tmp_path: Path) -> None:
    world = Rig(tmp_path)
    await world.link("microsoft")
    await world.fault("script", match="graph GET /me/messages$", status=400, times=-1)
    advice = await world.advice(DANA)
    assert (advice.level, advice.coverage, advice.as_of) == ("unknown", "partial", None)
