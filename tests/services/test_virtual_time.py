"""The clock of these tests: time passes while everybody waits, and never because a thread is slow."""

import asyncio
import hashlib
from asyncio import run_coroutine_threadsafe, to_thread

HOUR = 3_600


def slowly() -> bytes:
    """Some ten milliseconds of work without a word to the loop."""
    return hashlib.pbkdf2_hmac("sha256", b"a", b"b", 20_000)


async def test_a_thread_at_work_uses_up_no_budget() -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(1.5):
        await to_thread(slowly)
    assert loop.time() == 0


async def test_a_thread_that_waits_for_the_loop_holds_up_no_clock() -> None:
    loop = asyncio.get_running_loop()
    await to_thread(lambda: run_coroutine_threadsafe(asyncio.sleep(HOUR), loop).result())
    assert loop.time() == HOUR


async def test_time_passes_for_one_thread_that_waits_only_when_the_other_has_done_its_work() -> None:
    loop = asyncio.get_running_loop()
    done: list[float] = []

    def works() -> None:
        slowly()
        loop.call_soon_threadsafe(lambda: done.append(loop.time()))

    await asyncio.gather(
        to_thread(lambda: run_coroutine_threadsafe(asyncio.sleep(HOUR), loop).result()), to_thread(works)
    )
    assert (done, loop.time()) == ([0], HOUR)
