"""The table `threats` at the end of a run: each threat of docs/threat-model.md with the outcome of its tests."""

import re
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
    outcomes: dict[str, bool] = {}
    for word, passed in _WORDS.items():
        for report in reporter.getreports(word):
            if report.when == "call" or not passed:
                name = report.nodeid.partition("[")[0]
                for key in (name, f"{name.partition('::')[0]}::*"):
                    outcomes[key] = outcomes.get(key, True) and passed
    return [line for threat in threats() if (line := _line(threat, outcomes))]


def _line(threat: Threat, outcomes: dict[str, bool]) -> str:
    ran = [outcomes[name] for name in threat.tests if name in outcomes]
    if not ran:
        return ""
    word = "pass" if all(ran) else "FAIL"
    here = "" if len(ran) == len(threat.tests) else f" ({len(ran)} of {len(threat.tests)} in this run)"
    return f"T{threat.number:<3}{threat.words[:88]:.<90} {word}{here}"
