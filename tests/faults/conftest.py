"""A rig for each test, on PostgreSQL where a fault asks for it, and a seed to replay a simulation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="replay one simulated life")


@pytest.fixture
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    opened = Rig(tmp_path)
    if request.node.get_closest_marker("postgres"):
        opened.move_to(request.getfixturevalue("postgresql_url"))
    yield opened
    await opened.close()
