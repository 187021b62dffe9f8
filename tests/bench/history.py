"""The history of a busy search, 500 recipients and 10,000 touches: its pages, also beside a million other messages."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import httpx

from app.main import create_app
from app.services import history
from app.services.announcing import Announcer
from app.services.parts import Parts
from app.services.shelf import Shelf
from app.services.warming import warm
from app.settings import Settings
from app.store import accounts, messages
from app.store.scope import across_people
from tests.bench.figure import Figure
from tests.bench.others import among_others
from tests.bench.store import NOW, Filled
from tests.builders import sign_in, visitor

LARGEST_PAGE = 400
"""Kilobytes of HTML."""
SLOWEST = 200
"""Milliseconds of server time, 95 of 100 requests."""
OTHERS = 990_000
REQUESTS = 40


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, across_people():
        filled = Filled(folder, 10_000)
        filled.fill(2_000)
        with filled.database.write() as tx:
            accounts.caught_up(tx, filled.account_id, "live", as_of=NOW, deep_at=NOW)
        yield Figure("filling the shelf at the start, beside the first pages", _once(lambda: _warm(filled)) * 1e3, "ms")
        small = yield from _pages(filled, "")
        yield Figure.at_most("the list right after one more mail", _after_one_more(filled) * 1e3, "ms", SLOWEST)
        among_others(filled, OTHERS)
        large = yield from _pages(filled, ", among 1,000,000 messages")
        for name in small:
            yield Figure.at_most(f"{name}: at 1,000,000 / at 10,000 messages", large[name] / small[name], "ratio", 1.5)


def _pages(filled: Filled, where: str) -> Generator[Figure, None, dict[str, float]]:
    """95 of 100 requests to each page, and the very first one of a warm process; the medians by page."""
    medians = {}
    for name, times, size, first in asyncio.run(_asked(filled)):
        medians[name] = statistics.median(times)
        slow = statistics.quantiles(times, n=20)[-1]
        if name == "the report":
            yield Figure(f"{name}, p95{where}", slow * 1e3, "ms")
        else:
            yield Figure.at_most(f"{name}, p95{where}", slow * 1e3, "ms", SLOWEST)
            yield Figure.at_most(f"{name}, the first one{where}", first * 1e3, "ms", SLOWEST)
        yield Figure.at_most(f"{name}, HTML{where}", size / 1e3, "kB", LARGEST_PAGE)
    return medians


async def _asked(filled: Filled) -> list[tuple[str, list[float], int, float]]:
    parts = _parts(filled)
    warm(parts)
    some = history.list_recipients(parts, filled.person_id, NOW)[0].id
    told = []
    async with visitor(create_app(parts), parts) as browser:
        await sign_in(browser, parts)
        for name, path in (("the list", "/history"), ("one recipient", f"/history/{some}"), ("the report", "/report")):
            first, size = await _request(browser, path)
            times = [(await _request(browser, path))[0] for _ in range(REQUESTS)]
            told.append((name, times, size, first))
    return told


async def _request(browser: httpx.AsyncClient, path: str) -> tuple[float, int]:
    """CPU seconds of one request and the bytes of its answer."""
    start = time.process_time()
    answer = await browser.get(path)
    took = time.process_time() - start
    assert answer.status_code == 200, answer.text[:500]
    return took, len(answer.content)


def _parts(filled: Filled) -> Parts:
    return Parts(
        settings=Settings(base_url="http://127.0.0.1:8025"),
        clock=lambda: NOW,
        database=filled.database,
        sealer=filled.sealer,
        connectors={},
        announcer=Announcer(),
        zone="Europe/Berlin",
        country="DE",
        shelf=Shelf(),
    )


def _warm(filled: Filled) -> None:
    warm(_parts(filled))


def _after_one_more(filled: Filled) -> float:
    """The median over five mails to five recipients."""
    parts, times = _parts(filled), []
    warm(parts)
    for number in range(5):
        row = filled.rows[number]
        more = replace(row, provider_message_id=f"more{number}", message_key=f"more{number}", at=NOW)
        with filled.database.write() as tx:
            messages.add(tx, filled.sealer, [more])
        times.append(_once(lambda: _listed(parts, filled)))
    return statistics.median(times)


def _listed(parts: Parts, filled: Filled) -> None:
    assert len(history.list_recipients(parts, filled.person_id, NOW)) == 500


def _once(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
