"""Fixtures for all folders of tests, and the tables of threats and of faults at the end of a run."""

import gc

import pytest

from tests import threats
from tests.faults import report as faults
from tests.postgres import migrated, postgres, postgresql_url

__all__ = ["migrated", "postgres", "postgresql_url"]

gc.set_threshold(50_000, 20, 50)
"""The lexicons are many objects that live as long as the run: looking through them at the usual pace takes 3 to 12 % of
its CPU time.
"""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, lines in (("threats", threats.told(terminalreporter)), ("faults", faults.told(terminalreporter))):
        if lines:
            terminalreporter.section(name)
        for line in lines:
            terminalreporter.write_line(line)
