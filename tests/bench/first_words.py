"""What somebody's first word costs: asked before a mailbox is read, and while it is."""

import random
from contextlib import suppress
from pathlib import Path
from statistics import mean, median

from app.services.syncing import sync
from app.store import sync_jobs
from app.store.tables import messages
from app.worker import LEASE
from connectors.simulator.mailbox import Mailbox
from tests.bench.figure import Figure
from tests.faults.rig import Rig

NOBODY = "no peer: nobody speaks before a mailbox is read"
ALL = 1_000_000


async def probe(folder: Path, silent: int = 45, answered: int = 15) -> list[Figure]:
    """People with histories drawn at random, asked about before anything is read, and again after it all is."""
    rig = Rig(folder)
    quiet, vocal = _histories(rig, silent, answered)
    await rig.link("google")
    nobody, trips, _ = await _asked(rig, "nobody@never.example")
    first = {who: await _asked(rig, who) for who in (*quiet, *vocal)}
    await rig.sync()
    right = [level == (await rig.advice(who)).level for who, (*_, level) in first.items()]
    await rig.close()
    units = [first[who][0] for who in quiet]
    dear = Figure(
        "Gmail: ... about somebody who answered once, the middle one", median([first[w][0] for w in vocal]), "units"
    )
    return [
        Figure.at_most("Gmail: units of the first word about somebody never written to", nobody, "units", 10).of_row(
            13, gate=10, peer=NOBODY
        ),
        Figure.at_most("Gmail: ... its requests, side by side", trips, "requests", 2).of_row(13, gate=2, peer=NOBODY),
        Figure.at_most(
            "Gmail: ... units about somebody who is silent, the middle one", median(units), "units", 10
        ).of_row(13, gate=10, peer=NOBODY),
        Figure("Gmail: ... share of them that ten units were enough for", units.count(10) / len(units), "x"),
        Figure("Gmail: ... all of them, the mean", mean(units), "units"),
        Figure("Gmail: ... the dearest of them: what the letters say would tell", max(units), "units"),
        dear,
        Figure.at_least("Gmail: share of first words that the whole sync confirms", sum(right) / len(right), "x", 1.0),
    ]


async def during(folder: Path, silent: int = 45, answered: int = 15) -> list[Figure]:
    """The same people, asked about while the first sync is on its way and has read the open threads."""
    rig = Rig(folder)
    quiet, vocal = _histories(rig, silent, answered)
    await rig.link("google")
    wanted, telling = open_threads(rig.box(), ALL), rig.parts.announcer.tell

    def tell(topic: str) -> None:
        telling(topic)
        if wanted <= stored_threads(rig):
            raise _EnoughRead

    rig.parts.announcer.tell = tell  # type: ignore[method-assign]
    with rig.parts.database.write() as tx:
        lease = sync_jobs.take_due(tx, rig.clock(), LEASE)
    assert lease is not None
    with suppress(_EnoughRead):
        await sync(rig.parts, lease)
    rig.parts.announcer.tell = telling  # type: ignore[method-assign]
    units = {who: (await _asked(rig, who))[0] for who in (*quiet, *vocal)}
    await rig.close()
    return [
        Figure.at_most(
            "Gmail: ... once the open threads are read, about anybody silent",
            max(map(units.__getitem__, quiet)),
            "units",
            10,
        ).of_row(13, gate=10, peer=NOBODY),
        Figure("Gmail: ... then about somebody who answered once", median(map(units.__getitem__, vocal)), "units"),
    ]


class _EnoughRead(Exception):
    """Ends a sync that has read what matters."""


def _histories(rig: Rig, silent: int, answered: int) -> tuple[list[str], list[str]]:
    """People who were written to once to four times in three months: those who are silent, those who answered once."""
    draw = random.Random(5)
    quiet = [f"s{number}@s{number}.example" for number in range(silent)]
    vocal = [f"a{number}@a{number}.example" for number in range(answered)]
    for who in (*quiet, *vocal):
        for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
            rig.write(who, mine=True, days=draw.uniform(1, 90))
    for who in vocal:
        rig.write(who, days=draw.uniform(0.5, 30))
    return quiet, vocal


async def _asked(rig: Rig, who: str) -> tuple[int, int, str]:
    """Units, API requests and the level told."""
    tally = rig.meter()
    units, requests = tally.units, tally.requests
    level = (await rig.advice(who)).level
    return tally.units - units, tally.requests - requests, level


def open_threads(box: Mailbox, count: int) -> set[str]:
    """The newest threads that end with the person's own letter."""
    ends = {thread: max(items, key=lambda item: item.at) for thread, items in box.by_thread.items() if items}
    unanswered = [end for end in ends.values() if end.folder == "sentitems"]
    unanswered.sort(key=lambda item: item.at, reverse=True)
    return {item.thread for item in unanswered[:count]}


def stored_threads(rig: Rig) -> set[str]:
    return {row[0] for row in rig.rows(messages, messages.c.provider_thread_id)}
