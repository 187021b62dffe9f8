"""Measuring: what the process counts as it goes, and how the work stands in the store, for Prometheus."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from app.services.parts import Parts
from app.store.operations import Work, work
from app.store.scope import across_people

ADVICE = Histogram(
    "aftertouch_advice_seconds",
    "From the request for advice to its answer.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
QUOTA = Counter("aftertouch_provider_units_total", "Quota units spent by this process.", ("provider",))


@across_people()
def metrics(parts: Parts, now: datetime) -> bytes:
    """Prometheus text."""
    with parts.database.read() as tx:
        stand = work(tx, now)
    ours = CollectorRegistry()
    ours.register(_Stand(stand, now))
    return generate_latest(REGISTRY) + generate_latest(ours)


class _Stand:
    """One look at the store as gauges."""

    def __init__(self, stand: Work, now: datetime) -> None:
        self._stand = stand
        self._now = now

    def collect(self) -> Iterator[Metric]:
        stand = self._stand
        yield _by("aftertouch_mailboxes", "Linked mailboxes.", ("provider", "state"), sorted(stand.mailboxes.items()))
        yield _by(
            "aftertouch_sync_lag_seconds",
            "Age of what the mailbox furthest behind shows.",
            ("provider",),
            [((name,), (self._now - oldest).total_seconds()) for name, oldest in stand.oldest.items()],
        )
        yield _by(
            "aftertouch_provider_window_units",
            "Quota units all processes have drawn in the running window.",
            ("provider",),
            [((name,), units) for name, units in stand.drawn.items()],
        )
        yield GaugeMetricFamily("aftertouch_sync_queue_depth", "Mailboxes due that nobody syncs yet.", stand.due)
        yield GaugeMetricFamily("aftertouch_sync_leases", "Mailboxes being synced.", stand.leased)
        yield GaugeMetricFamily("aftertouch_sync_waiting", "Mailboxes told to wait.", stand.waiting)
        yield GaugeMetricFamily("aftertouch_dead_letters", "Messages that could not be read.", stand.dead_letters)


def _by(name: str, words: str, labels: tuple[str, ...], values: Sequence[tuple[Sequence[str], float]]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family
