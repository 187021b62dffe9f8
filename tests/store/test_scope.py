"""On PostgreSQL a transaction sees the rows of the one person it works for, whatever it asks."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Table, func, inspect, select, text

from app.store import scope, sync_jobs
from app.store.database import Database
from app.store.errors import StatementRefused
from app.store.sealing import Sealer
from app.store.tables import devices, metadata
from tests.store.letters import NOW, Mailbox
from tests.store.lives import live


@pytest.fixture
def database(postgresql_url: str) -> Iterator[Database]:
    """Opened as the web server opens it: nobody's until it is known who asks."""
    opened = Database.open(postgresql_url)
    yield opened
    opened.close()


@pytest.fixture
def lives(database: Database, sealer: Sealer) -> tuple[Mailbox, Mailbox]:
    with scope.across_people():
        return live(database, sealer, "ana@example.com", "ana"), live(database, sealer, "bob@example.com", "bob")


def counts(database: Database) -> dict[str, int]:
    """Rows of every table, asked without any condition."""
    with database.read() as tx:
        return {table.name: _count(tx, table) for table in metadata.sorted_tables}


def _count(tx: object, table: Table) -> int:
    found: int = tx.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[attr-defined]
    return found


def test_a_query_without_a_condition_shows_one_persons_rows_only(
    database: Database, lives: tuple[Mailbox, Mailbox]
) -> None:
    with scope.across_people():
        everything = counts(database)
        for mailbox in lives:
            with scope.nobody():
                scope.only(mailbox.person)
                mine = counts(database)
                assert {table: count * 2 for table, count in mine.items()} == everything
                with database.read() as tx:
                    assert set(tx.execute(select(devices.c.person_id)).scalars()) == {mailbox.person}
    held = {table for table, count in everything.items() if count}
    assert held >= {table.name for table in metadata.sorted_tables} - {"device_codes"}


def test_a_path_that_never_said_for_whom_it_works_sees_nothing(
    database: Database, lives: tuple[Mailbox, Mailbox]
) -> None:
    assert set(counts(database).values()) == {0}


def test_nobody_can_write_a_row_for_somebody_else(
    database: Database, sealer: Sealer, lives: tuple[Mailbox, Mailbox]
) -> None:
    ana, bob = lives
    with scope.nobody():
        scope.only(ana.person)
        with pytest.raises(StatementRefused), database.write() as tx:
            sync_jobs.want(tx, bob.account, NOW)
        with database.write() as tx:
            assert tx.execute(text("UPDATE mail SET present = false")).rowcount == 6
            assert tx.execute(text("DELETE FROM recipients WHERE person_id = :bob"), {"bob": bob.person}).rowcount == 0


def test_no_table_is_without_a_policy_that_binds_even_its_owner(database: Database) -> None:
    bound = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    with database.read() as tx:
        assert set(metadata.tables) - set(tx.execute(bound).scalars()) == set()


def test_the_scope_ends_with_the_transaction(database: Database, lives: tuple[Mailbox, Mailbox]) -> None:
    with scope.across_people():
        counts(database)
    assert set(counts(database).values()) == {0}


def test_at_the_door_everybody_is_known_nothing_can_be_written_and_nobody_inside_sees_more(
    database: Database, lives: tuple[Mailbox, Mailbox]
) -> None:
    with database.at_the_door() as tx:
        assert set(tx.execute(select(devices.c.person_id)).scalars()) == {life.person for life in lives}
    with pytest.raises(StatementRefused), database.at_the_door() as tx:
        tx.execute(text("DELETE FROM devices"))
    assert set(counts(database).values()) == {0}
    with scope.across_people():
        assert counts(database)["devices"] == len(lives)


def test_requests_side_by_side_keep_their_own_scope(database: Database, lives: tuple[Mailbox, Mailbox]) -> None:
    async def request(person: str) -> set[str]:
        with scope.nobody():
            scope.only(person)
            await asyncio.sleep(0)
            with database.read() as tx:
                return set(tx.execute(select(devices.c.person_id)).scalars())

    async def both() -> list[set[str]]:
        return await asyncio.gather(*(request(mailbox.person) for mailbox in lives))

    assert asyncio.run(both()) == [{mailbox.person} for mailbox in lives]


def test_instants_carry_their_zone_in_the_columns(database: Database) -> None:
    with database.read() as tx:
        looked = inspect(tx)
        kinds = {
            column["type"].timezone  # type: ignore[attr-defined]
            for table in metadata.tables
            for column in looked.get_columns(table)
            if "TIMESTAMP" in str(column["type"])
        }
    assert kinds == {True}
