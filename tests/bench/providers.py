"""What the providers are asked for: quota units, requests and pace, by the simulator's meters; and ingest."""

import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from app.services import linking
from app.services.letters import read_letters
from app.services.parts import Parts
from app.store import messages as stored
from app.store.tables import messages
from connectors.gmail.normalise import message_from
from connectors.simulator.bulk import ADDRESSES, load_mailbox
from connectors.simulator.mailbox import Mailbox
from tests.bench.figure import Figure
from tests.faults.rig import GMAIL, RITA, Rig

MAILBOX = 20_000
OPEN = 1_000
DAY = 1_440
"""Polls of a day."""


def figures() -> list[Figure]:
    """Every figure of the providers' side. Some two minutes."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_figures(Path(folder)))


async def _figures(folder: Path) -> list[Figure]:
    groups: tuple[Callable[[Path], Awaitable[list[Figure]]], ...] = (_probe, _a_day, _backfill, _graph, _ingest)
    found: list[Figure] = []
    for number, group in enumerate(groups):
        place = folder / str(number)
        place.mkdir()
        found += await group(place)
    return found


async def _probe(folder: Path) -> list[Figure]:
    rig = Rig(folder)
    await rig.link("google")
    await rig.advice("nobody@never.example")
    empty = rig.meter().units
    await rig.advice(RITA)
    lists = rig.meter().methods["messages.list"] * 5 - empty
    await rig.close()
    return [
        Figure.at_most("Gmail: units of a probe about somebody never written to", empty, "units", 10),
        Figure.at_most("Gmail: units of a probe beside the thread and what is new", lists, "units", 10),
    ]


async def _a_day(folder: Path) -> list[Figure]:
    """A simulated day of polls every minute, with thirty letters and the deep sync in it."""
    rig = Rig(folder)
    await rig.link("google")
    await rig.sync()
    before = rig.meter().units
    for minute in range(DAY):
        if minute % (DAY // 30) == 0:
            rig.write(RITA, mine=minute % 2 == 0)
        rig.clock.advance(seconds=60)
        await rig.sync()
    units = rig.meter().units - before
    await rig.close()
    return [Figure.at_most("Gmail: units of a day with 30 new messages", units, "units", 3_600)]


async def _backfill(folder: Path) -> list[Figure]:
    """The first sync of a mailbox of 20,000 messages: what it costs and how it keeps to the allowance."""
    rig = await _big(folder, "google", MAILBOX)
    started = rig.clock()
    open_units: float | None = None
    wanted = _open_threads(rig.box(ADDRESSES["google"]))
    telling = rig.parts.announcer.tell

    def tell(topic: str) -> None:
        nonlocal open_units
        telling(topic)
        if open_units is None and wanted <= _threads(rig):
            open_units = rig.meter(ADDRESSES["google"]).units

    rig.parts.announcer.tell = tell  # type: ignore[method-assign]
    cpu = time.process_time()
    await rig.sync()
    cpu = time.process_time() - cpu
    tally = rig.meter(ADDRESSES["google"])
    minutes = (rig.clock() - started).total_seconds() / 60
    box = rig.box(ADDRESSES["google"])
    threads = {item.thread for item in box.items.values()}
    listed = 5 * (len(box.items) // 500 + 1)
    least = listed + sum(20 * min(2, len(box.by_thread[thread])) for thread in threads)
    least_open = 1.5 * listed + sum(20 * min(2, len(box.by_thread[thread])) for thread in wanted)
    await rig.close()
    return [
        Figure("Gmail: open threads in the mailbox", len(wanted), "threads"),
        Figure.at_most(
            "Gmail: units until they are known / the plan's minimum", (open_units or 0) / least_open, "x", 1.05
        ),
        Figure.at_most(
            "Gmail: the same / threads.get of everything", (open_units or 0) / (40 * len(threads)), "x", 0.15
        ),
        Figure.at_most("Gmail: units of the whole first sync / its minimum", tally.units / least, "x", 1.05),
        Figure.at_least(
            "Gmail: share of the allowed 4,500 units a minute used", tally.units / (minutes * 4_500), "x", 0.9
        ),
        Figure.at_most("Gmail: share of calls throttled", tally.refused / tally.requests, "x", 0.01),
        Figure("Gmail: first sync of 20,000 messages, simulator included", MAILBOX / cpu, "messages/CPU s"),
    ]


async def _graph(folder: Path) -> list[Figure]:
    rig = await _big(folder, "microsoft", 5_000)
    await rig.sync()
    tally = rig.meter(ADDRESSES["microsoft"])
    folders = len(rig.box(ADDRESSES["microsoft"]).folders)
    pages = 5_000 // 100 + 5_000 // 500
    await rig.close()
    return [
        Figure.at_most("Graph: requests beyond the pages, for each folder", (tally.requests - pages) / folders, "x", 2),
        Figure.at_most("Graph: most requests in flight", tally.most_open, "requests", 4),
        Figure.at_most("Graph: rules broken", len(tally.violations), "calls", 0),
    ]


async def _ingest(folder: Path) -> list[Figure]:
    """Normalise, read, seal and store, in pages of 100, without the network."""
    rig = Rig(folder)
    await rig.link("google")
    raws = await _raw_letters(rig, 400)
    account = rig.account()
    first = _ingested(rig.parts, account, raws, 1_000)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rest = _ingested(rig.parts, account, raws, 49_000)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    await rig.close()
    return [
        Figure("Ingest of the first 1,000 messages", 1_000 / first, "messages/CPU s"),
        Figure.at_least("Ingest of 49,000 messages", 49_000 / rest, "messages/CPU s", 1_300),
        Figure.at_most("Memory grown from 1,000 to 50,000 messages", grown, "MB", 20),
    ]


async def _raw_letters(rig: Rig, count: int) -> list[str]:
    """Gmail's own JSON of so many letters."""
    load_mailbox(rig.provider, "google", count)
    source, rig.provider.mailboxes[:] = (
        rig.box(ADDRESSES["google"]),
        [box for box in rig.provider.mailboxes if box.address != ADDRESSES["google"]],
    )
    box = rig.box(GMAIL)
    box.items.clear()
    for item in source.items.values():
        box.add(item.letter, item.at, item.folder, thread=item.thread)
    token = next(iter(rig.provider.grants.access))
    found = []
    for item in box.items.values():
        url = f"/googleapis/gmail/v1/users/me/messages/{item.gmail_id}"
        found.append((await rig.browser.get(url, headers={"authorization": f"Bearer {token}"})).text)
        rig.clock.advance(seconds=1)
    return found


