"""What the providers are asked for: quota units, requests and pace, by the simulator's meters; and ingest."""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from math import ceil
from pathlib import Path
from statistics import median

from app.services import linking
from app.store.tables import messages
from connectors.simulator.bulk import ADDRESSES, load_mailbox
from connectors.simulator.mailbox import Mailbox
from tests.bench.figure import Figure
from tests.faults.rig import RITA, Rig

MAILBOX = 20_000
OPEN = 1_000
DAY = 1_440
"""Polls of a day."""


def figures() -> list[Figure]:
    """Every figure of the providers' side. Some six minutes."""
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
    """Sixty people with histories drawn at random, asked about before anything is read, and again after it all is."""
    rig = Rig(folder)
    draw = random.Random(5)
    silent, answered = (
        [f"s{number}@s{number}.example" for number in range(45)],
        [f"a{number}@a{number}.example" for number in range(15)],
    )
    for who in (*silent, *answered):
        for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
            rig.write(who, mine=True, days=draw.uniform(1, 90))
    for who in answered:
        rig.write(who, days=draw.uniform(0.5, 30))
    await rig.link("google")
    nobody, _ = await _asked(rig, "nobody@never.example")
    first = {who: await _asked(rig, who) for who in (*silent, *answered)}
    await rig.sync()
    right = [level == (await rig.advice(who)).level for who, (_, level) in first.items()]
    await rig.close()
    units = [first[who][0] for who in silent]
    return [
        Figure.at_most("Gmail: units of the first word about somebody never written to", nobody, "units", 10),
        Figure.at_most("Gmail: ... about somebody who is silent (the middle of 45)", median(units), "units", 10),
        Figure("Gmail: ... share of them that ten units were enough for", units.count(10) / len(units), "x"),
        Figure("Gmail: ... the dearest of them: what the letters say would tell", max(units), "units"),
        Figure(
            "Gmail: ... about somebody who answered once (10 and 20)", median([first[w][0] for w in answered]), "units"
        ),
        Figure.at_least("Gmail: share of first words that the whole sync confirms", sum(right) / len(right), "x", 1.0),
    ]


async def _asked(rig: Rig, who: str) -> tuple[int, str]:
    before = rig.meter().units
    level = (await rig.advice(who)).level
    return rig.meter().units - before, level


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
    met: tuple[int, float] | None = None
    wanted = _open_threads(rig.box(ADDRESSES["google"]))
    telling = rig.parts.announcer.tell

    def tell(topic: str) -> None:
        nonlocal met
        telling(topic)
        if met is None and wanted <= _threads(rig):
            met = rig.meter(ADDRESSES["google"]).units, (rig.clock() - started).total_seconds() / 60

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
    least_open = listed + sum(20 * min(2, len(box.by_thread[thread])) for thread in wanted)
    open_units, open_minutes = met or (0, 0.0)
    allowed = open_minutes * 4_500 + (minutes - open_minutes) * 3_000
    await rig.close()
    return [
        Figure("Gmail: open threads in the mailbox", len(wanted), "threads"),
        Figure.at_most("Gmail: units until they are known / the plan's minimum", open_units / least_open, "x", 1.05),
        Figure.at_most("Gmail: the same / threads.get of everything", open_units / (40 * len(threads)), "x", 0.15),
        Figure("Gmail: minutes of quota until they are known", open_minutes, "min"),
        Figure.at_most("Gmail: units of the whole first sync / its minimum", tally.units / least, "x", 1.05),
        Figure("Gmail: minutes of quota of the whole first sync", minutes, "min"),
        Figure.at_least(
            "Gmail: share used of 4,500 units a minute, then of half the quota", tally.units / allowed, "x", 0.9
        ),
        Figure.at_most("Gmail: share of calls throttled", tally.refused / tally.requests, "x", 0.01),
        Figure("Gmail: first sync of 20,000 messages, simulator included", MAILBOX / cpu, "messages/CPU s"),
    ]


async def _graph(folder: Path) -> list[Figure]:
    """A first sync: the list in pages of 100 whole letters, then each folder's ids in pages of 1,000."""
    rig = await _big(folder, "microsoft", 5_000)
    await rig.sync()
    tally = rig.meter(ADDRESSES["microsoft"])
    box = rig.box(ADDRESSES["microsoft"])
    held = Counter(item.folder for item in box.items.values())
    folders = len(box.folders)
    pages = 5_000 // 100 + sum(ceil(held[folder] / 1_000) for folder in box.folders)
    least = sum(ceil(held[folder] / 500) for folder in box.folders)
    await rig.close()
    return [
        Figure.at_most("Graph: requests beyond the pages, for each folder", (tally.requests - pages) / folders, "x", 2),
        Figure("Graph: the same beyond pages of 500, the papers' minimum", (tally.requests - least) / folders, "x"),
        Figure.at_most("Graph: most requests in flight", tally.most_open, "requests", 4),
        Figure.at_most("Graph: rules broken", len(tally.violations), "calls", 0),
    ]


async def _ingest(folder: Path) -> list[Figure]:
    """First syncs of mailboxes that are made as they are read, in a process of their own: four letters in five plain
    text of 18 kB, one a page of HTML of 60 kB.
    """
    command = [sys.executable, "-m", "tests.bench.first_sync", "1000", "50000"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    small, large = json.loads(told)
    return [
        Figure("Ingest of the first 1,000 messages", small["count"] / small["cpu"], "messages/CPU s"),
        Figure.at_least("Ingest of 50,000 messages", large["count"] / large["cpu"], "messages/CPU s", 1_300),
        Figure.at_most("Memory grown from 1,000 to 50,000 messages", large["megabytes"] - small["megabytes"], "MB", 20),
    ]


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
