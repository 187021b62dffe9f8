"""While a whole history is being made for one page, everybody else's requests are answered."""

import asyncio
import threading
from types import TracebackType
from typing import Any

import pytest

from app.services.threads import all_dossiers
from tests.builders import Reader
from tests.world import World

LONGEST = 20.0
"""Seconds a history is held back at most, so that a page on the event loop fails and does not hang."""


class HeldBack:
    """Stands in for the shelf's lock: whoever wants a history made waits until it is let go."""

    def __init__(self) -> None:
        self.come, self.go = threading.Semaphore(0), threading.Event()
        self.threads = set[int]()

    def __enter__(self) -> None:
        self.threads.add(threading.get_ident())
        self.come.release()
        self.go.wait(LONGEST)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass

    async def asked(self) -> None:
        assert await asyncio.to_thread(self.come.acquire, timeout=LONGEST)


@pytest.mark.parametrize(
    "path", ["/", "/history", "/try", "/report", "/api/v1/recipients", "/api/v1/export.csv", "the calendar"]
)
async def test_a_history_is_made_beside_the_requests(
    path: str, reader: Reader, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path == "the calendar":
        path = (await reader.send("/accounts/calendar")).text("#calendar code")
    held: Any = HeldBack()
    monkeypatch.setattr(world.parts.shelf, "making", held)
    page = asyncio.create_task(reader.browser.get(path))
    await held.asked()
    assert (await reader.browser.get("/health")).status_code == 200
    assert not page.done()
    held.go.set()
    assert (await page).status_code == 200
    assert threading.get_ident() not in held.threads


async def test_many_who_wait_for_histories_leave_connections_for_advice(
    reader: Reader, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: Any = HeldBack()
    monkeypatch.setattr(world.parts.shelf, "making", held)
    pages = [asyncio.create_task(reader.browser.get("/history")) for _ in range(40)]
    await held.asked()
    with world.parts.database.read() as tx:
        held.go.set()
        assert all_dossiers(world.parts, tx, world.person_id) == []
    assert {answer.status_code for answer in await asyncio.gather(*pages)} == {200}
