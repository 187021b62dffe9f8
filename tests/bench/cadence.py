"""How long one verdict takes, and how well the odds are calibrated on simulated threads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.cadence.judge import judge
from app.cadence.thread import Draft, Reply, Signals, Thread, Touch
from tests.bench.figure import Figure, seconds
from tests.bench.odds import odds_figures

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    thread = Thread(
        "dana@northwind.example",
        touches=tuple(Touch(f"t{day}", NOW - timedelta(days=day * 3)) for day in range(50, 0, -1)),
        replies=(Reply("r", NOW - timedelta(days=100)),),
    )
    draft = Draft(signals=Signals(language="en", words=12, asks_for_news=True, empty=True))
    took = seconds(lambda: judge(thread, draft, NOW, country="US"), times=300)
    yield Figure.at_most("a verdict over 50 touches", took * 1e6, "microseconds", 50)
    yield from odds_figures()
