"""What the providers are asked for: quota units, requests and pace, by the simulator's meters; and ingest."""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from math import ceil
from pathlib import Path

from app.services import linking
from app.store.tables import messages
from connectors.simulator.bulk import ADDRESSES, load_mailbox
from tests.bench.figure import Figure
from tests.bench.first_words import during, open_threads, probe, stored_threads
from tests.faults.rig import RITA, Rig
from tests.virtual_time import VirtualTimeLoop

MAILBOX = 20_000
OPEN = 1_000
NEWEST = 150
"""Open threads of a typical search."""
SCANS = "no peer in a registry: published, 96,480 for hourly scans"
TROUBLE: tuple[tuple[int, str], ...] = (
    (429, '{"error": {"code": 429, "errors": [{"reason": "rateLimitExceeded"}]}}'),
    (403, '{"error": {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}]}}'),
    (500, '{"error": {"code": 500, "errors": [{"reason": "backendError"}]}}'),
)
DAY = 1_440
"""Polls of a day."""


def figures() -> Iterator[Figure]:
    """Every figure of the providers' side. Some six minutes. No machine is too slow for the budgets that are kept."""
    for group in (probe, during, day, backfill, through_faults, graph, ingest):
        with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            yield from runner.run(group(Path(folder)))


async def day(folder: Path, minutes: int = DAY) -> list[Figure]:
    """A simulated day of polls every minute, with thirty letters and the deep sync in it; or the first of its hours."""
    rig = Rig(folder)
    await rig.link("google")
    await rig.sync()
    before = rig.meter().units
    for minute in range(minutes):
        if minute % (DAY // 30) == 0:
            rig.write(RITA, mine=minute % 2 == 0)
        rig.clock.advance(seconds=60)
        await rig.sync()
    units = (rig.meter().units - before) * DAY / minutes
    await rig.close()
    used = Figure.at_most("Gmail: units of a day with 30 new messages", units, "units", 3_600)
    people = Figure.at_least(
        "Gmail: ... people a project's 80,000,000 units a day are enough for", 8e7 / units, "", 22_000
    )
    return [used.of_row(21, gate=3_600, peer=SCANS), people.of_row(21)]


async def backfill(folder: Path, count: int = MAILBOX, wanted_threads: int = OPEN) -> list[Figure]:
    """The first sync of a mailbox: what it costs, how it keeps to the allowance, when what matters is known."""
    rig = await _big(folder, "google", count)
    tally, started = rig.meter(ADDRESSES["google"]), rig.clock()
    wanted = open_threads(rig.box(ADDRESSES["google"]), wanted_threads)
    newest = open_threads(rig.box(ADDRESSES["google"]), min(wanted_threads, NEWEST))
    met = _Met(rig, {"something": set(), "newest": newest, "open": wanted})
    cpu = time.process_time()
    await rig.sync()
    cpu = time.process_time() - cpu
    minutes = (rig.clock() - started).total_seconds() / 60
    box = rig.box(ADDRESSES["google"])
    threads = {item.thread for item in box.items.values()}
    listed = 5 * (len(box.items) // 500 + 1)
    least = listed + sum(20 * min(2, len(box.by_thread[thread])) for thread in threads)
    least_open = listed + sum(20 * min(2, len(box.by_thread[thread])) for thread in wanted)
    open_units, open_minutes = met.at["open"]
    newest_seconds, listed_seconds = met.at["newest"][1] * 60, met.at["something"][1] * 60
    allowed = open_minutes * 4_500 + (minutes - open_minutes) * 3_000
    everything = 40 * len(threads)
    await rig.close()
    units = Figure("Gmail: units until the open threads are known", open_units, "units")
    return [
        Figure("Gmail: open threads in the mailbox", len(wanted), "threads"),
        units.beside("the plan's minimum", least_open, "<= 1.05").of_row(10, gate=1.2),
        units.beside("threads.get of everything", everything, "<= 0.15").of_row(10),
        Figure.at_most("Gmail: seconds until the ids are listed and a letter is read", listed_seconds, "s", 15).of_row(
            12, gate=30
        ),
        Figure.at_most(
            f"Gmail: ... until the {len(newest)} newest open threads are known", newest_seconds, "s", 60
        ).of_row(12, gate=90),
        Figure("Gmail: ... the same", newest_seconds, "s")
        .beside("threads.get of everything", everything / 100, "<= 0.1")
        .of_row(12, gate=0.2),
        Figure("Gmail: ... until all open threads are known", open_minutes * 60, "s"),
        Figure("Gmail: units of the whole first sync", tally.units, "units").beside("its minimum", least, "<= 1.05"),
        Figure("Gmail: minutes of quota of the whole first sync", minutes, "min"),
        Figure("Gmail: units of the whole first sync, under the quota", tally.units, "units")
        .beside("4,500 a minute, then half the quota", allowed, ">= 0.9")
        .of_row(11, gate=0.8),
        Figure.at_most("Gmail: share of calls throttled", tally.refused / tally.requests, "x", 0.01).of_row(
            11, gate=0.05
        ),
        Figure("Gmail: first sync with the simulator, a CPU second", count / cpu, "messages"),
    ]


async def through_faults(folder: Path, count: int = 2_000, faults: int = 60) -> list[Figure]:
    """The same while calls now and then answer 429, 403 or 500, drawn at random."""
    rig = await _big(folder, "google", count)
    draw = random.Random(11)
    for number in range(faults):
        status, body = draw.choice(TROUBLE)
        script = {"match": "^gmail ", "skip": number * count // faults + draw.randrange(9), "times": 1}
        await rig.fault("script", status=status, body=body, **script)
    address = ADDRESSES["google"]
    for _ in range(60):
        await rig.sync()
        if rig.account(address).as_of is not None:
            break
        rig.clock.advance(seconds=150)
    stored = Counter(row[0] for row in rig.rows(messages, messages.c.provider_message_id))
    wrong = len(rig.missing(address)) + sum(times - 1 for times in stored.values())
    refused = sum(script["used"] for script in rig.provider.faults.told()["scripts"])
    await rig.close()
    lost = Figure.at_most("Gmail: letters lost or doubled through 429, 403 and 500", wrong, "letters", 0)
    return [lost.of_row(11, gate=0), Figure("Gmail: ... refusals met on the way", refused, "calls")]


async def graph(folder: Path, count: int = 5_000) -> list[Figure]:
    """A first sync: the list in pages of 100 whole letters, then each folder's ids in pages of 1,000."""
    rig = await _big(folder, "microsoft", count)
    await rig.sync()
    tally = rig.meter(ADDRESSES["microsoft"])
    box = rig.box(ADDRESSES["microsoft"])
    held = Counter(item.folder for item in box.items.values())
    folders = len(box.folders)
    pages = ceil(count / 100) + sum(ceil(held[folder] / 1_000) for folder in box.folders)
    least = sum(ceil(held[folder] / 500) for folder in box.folders)
    early = await _early(rig)
    await rig.close()
    return [
        Figure.at_most(
            "Graph: requests beyond the pages, for each folder", (tally.requests - pages) / folders, "x", 2
        ).of_row(14, gate=3),
        Figure("Graph: the same beyond pages of 500, the papers' minimum", (tally.requests - least) / folders, "x"),
        Figure.at_most("Graph: most requests in flight", tally.most_open, "requests", 4).of_row(14, gate=4),
        Figure.at_most("Graph: rules broken", len(tally.violations), "calls", 0).of_row(14, gate=0),
        Figure.at_most("Graph: seconds too early after Retry-After: 40", early, "s", 0).of_row(14, gate=0),
    ]


async def _early(rig: Rig) -> float:
    """How long before the time we were told to wait for the next request came."""
    await rig.fault("throttled", service="graph", match="^graph ", retry_after=40)
    rig.clock.advance(seconds=600)
    begun = rig.clock()
    await rig.sync()
    took = (rig.clock() - begun).total_seconds()
    waiting = rig.job(ADDRESSES["microsoft"]).not_before
    waits = (waiting - begun).total_seconds() if waiting and waiting > begun else took
    return max(0.0, 40 - waits)


class _Met:
    """After how many units and minutes each set of threads was first stored whole."""

    def __init__(self, rig: Rig, wanted: dict[str, set[str]]) -> None:
        self._rig, self._wanted, self._begun = rig, wanted, rig.clock()
        self._telling = rig.parts.announcer.tell
        self.at: dict[str, tuple[int, float]] = {}
        rig.parts.announcer.tell = self.tell  # type: ignore[method-assign]

    def tell(self, topic: str) -> None:
        self._telling(topic)
        stored = stored_threads(self._rig)
        for name, threads in self._wanted.items():
            if stored and name not in self.at and threads <= stored:
                units = self._rig.meter(ADDRESSES["google"]).units
                self.at[name] = units, (self._rig.clock() - self._begun).total_seconds() / 60


async def ingest(folder: Path) -> list[Figure]:
    """First syncs of mailboxes that are made as they are read, in a process of their own: four letters in five plain
    text of 18 kB, one a page of HTML of 60 kB.
    """
    command = [sys.executable, "-m", "tests.bench.first_sync", "1000", "50000"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    small, large = json.loads(told)
    return [
        Figure("Ingest of the first 1,000 messages", small["count"] / small["cpu"], "messages/CPU s"),
        Figure.at_least("Ingest of 50,000 messages", large["count"] / large["cpu"], "messages/CPU s", 1_300).of_row(
            9, gate=650, peer="the whole project's quota: 1,300 a second"
        ),
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
