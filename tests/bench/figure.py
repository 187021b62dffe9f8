"""A measured figure beside its goal, and how to time a thing against a peer in the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Figure:
    """`value` is told in `unit`; `goal` in words; `passed` None when there is no goal to pass.

    `row` is its row in the table of rows.py, 0 for none. `against` is what `peer` took in the same run and unit: then
    the goal is about the ratio. `gate` is the bound that no change may cross, `sound` whether it holds.
    """

    name: str
    value: float
    unit: str
    goal: str = ""
    passed: bool | None = None
    row: int = 0
    peer: str = ""
    against: float | None = None
    gate: float | None = None
    sound: bool | None = None

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, limit: float) -> "Figure":
        return cls(name, value, unit, f"<= {limit:g}", value <= limit)

    @classmethod
    def at_least(cls, name: str, value: float, unit: str, limit: float) -> "Figure":
        return cls(name, value, unit, f">= {limit:g}", value >= limit)

    @property
    def ratio(self) -> float | None:
        return self.value / self.against if self.against else None

    def beside(self, peer: str, against: float, goal: str) -> "Figure":
        """Measured against a peer: `goal`, such as `<= 3.5`, is about value / against."""
        told = replace(self, peer=peer, against=against, goal=f"{goal} x")
        return replace(told, passed=_holds(goal, told.value / against))

    def of_row(self, row: int, *, gate: float | None = None, peer: str = "") -> "Figure":
        """`peer` is the one that could be measured, or why there is none."""
        told = replace(self, row=row, gate=gate, peer=peer or self.peer)
        if gate is None:
            return told
        measured = self.value if self.ratio is None else self.ratio
        return replace(told, sound=_holds(f"{self.goal[:2]} {gate}", measured))


def _holds(goal: str, measured: float) -> bool:
    limit = float(goal[2:])
    return measured <= limit if goal.startswith("<=") else measured >= limit


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
