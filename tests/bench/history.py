"""The history list of a busy search: 500 recipients, 10,000 touches; fresh, again, and after one more mail."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from app.services.announcing import Announcer
from app.services.history import list_recipients
from app.services.parts import Parts
from app.settings import Settings
from app.store import messages
from tests.bench.figure import Figure, seconds
from tests.bench.store import NOW, Filled


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        filled = Filled(folder, 10_000)
        filled.fill(2_000)
        parts = _parts(filled)
        yield Figure("the list, first time in this process", _once(lambda: _listed(parts, filled)) * 1e3, "ms")
        again = seconds(lambda: _listed(parts, filled), times=3)
        yield Figure.at_most("the list of 500 recipients with 10,000 touches", again * 1e3, "ms", 200)
        yield Figure.at_most("the same right after one more mail", _after_one_more(parts, filled) * 1e3, "ms", 200)


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
    )


def _listed(parts: Parts, filled: Filled) -> None:
    assert len(list_recipients(parts, filled.person_id, NOW)) == 500


def _after_one_more(parts: Parts, filled: Filled) -> float:
    """The median over five mails to five recipients."""
    times = []
    for number in range(5):
        row = filled.rows[number]
        more = replace(row, provider_message_id=f"more{number}", message_key=f"more{number}", at=NOW)
        with filled.database.write() as tx:
            messages.add(tx, filled.sealer, [more])
        times.append(_once(lambda: _listed(parts, filled)))
    return sorted(times)[2]


def _once(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
