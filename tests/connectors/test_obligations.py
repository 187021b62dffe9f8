"""docs/providers.md: every obligation has its line, and what a line names is there: code, tests and faults."""

import re
from pathlib import Path

import pytest

from tests.faults.test_table import FAULTS

ROOT = Path(__file__).parents[2]
OBLIGATIONS = [
    f"{letter}{number}" for letter, last in (("G", 32), ("M", 32), ("W", 22)) for number in range(1, last + 1)
]
ROW = re.compile(r"\| ([GMW]\d+) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
ROWS = {row[0]: row[1:] for row in ROW.findall((ROOT / "docs/providers.md").read_text())}
CODE = ("connectors", "connectors/gmail", "connectors/outlook", "app", "app/services", "app/store", ".")
GIVEN = frozenset({"product-wide", "every layer above"})


def named(cell: str) -> list[str]:
    """The files a cell names, without what stands in brackets or behind a semicolon."""
    bare = re.sub(r"`[^`]*`|\([^)]*\)", "", cell.partition(";")[0])
    return [one.strip() for one in bare.split(",") if one.strip()]


def proofs(cell: str) -> list[tuple[str, list[str]]]:
    """The faults and files a cell names, each file with its tests."""
    return [(one.split("`")[0].strip(), re.findall(r"`(\w+)`", one)) for one in cell.partition(";")[0].split(",")]


def in_code(name: str, near: str) -> list[Path]:
    places = [ROOT / folder / name for folder in (*CODE, near)]
    return [place for place in places if place.exists()]


def test_every_obligation_has_one_line() -> None:
    assert sorted(ROWS) == sorted(OBLIGATIONS)


@pytest.mark.parametrize("obligation", OBLIGATIONS)
def test_what_a_line_names_is_there(obligation: str) -> None:
    _, where, held = ROWS[obligation]
    near, files = "", list[Path]()
    for name in named(where):
        found = in_code(name, near)
        assert found or name in GIVEN, name
        near = str(found[0].parent.relative_to(ROOT)) if found else near
        files += found
    words = " ".join(file.read_text() for file in files if file.is_file())
    for symbol in re.findall(r"`([\w.]+)`", where):
        assert symbol.rpartition(".")[2] in words, symbol
    for name, tests in proofs(held):
        if re.fullmatch(r"F\d+", name):
            assert int(name[1:]) in {fault.number for fault in FAULTS}, name
            continue
        path = ROOT / "tests" / (name if "/" in name else f"connectors/{name}")
        told = path.with_suffix(".py").read_text()
        assert tests, f"which test of {name}"
        assert [test for test in tests if f"def test_{test}(" not in told] == []
