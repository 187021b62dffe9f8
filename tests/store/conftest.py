"""A migrated, empty database for each test: SQLite in a fresh folder, PostgreSQL as one database swept between them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from tests.postgres import OWNER, administer, database_named


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with _created(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database with all tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'aftertouch.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def disposable_url(postgres: str) -> Iterator[str]:
    """Of a PostgreSQL database without tables, for tests that spoil it."""
    with _created(postgres) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url, across_people=True)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(Keyring.new())


@contextmanager
def _created(server: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    administer(server, f"CREATE DATABASE {name} OWNER {OWNER}")
    yield database_named(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")
