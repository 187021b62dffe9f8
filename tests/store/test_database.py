"""What a transaction promises, and what happens when the disk or the database does not."""

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text, update

from app.store import accounts, messages, migrations, people
from app.store.database import Database
from app.store.errors import StatementRefused, StorageFull, StoreUnavailable
from app.store.migrations import newest
from app.store.sealing import Sealer
from app.store.tables import accounts as accounts_table
from app.store.tables import metadata, nobodys
from app.store.tables import people as people_table
from tests.postgres import administer
from tests.store.letters import NOW, Mailbox, link


def test_the_migrations_build_exactly_the_tables_that_are_declared(database: Database) -> None:
    with database.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, [metadata, nobodys]) == []


def test_the_quick_look_at_the_version_agrees_with_the_migrations(database: Database) -> None:
    scripts = ScriptDirectory.from_config(_scripts())
    assert scripts.get_heads() == [migrations.HEAD]
    assert database.at_head()


def test_an_empty_file_gets_at_once_what_all_migrations_build_one_after_the_other(tmp_path: Path) -> None:
    def built(*, step_by_step: bool) -> tuple[set[str], dict[str, list[tuple[object, ...]]]]:
        path = tmp_path / f"{step_by_step}.sqlite3"
        opened = Database.open(f"sqlite:///{path}", across_people=True)
        opened.migrate(step_by_step=step_by_step)
        with opened.read() as tx:
            names = tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").scalars().all()
            held = {name: [tuple(row) for row in tx.exec_driver_sql(f"SELECT * FROM {name}")] for name in names}
        opened.close()
        return set(newest.laid(path).removesuffix(";\n").split(";\n\n")), held

    at_once, steps = built(step_by_step=False), built(step_by_step=True)
    assert at_once == steps, newest.__doc__
    assert {name: rows for name, rows in at_once[1].items() if rows} == {migrations.VERSION_TABLE: [(migrations.HEAD,)]}


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.write() as tx:
        person = people.add(tx, NOW)
    database.migrate()
    with database.read() as tx:
        assert people.exists(tx, person)


def test_two_servers_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    def start(_: int) -> bool:
        opened = Database.open(empty_database_url, busy_seconds=30)
        opened.migrate()
        try:
            return opened.at_head()
        finally:
            opened.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(start, range(2))) == [True, True]


def test_an_empty_database_is_not_at_head(empty_database_url: str) -> None:
    opened = Database.open(empty_database_url)
    assert not opened.at_head()
    opened.close()


def test_no_update_is_lost_between_threads(database: Database, sealer: Sealer) -> None:
    with database.write() as tx:
        mailbox = link(tx, sealer)
    here = accounts_table.c.id == mailbox.account

    def count_up(_: int) -> None:
        with database.write() as tx:
            seen = tx.execute(select(accounts_table.c.progress_done).where(here).with_for_update()).scalar() or 0
            tx.execute(update(accounts_table).where(here).values(progress_done=seen + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(80)))
    with database.read() as tx:
        assert accounts.get(tx, mailbox.account).progress_done == 80


def test_a_read_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    with database.read() as tx:
        before = tx.execute(select(people_table)).all()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_add_person, database).result()
        assert tx.execute(select(people_table)).all() == before
    with database.read() as tx:
        assert len(tx.execute(select(people_table)).all()) == len(before) + 1


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises((StoreUnavailable, StatementRefused)), database.read() as tx:
        people.add(tx, NOW)
    with database.read() as tx:
        assert tx.execute(select(people_table)).all() == []


def test_an_error_undoes_the_whole_block(database: Database) -> None:
    with pytest.raises(StatementRefused):
        _add_same_person_twice(database)
    with database.read() as tx:
        assert tx.execute(select(people_table)).all() == []


def test_there_is_one_person_on_this_machine_however_often_it_starts(database: Database) -> None:
    def start(_: int) -> str:
        with database.write() as tx:
            return people.sole_person(tx, NOW)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(8)))) == 1


def test_an_error_of_the_program_is_not_called_trouble_with_the_disk(database: Database) -> None:
    with pytest.raises(StatementRefused), database.read() as tx:
        tx.execute(text("SELECT * FROM no_such_table"))


def test_no_error_repeats_what_was_to_be_stored(database: Database) -> None:
    with pytest.raises(StatementRefused) as raised, database.write() as tx:
        tx.execute(text("INSERT INTO people (id, created_at) VALUES (:id, NULL)"), {"id": "canary-4711"})
    assert "canary-4711" not in str(raised.value)


