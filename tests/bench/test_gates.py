"""No change crosses the gates of speed and cost: the figures that are counts or processor time, in small."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench import first_words, providers, store
from tests.bench.figure import Figure
from tests.bench.rows import ROWS, table
from tests.virtual_time import VirtualTimeLoop


def run(group: Callable[..., Any], folder: Path, *sizes: int) -> list[Figure]:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        found: list[Figure] = runner.run(group(folder, *sizes))
    return found


def beyond(figures: Iterable[Figure]) -> list[str]:
    return [f"{each.name}: {each.value:g} {each.unit}, {each.ratio}" for each in figures if each.sound is False]


def gated(figures: Iterable[Figure]) -> Iterator[Figure]:
    return (each for each in figures if each.gate is not None)


def test_advice_stays_flat_and_messages_light_and_quick_to_store() -> None:
    found = list(gated(store.figures(1_000, 49, 4_000)))
    assert {each.row for each in found} == {4, 5, 6}
    assert beyond(found) == []


@pytest.mark.parametrize(
    ("group", "sizes", "rows"),
    [
        (first_words.probe, (12, 4), {13}),
        (first_words.during, (12, 4), {13}),
        (providers.day, (96,), {21}),
        (providers.backfill, (2_000, 300), {10, 11, 12}),
        (providers.through_faults, (300, 12), {11}),
        (providers.graph, (400,), {14}),
    ],
    ids=["first word", "while reading", "a day", "first sync", "refusals", "graph"],
)
def test_what_a_provider_is_asked_for(
    group: Callable[..., Any], sizes: tuple[int, ...], rows: set[int], tmp_path: Path
) -> None:
    found = list(gated(run(group, tmp_path, *sizes)))
    assert {each.row for each in found} == rows
    assert beyond(found) == []


def test_a_figure_is_held_against_its_goal_and_its_gate_in_their_direction() -> None:
    quick = Figure("quick", 3.0, "us").beside("peer", 10.0, "<= 0.5").of_row(7, gate=0.6)
    slow = Figure("slow", 7.0, "us").beside("peer", 10.0, "<= 0.5").of_row(7, gate=0.6)
    much = Figure.at_least("much", 0.3, "x", 0.4).of_row(6, gate=0.2)
    assert [each.passed for each in (quick, slow, much)] == [True, False, False]
    assert [each.sound for each in (quick, slow, much)] == [True, False, True]
    assert beyond([quick, much]) == []


def test_every_row_has_its_line_and_says_when_nothing_was_measured() -> None:
    lines = list(table([Figure.at_most("bytes a message", 583, "bytes", 160).of_row(5, gate=250)]))
    assert sum(line.strip() == "not measured in this run" for line in lines) == len(ROWS) - 1
    [line] = [line for line in lines if "bytes a message" in line]
    assert "short, beyond the gate" in line
    assert "[250]" in line
