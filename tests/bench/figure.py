"""A measured figure beside its goal, and how to time a thing against a peer in the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` is told in `unit`; `goal` in words; `passed` None when there is no goal to pass."""

    name: str
    value: float
    unit: str
    goal: str = ""
    passed: bool | None = None

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, limit: float) -> "Figure":
        return cls(name, value, unit, f"<= {limit:g}", value <= limit)

    @classmethod
    def at_least(cls, name: str, value: float, unit: str, limit: float) -> "Figure":
        return cls(name, value, unit, f">= {limit:g}", value >= limit)


def seconds(work: Callable[[], object], *, times: int, rounds: int = 7) -> float:
    """CPU seconds of one call: the median over rounds of the mean over `times`."""
    measured = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            work()
        measured.append((time.process_time() - start) / times)
    return statistics.median(measured)


def interleaved(*works: Callable[[], object], times: int, rounds: int = 7) -> list[float]:
    """CPU seconds of one call of each work, the rounds taken in turn so that they share the machine's moods."""
    measured: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, into in zip(works, measured, strict=True):
            into.append(seconds(work, times=times, rounds=1))
    return [statistics.median(each) for each in measured]
