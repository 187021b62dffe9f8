"""Warming: what the first page would have to make is put on the shelf at the start, beside the requests."""

import gc
from threading import Event
from time import monotonic

from app.cadence.cadence import measure
from app.services.parts import Parts
from app.services.threads import all_dossiers
from app.store import people

WARMED = 4
"""People whose shelf is filled at the start: one in a local installation."""
SLICE = 250
"""Recipients: with some twenty letters each they take two thirds of a second of processor (2026-11)."""
MOST = 2_000
"""Recipients of one person. Whoever has more waits for the others at the first page, which is made aside."""


def warm(parts: Parts, ended: Event | None = None, *, a_slice: int = SLICE) -> None:
    """Fill the shelf so that nobody waits for it; begins no further slice once `ended` is set.

    After each slice whoever waits for the shelf gets it, and the processor is left to the requests for as long as the
    slice took. Each slice doubles what stands there, for all of that is looked through once more.
    """
    ended = ended or Event()
    with parts.database.read() as tx:
        first = people.some(tx, limit=WARMED)
    for person_id in first:
        _warm_one(parts, person_id, ended, a_slice)
    gc.collect()
    gc.freeze()  # what stands on the shelf is no garbage: looking through it costs a tenth of a second each time


def _warm_one(parts: Parts, person_id: str, ended: Event, a_slice: int) -> None:
    asked, found = 0, 0
    while asked <= found < MOST and not ended.is_set():
        begun, asked = monotonic(), min(MOST, max(a_slice, 2 * found))
        with parts.database.read() as tx:
            made = all_dossiers(parts, tx, person_id, most=asked)
        if made and not found:
            measure(made[0].thread, parts.clock(), zone=parts.zone, country=parts.country)  # loads the holidays
        found = len(made)
        ended.wait(monotonic() - begun)