def _ingested(parts: Parts, account: object, raws: list[str], count: int) -> float:
    """CPU seconds for `count` messages, each with an id of its own."""
    cpu = time.process_time()
    for start in range(0, count, 100):
        page = []
        for number in range(start, start + 100):
            raw = json.loads(raws[number % len(raws)])
            raw["id"] = f"{count:x}{number:014x}"
            page.append(message_from(raw, account=GMAIL, now=parts.clock()))
        rows, _ = read_letters(parts, account, frozenset({GMAIL}), page)  # type: ignore[arg-type]
        with parts.database.write() as tx:
            stored.add(tx, parts.sealer, rows)
    return time.process_time() - cpu


async def _big(folder: Path, provider: str, count: int) -> Rig:
    rig = Rig(folder)
    load_mailbox(rig.provider, provider, count)
    url = await _begin(rig, provider)
    await _finish(rig, provider, await rig.grant(url, ADDRESSES[provider]))
    return rig


async def _begin(rig: Rig, provider: str) -> str:
    return await linking.begin(rig.parts, rig.person_id, provider, rig.clock())


async def _finish(rig: Rig, provider: str, answer: dict[str, str]) -> None:
    await linking.finish(rig.parts, rig.person_id, provider, answer, rig.clock())


def _open_threads(box: Mailbox) -> set[str]:
    """The thousand newest threads that end with the person's own letter."""
    ends = {thread: max(items, key=lambda item: item.at) for thread, items in box.by_thread.items() if items}
    unanswered = [end for end in ends.values() if end.folder == "sentitems"]
    unanswered.sort(key=lambda item: item.at, reverse=True)
    return {item.thread for item in unanswered[:OPEN]}


def _threads(rig: Rig) -> set[str]:
    return {row[0] for row in rig.rows(messages, messages.c.provider_thread_id)}
