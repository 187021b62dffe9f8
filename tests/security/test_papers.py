"""The papers on trust name tests that exist."""

import re
from pathlib import Path

import pytest

from tests.faults.report import ELSEWHERE
from tests.faults.test_table import FAULTS
from tests.threats import ROOT, threats

PAPERS = ("threat-model.md", "security.md")
NAMED = {
    name for paper in PAPERS for name in re.findall(r"`(tests/[^`]+::[^`]+)`", (ROOT / "docs" / paper).read_text())
} | {name for injected in ELSEWHERE.values() for tests in injected.values() for name in tests}


def _tests_of(path: Path) -> set[str]:
    return set(re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_test_that_a_paper_names_is_there(name: str) -> None:
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file()
    assert test == "*" or test in _tests_of(ROOT / path)


def test_every_fault_of_the_bar_has_a_row() -> None:
    assert {fault.number for fault in FAULTS} | ELSEWHERE.keys() == set(range(1, 49))


def _rows_under(heading: str) -> list[list[str]]:
    part = (ROOT / "docs" / "security.md").read_text().partition(f"## {heading}")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


@pytest.mark.parametrize("heading", ["OWASP ASVS 5.0", "RFC 9700"])
def test_every_requirement_is_met_by_a_test_or_says_what_is_missing(heading: str) -> None:
    for what, status, stands, shown in _rows_under(heading):
        assert status in {"met", "partly", "no", "none"}, what
        assert stands or status == "none", what
        if status == "met" and "redirects to https" not in what:
            assert "`tests/" in shown, what


def test_every_chapter_of_asvs_and_every_obligation_has_a_row() -> None:
    chapters = {int(re.split(r"\D", row[0])[0]) for row in _rows_under("OWASP ASVS 5.0")}
    assert chapters == set(range(1, 18))
    obligations = {int(number) for row in _rows_under("What is obliged") for number in re.findall(r"S(\d+)", row[0])}
    assert obligations == set(range(1, 34))
    assert all("`tests/" in row[2] for row in _rows_under("What is obliged"))


def test_every_threat_has_a_test_and_a_number_of_its_own() -> None:
    numbered = [threat.number for threat in threats()]
    assert numbered == list(range(1, len(numbered) + 1))
    assert len(numbered) >= 30
    assert all(threat.tests for threat in threats())
