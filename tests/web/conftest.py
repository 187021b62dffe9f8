"""The web application over a real store: `world`, its `parts` and `app`, a signed-in `reader`, a `stranger`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.services.parts import Parts
from tests.builders import Reader, sign_in, visitor
from tests.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def parts(world: World) -> Parts:
    return world.parts


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return create_app(parts)


@pytest.fixture
async def stranger(app: FastAPI, parts: Parts) -> AsyncIterator[Reader]:
    """A browser nobody signed in."""
    async with visitor(app, parts) as browser:
        yield Reader(browser)


@pytest.fixture
async def reader(app: FastAPI, parts: Parts) -> AsyncIterator[Reader]:
    """The person at their signed-in browser."""
    async with visitor(app, parts) as browser:
        await sign_in(browser, parts)
        yield Reader(browser)
