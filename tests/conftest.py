"""Fixtures for all folders of tests, and the table of threats at the end of a run."""

import pytest

from tests import threats
from tests.postgres import migrated, postgres, postgresql_url

__all__ = ["migrated", "postgres", "postgresql_url"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = threats.told(terminalreporter)
    if lines:
        terminalreporter.section("threats")
        for line in lines:
            terminalreporter.write_line(line)
