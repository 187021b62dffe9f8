"""Once: two clicks, one act, one answer."""

import asyncio
from datetime import timedelta

import pytest

from app.services.once import Once
from tests.world import NOW

MINUTES = timedelta(minutes=10)


class Act:
    """Counts how often it is done; answers with the count once it is let go."""

    def __init__(self) -> None:
        self.times = 0
        self.let_go = asyncio.Event()

    async def __call__(self) -> int:
        self.times += 1
        await self.let_go.wait()
        return self.times


async def test_two_clicks_get_the_answer_of_one_act() -> None:
    once, act = Once(), Act()
    clicks = [asyncio.create_task(once.do("unlink", act, NOW)) for _ in range(2)]
    act.let_go.set()
    assert await asyncio.gather(*clicks) == [1, 1]


async def test_an_answer_is_kept_as_long_as_it_was_asked_for_and_no_longer() -> None:
    once, act = Once(), Act()
    act.let_go.set()
    assert await once.do("unlink", act, NOW, kept=MINUTES) == 1
    assert once.done("unlink", NOW + MINUTES / 2) == 1
    assert await once.do("unlink", act, NOW + MINUTES, kept=MINUTES) == 2


async def test_what_failed_may_be_tried_again() -> None:
    once = Once()

    async def fails() -> None:
        raise ConnectionError

    for _ in range(2):
        with pytest.raises(ConnectionError):
            await once.do("unlink", fails, NOW)
    assert once.done("unlink", NOW) is None


async def test_one_that_leaves_does_not_stop_the_act_for_the_other() -> None:
    once, act = Once(), Act()
    first = asyncio.create_task(once.do("unlink", act, NOW, kept=MINUTES))
    second = asyncio.create_task(once.do("unlink", act, NOW, kept=MINUTES))
    await asyncio.sleep(0)
    first.cancel()
    act.let_go.set()
    assert await second == 1
    assert act.times == 1
