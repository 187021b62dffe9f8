"""The table of faults at the end of a run, and a seed to replay a simulation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="replay one simulated life")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = {}
    for outcome, word in (("passed", "pass"), ("failed", "FAIL"), ("error", "FAIL")):
        for report in terminalreporter.getreports(outcome):
            told = dict(getattr(report, "user_properties", ()))
            if "fault" in told and (report.when == "call" or word == "FAIL"):
                lines[(int(str(told["fault"])), report.nodeid)] = f"F{told['fault']:<3}{told['words']:.<90} {word}"
    if lines:
        terminalreporter.section("faults")
        for _, line in sorted(lines.items()):
            terminalreporter.write_line(line)


@pytest.fixture
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    opened = Rig(tmp_path)
    if request.node.get_closest_marker("postgres"):
        opened.move_to(request.getfixturevalue("postgresql_url"))
    yield opened
    await opened.close()