def test_a_full_disk_leaves_rows_and_cursor_in_step(tmp_path: Path, sealer: Sealer) -> None:
    database = _opened(tmp_path)
    with database.write() as tx:
        mailbox = link(tx, sealer)
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages + 40}")
    stored = _pages_until_full(database, sealer, mailbox)
    with database.read() as tx:
        assert accounts.open_cursor(tx, sealer, mailbox.account) == f"after page {stored - 1}"
        assert len(messages.of_person(tx, sealer, mailbox.person)) == stored * 10

    with database.write() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count=100000")
    _store_page(database, sealer, mailbox, stored)
    with database.read() as tx:
        assert len(messages.of_person(tx, sealer, mailbox.person)) == (stored + 1) * 10
    database.close()


def test_a_database_locked_by_another_program_says_so_and_works_again_afterwards(tmp_path: Path) -> None:
    database = _opened(tmp_path, busy_seconds=0.05)
    other = sqlite3.connect(tmp_path / "aftertouch.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable), database.write() as tx:
        people.add(tx, NOW)
    other.execute("ROLLBACK")
    other.close()
    _add_person(database)
    database.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "aftertouch.db"
    path.write_text("my diary " * 1000)
    with pytest.raises(StoreUnavailable):
        Database.open(f"sqlite:///{path}").migrate()
    assert path.read_text() == "my diary " * 1000


def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database.open("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(StoreUnavailable), database.read():
        pass
    database.close()


@pytest.mark.postgres
def test_after_the_server_has_ended_every_connection_the_second_try_is_served(
    postgres: str, disposable_url: str
) -> None:
    """As after its restart: whoever comes in that moment is told, whoever comes next notices nothing."""
    database = Database.open(disposable_url, across_people=True)
    database.migrate()
    assert database.at_head()
    name = disposable_url.rpartition("/")[2].partition("?")[0]
    administer(postgres, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for block in (database.read, database.write):
        with contextlib.suppress(StoreUnavailable), block() as tx:
            tx.execute(text("SELECT 1"))
        with block() as tx:
            assert tx.execute(text("SELECT 1")).scalar() == 1
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_only_a_file_or_a_postgresql_server_will_do(url: str) -> None:
    with pytest.raises(ValueError, match="SQLite file or a PostgreSQL"):
        Database.open(url)


def test_the_database_file_is_its_owners_alone(tmp_path: Path) -> None:
    database = _opened(tmp_path)
    _add_person(database)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o600}
    database.close()


def test_what_the_person_entered_waits_for_the_disk_and_provider_facts_do_not(tmp_path: Path) -> None:
    database = _opened(tmp_path)
    levels = []
    for durable in (True, False, True):
        with database.write(durable=durable) as tx:
            levels.append(tx.exec_driver_sql("PRAGMA synchronous").scalar_one())
    assert levels == [2, 1, 2]
    database.close()


def test_a_wish_from_the_loop_and_a_wish_from_a_thread_do_not_wait_for_ever(database: Database) -> None:
    entered, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as tx:
            people.add(tx, NOW)
            entered.set()
        done.set()

    threading.Thread(target=hold).start()
    assert entered.wait(10)
    _add_person(database)
    assert done.wait(10)


def test_the_migrations_travel_in_the_wheel(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "app/store/migrations/env.py" in names
    assert any(name.startswith("app/store/migrations/versions/0001") for name in names)


def _scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def _opened(folder: Path, *, busy_seconds: float = 5.0) -> Database:
    database = Database.open(f"sqlite:///{folder / 'aftertouch.db'}", busy_seconds=busy_seconds)
    database.migrate()
    return database


def _add_person(database: Database) -> None:
    with database.write() as tx:
        people.add(tx, NOW)


def _pages_until_full(database: Database, sealer: Sealer, mailbox: Mailbox) -> int:
    for number in range(1000):
        try:
            _store_page(database, sealer, mailbox, number)
        except StorageFull:
            return number
    raise AssertionError("the disk never filled up")


def _add_same_person_twice(database: Database) -> None:
    with database.write(durable=True) as tx:
        for _ in range(2):
            tx.execute(insert(people_table).values(id="twice", created_at=NOW))


def _store_page(database: Database, sealer: Sealer, mailbox: Mailbox, number: int) -> None:
    with database.write() as tx:
        messages.add(tx, sealer, [mailbox.sent(f"{number}-{place}") for place in range(10)])
        accounts.save_progress(
            tx, sealer, mailbox.account, cursor=f"after page {number}", done=None, total=None, newest=None
        )
