"""`make bench`: every figure with its goal, as a table and as JSON under bench-results/. Names choose some of them."""

import importlib
import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tests.bench.figure import Figure

GROUPS = ("start", "cadence", "reading", "drafts", "received", "store", "history", "web", "extension", "providers")
RESULTS = Path(__file__).parents[2] / "bench-results"


def main(names: Iterable[str]) -> int:
    figures: dict[str, list[Figure]] = {}
    for name in names:
        print(f"\n{name}", flush=True)
        figures[name] = []
        for figure in importlib.import_module(f"tests.bench.{name}").figures():
            figures[name].append(figure)
            print(_line(figure), flush=True)
    RESULTS.mkdir(exist_ok=True)
    told = {name: [asdict(figure) for figure in group] for name, group in figures.items()}
    machine = {"machine": platform.machine(), "python": platform.python_version()}
    (RESULTS / "figures.json").write_text(json.dumps({**machine, "figures": told}, indent=2))
    short = [figure for group in figures.values() for figure in group if figure.passed is False]
    print(f"\n{len(short)} short of their goal" if short else "\nevery goal reached")
    return 0


def _line(figure: Figure) -> str:
    verdict = {True: "pass", False: "short", None: ""}[figure.passed]
    return f"  {figure.name:<62} {figure.value:>10.4g} {figure.unit:<14} {figure.goal:<12} {verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or GROUPS))
