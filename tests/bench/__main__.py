"""`make bench`: the table of rows.py and every other figure, and all of it as JSON. Names choose some of the groups."""

import importlib
import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure
from tests.bench.rows import in_rows, table

GROUPS = (
    "start", "cadence", "reading", "texts", "drafts", "received", "store", "history", "web", "extension", "providers"
)  # fmt: skip
RESULTS = Path(__file__).parents[2] / "bench-results" / "figures.json"


def main(names: Iterable[str]) -> int:
    figures: dict[str, list[Figure]] = {}
    for name in names:
        print(f"\n{name}", flush=True)
        figures[name] = []
        for figure in importlib.import_module(f"tests.bench.{name}").figures():
            figures[name].append(figure)
            print(_line(figure), flush=True)
    print("\nEvery row\n" + "\n".join(table(each for group in figures.values() for each in group)))
    _keep(figures)
    short = [figure for group in figures.values() for figure in group if figure.passed is False]
    print(f"\n{len(short)} short of their goal" if short else "\nevery goal reached")
    print(f"All of it as JSON: {RESULTS}")
    return 0


def _keep(figures: dict[str, list[Figure]]) -> None:
    """Groups that were not measured this time keep what they had."""
    RESULTS.parent.mkdir(exist_ok=True)
    former: dict[str, Any] = json.loads(RESULTS.read_text()).get("figures", {}) if RESULTS.exists() else {}
    told = former | {name: [asdict(figure) for figure in group] for name, group in figures.items()}
    rows = [asdict(each) | {"ratio": each.ratio} for each in in_rows(each for g in figures.values() for each in g)]
    machine = {"machine": platform.machine(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({**machine, "rows": rows, "figures": told}, indent=2))


def _line(figure: Figure) -> str:
    verdict = {True: "pass", False: "short", None: ""}[figure.passed]
    ratio = "" if figure.ratio is None else f"{figure.ratio:.3g} x"
    return f"  {figure.name:<62} {figure.value:>10.4g} {figure.unit:<14} {ratio:>9}  {figure.goal:<12} {verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or GROUPS))
