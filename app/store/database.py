"""Database: short transactions on SQLite or PostgreSQL; the only file that knows one from the other."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    String,
    Table,
    column,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    table,
)
from sqlalchemy import exc as sql_errors
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from app.store import scope
from app.store.errors import StatementRefused, StorageFull, StoreUnavailable
from app.store.migrations import HEAD, VERSION_TABLE, newest
from app.store.prepared import run_text
from app.store.tables import metadata

_MMAP_BYTES = 256 * 1024 * 1024
_ROW_BY_ROW = (
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)
_LOG_TRIES = 20
_LOG_PAUSE = 0.05
_TRUSTED = 1.0
"""Seconds for which a connection that was good stays so."""
_MIGRATION_LOCK = 7_236_801
_ADMIN_LOCK = 7_236_802


class Database:
    """Opened once at start, safe to use from several threads.

    Every block is short, synchronous and never spans an `await`. Inside a `write` block no other may be opened
    by the same thread: SQLite has one writer. Raises the errors of app/store/errors.py.
    """

    def __init__(self, reader: Engine, writer: Engine, door: Engine | None = None) -> None:
        self._reader = reader
        self._door = door or reader
        self._writer = writer
        self.is_full = False
        """Whether the last write found no room on the disk."""

    @classmethod
    def open(
        cls, url: str, *, pool_size: int = 10, busy_seconds: float = 5.0, across_people: bool = False
    ) -> "Database":
        """`url` is `sqlite:////path/to/file` or `postgresql://...`. Raises ValueError for anything else.

        `busy_seconds` is how long a write waits for another process's before it raises StoreUnavailable. With
        `across_people` a transaction sees everybody's rows where app/store/scope.py was told nothing, else nobody's.
        """
        unsaid = scope.EVERYBODY if across_people else scope.NOBODY
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            return cls(*_open_sqlite(parsed, pool_size, busy_seconds))
        if parsed.get_backend_name() == "postgresql":
            return cls(*_open_postgres(parsed, pool_size, busy_seconds, unsaid))
        raise ValueError("the database must be a SQLite file or a PostgreSQL server")

    @property
    def backend(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot. Writing through it is refused by the database."""
        # Ended by a commit: after a rollback psycopg forgets every statement it has prepared.
        with _plain_errors(), self._reader.connect() as tx, tx.begin():
            yield tx

    @contextmanager
    def at_the_door(self) -> Iterator[Connection]:
        """For one statement that finds out who asks: across people, read-only, and without a transaction around it.

        On PostgreSQL two of three round trips are the transaction's, and most of what the statement takes.
        """
        with _plain_errors(), self._door.connect() as tx:
            yield tx

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """Commits at the end, rolls back on any error.

        `durable` waits for the disk: for what cannot be fetched again (what the person entered, tokens,
        pairings, receipts). Facts from a provider need it not: their cursor rolls back with them.
        """
        try:
            with _plain_errors(), self._writer.connect() as tx, tx.execution_options(durable=durable).begin():
                yield tx
        except StorageFull:
            self.is_full = True
            raise
        self.is_full = False

    def at_head(self) -> bool:
        """Whether the tables are those this version of the program was written for, or a later version's.

        Migrations are numbered in their order and only add, so that old and new processes work side by side.
        """
        with self.read() as tx:
            revision = _revision(tx)
        return revision is not None and revision >= HEAD

    def migrate(self, *, step_by_step: bool = False) -> None:
        """Bring the tables up to date in one transaction; costs one read when they already are.

        An empty SQLite file gets the newest tables at once, unless it is to go `step_by_step`.
        """
        if self.at_head():
            return
        with scope.across_people(), self.write(durable=True) as tx:
            if self.backend == "postgresql":
                tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            elif not step_by_step and newest.build(tx):
                return
            # Alembic takes a fifth of a second to import (2026-11): only what has to be migrated pays for it.
            from app.store.migrations.upgrade import upgrade

            upgrade(tx)

    def binds_its_role(self) -> bool:
        """Whether the row policies hold back the role we connect as: superusers and BYPASSRLS roles are not."""
        free = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        with self.read() as tx:
            return not tx.exec_driver_sql(free).scalar_one()

    def checkpoint_erasure(self) -> bool:
        """After an erasure: leave no deleted row in any file. False when a reader was in the way: ask again.

        On SQLite the file is rewritten and the log cut to nothing. On PostgreSQL the dead rows are vacuumed;
        its log and backups keep their own retention.
        """
        with _plain_errors(), self._writer.connect() as tx:
            return _checkpoint_sqlite(tx) if self.backend == "sqlite" else _vacuum_postgres(tx)

    def close(self) -> None:
        for engine in (self._door, self._reader, self._writer):
            engine.dispose()


