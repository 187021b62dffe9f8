"""The ledger and limiter: never more than allowed in any window, however it is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.quota import GMAIL_2026, GMAIL_LEGACY, GRAPH, Limiter, Limiters, Pace, Profile
from tests.connectors.stage import Clock

COSTS = {"small": 1, "large": 40}


def limiter(profile: Profile, clock: Clock) -> Limiter:
    return Limiter(profile, monotonic=clock.monotonic, sleep=clock.sleep)


def profile(units: int) -> Profile:
    return replace(GMAIL_2026, units=units, costs=COSTS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["small", "large"]), st.integers(0, 30)), max_size=60), st.integers(60, 400))
async def test_no_window_of_a_minute_holds_more_than_the_share(calls: list[tuple[str, int]], units: int) -> None:
    clock, spent = Clock(), list[tuple[float, int]]()
    mine = limiter(profile(units), clock)
    for call, pause in calls:
        await clock.sleep(pause)
        async with mine.admit(call):
            spent.append((clock.monotonic(), COSTS[call]))
    for start, _ in spent:
        assert sum(cost for at, cost in spent if start <= at < start + 60) <= units * 0.75


async def test_a_probe_finds_its_reserve_when_background_work_has_spent_its_share() -> None:
    clock = Clock()
    mine = limiter(profile(100), clock)
    for _ in range(75):
        async with mine.admit("small"):
            pass
    async with mine.admit("small", count=20, pace=Pace.URGENT):
        assert clock.slept == []
    async with mine.admit("small"):
        assert clock.monotonic() >= 60


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([Pace.STEADY, Pace.IDLE, Pace.URGENT]), max_size=60))
async def test_the_rest_never_takes_what_belongs_to_the_new_and_the_waiting(paces: list[Pace]) -> None:
    clock, spent = Clock(), list[tuple[float, Pace]]()
    mine = limiter(profile(100), clock)
    for pace in paces:
        held = sum(1 for at, _ in spent if at > clock.monotonic() - 60)
        begun = clock.monotonic()
        async with mine.admit("small", count=10, pace=pace):
            spent.append((clock.monotonic(), pace))
        room = {Pace.URGENT: 100, Pace.STEADY: 75, Pace.IDLE: 50}[pace]
        assert (clock.monotonic() == begun) == (held * 10 + 10 <= room)


async def test_all_mailboxes_together_keep_to_the_apps_own_allowance() -> None:
    clock = Clock()
    shared = replace(profile(100), project=30)
    limiters = Limiters(shared, monotonic=clock.monotonic, sleep=clock.sleep)
    for who in ("ana", "ben", "cleo", "dan"):
        async with limiters.of(who).admit("small", count=10):
            pass
    assert clock.slept == [60]


async def test_calls_worked_on_side_by_side_take_that_many_places() -> None:
    mine = limiter(GRAPH, Clock())
    inside, most = 0, 0

    async def work(places: int) -> None:
        nonlocal inside, most
        async with mine.admit("request", count=places, places=places):
            inside += places
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= places

    await asyncio.gather(*(work(places) for places in (3, 1, 2, 3, 1, 1, 3)))
    assert most == GRAPH.in_flight


async def test_a_call_larger_than_the_whole_allowance_waits_for_an_empty_window_and_then_goes() -> None:
    clock = Clock()
    mine = limiter(profile(40), clock)
    async with mine.admit("small"):
        pass
    async with mine.admit("large"):
        assert clock.monotonic() >= 60


async def test_no_more_is_in_flight_than_allowed_and_a_probe_has_its_own_place() -> None:
    for known in (GMAIL_2026, GRAPH):
        mine = limiter(known, Clock())
        call = next(iter(known.costs))
        inside, most = 0, 0

        async def work(mine: Limiter = mine, call: str = call) -> None:
            nonlocal inside, most
            async with mine.admit(call):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(work() for _ in range(20)))
        assert most == known.in_flight
    assert GRAPH.in_flight + GRAPH.probes == 4


async def test_everything_spent_is_on_the_ledger() -> None:
    mine = limiter(GMAIL_2026, Clock())
    async with mine.admit("messages.get", count=25), mine.admit("list"):
        pass
    assert mine.spent == {"messages.get": 500, "list": 5}


def test_a_mailbox_has_one_limiter_however_often_it_is_opened() -> None:
    clock = Clock()
    limiters = Limiters(GMAIL_LEGACY, monotonic=clock.monotonic, sleep=clock.sleep)
    assert limiters.of("ana") is limiters.of("ana")
    assert limiters.of("ana") is not limiters.of("ben")


async def test_nothing_is_sent_from_a_place_that_another_process_has() -> None:
    """A probe and the mailbox's work have benches of their own, and each mailbox its own."""
    clock, sitting = Clock(), set[tuple[str, str]]()

    @asynccontextmanager
    async def seats(subject: str, bench: str) -> AsyncIterator[None]:
        sitting.add((subject, bench))
        yield
        sitting.remove((subject, bench))

    both = Limiters(GRAPH, monotonic=clock.monotonic, sleep=clock.sleep, seats=seats)
    async with both.of("ana").admit("request"), both.of("ben").admit("request", pace=Pace.URGENT):
        assert sitting == {("ana", "work"), ("ben", "probe")}
    assert sitting == set()
