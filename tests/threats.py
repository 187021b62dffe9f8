"""The table `threats` at the end of a run: each threat of docs/threat-model.md with the outcome of its tests."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "docs" / "threat-model.md"
_ROW = re.compile(r"^\| T(\d+) \| (\w+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
_WORDS = {"passed": True, "failed": False, "error": False}


@dataclass(frozen=True)
class Threat:
    """`tests` are names as pytest gives them, without parameters; a name of "*" is every test of the file."""

    number: int
    words: str
    tests: tuple[str, ...]


def threats() -> list[Threat]:
    rows = _ROW.findall(PAPER.read_text())
    return [Threat(int(row[0]), row[2], tuple(re.findall(r"`(tests/[^`]+)`", row[4]))) for row in rows]


def told(reporter: pytest.TerminalReporter) -> list[str]:
    """One line for every threat of which a test ran."""
    outcomes = outcomes_of(reporter)
    rows = ((f"T{threat.number}", threat.words, threat.tests) for threat in threats())
    return [line for row in rows if (line := line_of(*row, outcomes))]


def outcomes_of(reporter: pytest.TerminalReporter) -> dict[str, bool]:
    """Whether each test that ran passed, by its name without parameters, and by its file with "*"."""
    outcomes: dict[str, bool] = {}
    for word, passed in _WORDS.items():
        for report in reporter.getreports(word):
            if report.when == "call" or not passed:
                name = report.nodeid.partition("[")[0]
                for key in (name, f"{name.partition('::')[0]}::*"):
                    outcomes[key] = outcomes.get(key, True) and passed
    return outcomes


def line_of(number: str, words: str, tests: Sequence[str], outcomes: Mapping[str, bool], width: int = 90) -> str:
    """A row of a printed table; empty when none of the tests ran."""
    ran = [outcomes[name] for name in tests if name in outcomes]
    if not ran:
        return ""
    word = "pass" if all(ran) else "FAIL"
    here = "" if len(ran) == len(tests) else f" ({len(ran)} of {len(tests)} in this run)"
    return f"{number:<4}{words[: width - 2]:.<{width}} {word}{here}"