def insert_into(tx: Connection, into: Table) -> postgresql.Insert:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, alike on both databases."""
    if tx.dialect.name == "sqlite":
        return cast(postgresql.Insert, sqlite.insert(into))
    return postgresql.insert(into)


def continue_numbering(tx: Connection, table: Table) -> None:
    """After rows came with numbers of their own: the next one is numbered behind the highest."""
    if tx.dialect.name == "postgresql":
        highest = f"SELECT max(id) FROM {table.name}"  # noqa: S608 a name of ours
        tx.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(({highest}), 1))")


def highest_given(tx: Connection, table: Table) -> int:
    """The highest number a row ever got, 0 when there was none; on SQLite of the rows there are."""
    numbers = select(func.max(table.c.id))
    if tx.dialect.name == "postgresql":
        numbers = select(func.pg_sequence_last_value(func.pg_get_serial_sequence(table.name, "id")))
    return int(tx.execute(numbers).scalar() or 0)


def settle(tx: Connection) -> None:
    """What PostgreSQL would do at the end of the transaction it does now; SQLite has done it."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


def wait_alone(tx: Connection) -> None:
    """Until this transaction ends no other that called this runs: for the rare check-then-insert."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADMIN_LOCK})")


def _open_sqlite(url: URL, pool_size: int, busy_seconds: float) -> tuple[Engine, Engine]:
    Path(str(url.database)).touch(mode=0o600)
    driver = {"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False}
    shared: dict[str, Any] = {"poolclass": QueuePool, "connect_args": driver, "hide_parameters": True}
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=30, **shared)
    reader = create_engine(url, pool_size=pool_size, **shared)
    event.listen(writer, "connect", _set_up_sqlite_writer)
    event.listen(reader, "connect", _set_up_sqlite_reader)
    event.listen(writer, "begin", _begin_sqlite_write)
    event.listen(reader, "begin", _begin_sqlite_read)
    with _plain_errors(), writer.connect() as tx:
        # An erasure cut short may have left deleted rows in the log: they end with the next start at the latest.
        _cut_log(tx.execution_options(bare=True))
    return reader, writer


def _set_up_sqlite_writer(connection: sqlite3.Connection, _: object) -> None:
    _switch_to_log(connection)
    for pragma in ("foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _switch_to_log(connection: sqlite3.Connection) -> None:
    """Keep a write-ahead log. Of two programs that make the file at once one is told "locked" without waiting."""
    for tries_left in reversed(range(_LOG_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            sleep(_LOG_PAUSE)


def _set_up_sqlite_reader(connection: sqlite3.Connection, _: object) -> None:
    for pragma in ("query_only=ON", "temp_store=MEMORY", f"mmap_size={_MMAP_BYTES}"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite_write(tx: Connection) -> None:
    # A deferred BEGIN that reads first and writes later fails with "locked" whatever the timeout; IMMEDIATE waits.
    if tx.get_execution_options().get("bare"):
        return
    durable = tx.get_execution_options().get("durable", False)
    if tx.info.get("durable") is not durable:
        run_text(tx, "PRAGMA synchronous=FULL" if durable else "PRAGMA synchronous=NORMAL")
        tx.info["durable"] = durable
    run_text(tx, "BEGIN IMMEDIATE")


def _begin_sqlite_read(tx: Connection) -> None:
    run_text(tx, "BEGIN")


def _open_postgres(url: URL, pool_size: int, busy_seconds: float, unsaid: str) -> tuple[Engine, Engine, Engine]:
    address = url.set(drivername="postgresql+psycopg")
    # The driver begins nothing by itself: our own BEGIN takes the scope along and costs no further round trip.
    shared: dict[str, Any] = {
        "pool_size": pool_size,
        "hide_parameters": True,
        "isolation_level": "AUTOCOMMIT",
    }
    patience = f"-c lock_timeout={int(busy_seconds * 1000)}"
    # Planning one of the prepared reads takes several times as long as running it, so each is planned once a
    # connection; without knowing the addresses that plan must look up and join row by row, as SQLite does.
    reader = create_engine(address, connect_args={"options": f"{patience} {_ROW_BY_ROW}"}, **shared)
    writer = create_engine(address, connect_args={"options": patience}, **shared)
    everybody = f"-c {scope.SETTING}={scope.EVERYBODY} -c default_transaction_read_only=on"
    door = create_engine(address, connect_args={"options": f"{patience} {_ROW_BY_ROW} {everybody}"}, **shared)
    for engine in (reader, writer, door):
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_look_whether_alive, engine.dialect.loaded_dbapi.Error))
    event.listen(reader, "begin", partial(_begin_postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", unsaid))
    event.listen(writer, "begin", partial(_begin_postgres, "BEGIN", unsaid))
    return reader, writer, door


def _note_use(_: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = monotonic()


def _look_whether_alive(trouble: type[Exception], connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    """After a rest: the server may have been restarted meanwhile. In a busy process this asks next to nothing."""
    if monotonic() - record.info.get("used", 0.0) < _TRUSTED:
        return
    try:
        connection.execute("SELECT 1")
    except trouble as error:
        raise sql_errors.DisconnectionError from error


def _begin_postgres(begin: str, unsaid: str, tx: Connection) -> None:
    options = tx.get_execution_options()
    if options.get("bare"):
        return
    who = scope.current()
    shown = (unsaid if who is None else who).replace("'", "''")
    waits = "" if options.get("durable", True) else "; SET LOCAL synchronous_commit = off"
    run_text(tx, f"{begin}; SET LOCAL {scope.SETTING} = '{shown}'{waits}", prepare=False)


def _checkpoint_sqlite(tx: Connection) -> bool:
    bare = tx.execution_options(bare=True)
    bare.exec_driver_sql("VACUUM")
    return _cut_log(bare)


def _cut_log(bare: Connection) -> bool:
    busy: int = bare.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
    return busy == 0


def _vacuum_postgres(tx: Connection) -> bool:
    tables = ", ".join(metadata.tables)
    tx.execution_options(bare=True).exec_driver_sql(f"VACUUM {tables}")
    return True


def _revision(tx: Connection) -> str | None:
    if not inspect(tx).has_table(VERSION_TABLE):
        return None
    return tx.execute(select(column("version_num", String)).select_from(table(VERSION_TABLE))).scalar()


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except sql_errors.TimeoutError as error:
        raise StoreUnavailable("The database is busy. Try again in a moment.") from error
    except sql_errors.DBAPIError as error:
        # PostgreSQL repeats the refused row in its message: neither that nor its traceback may reach a log.
        raise (_plain(error) or _refused(error)) from None


def _refused(error: sql_errors.DBAPIError) -> StatementRefused:
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return StatementRefused(
        f"The database refused a statement ({type(error.orig).__name__}, {state}): {error.statement}"
    )


def _plain(error: sql_errors.DBAPIError) -> StoreUnavailable | None:
    """What the person is told of it; None for an error of the program's own."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _plain_sqlite(code & 0xFF, error)
    if isinstance(error, sql_errors.OperationalError | sql_errors.InterfaceError):
        return _plain_postgres(getattr(error.orig, "sqlstate", None))
    return None


def _plain_sqlite(code: int, error: sql_errors.DBAPIError) -> StoreUnavailable | None:
    if code == sqlite3.SQLITE_FULL:
        return StorageFull("The disk is full. Free some space; nothing was lost.")
    if code in _SQLITE_TROUBLE:
        return StoreUnavailable(f"The database file cannot be used now: {error.orig}.")
    return None


_SQLITE_TROUBLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOTADB,
}


def _plain_postgres(state: str | None) -> StoreUnavailable:
    if state == "53100":
        return StorageFull("The database server's disk is full. Free some space; nothing was lost.")
    return StoreUnavailable(f"The database server cannot be used now ({state or 'no connection'}).")
