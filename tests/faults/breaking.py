"""Stores that break on command: the process dies around a commit, the disk is full, read-only or taken."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from app.store.database import Database
from tests.faults.rig import Killed, Rig


class BreakingDatabase(Database):
    """Raises `trouble` at the end of its n-th write from now on, before the commit (nothing is kept) or after it."""

    left: int
    trouble: BaseException
    late: bool

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        with super().write(durable=durable) as tx:
            yield tx
            self.left -= 1
            if self.left < 0 and not self.late:
                raise self.trouble
        if self.left < 0:
            raise self.trouble


def break_after(rig: Rig, writes: int, trouble: BaseException | None = None, *, late: bool = False) -> None:
    """Put such a store under the rig; `rig.restart()` puts a sound one back. Without a trouble the process dies."""
    rig.parts.database.close()
    database = BreakingDatabase.open(_url(rig))
    assert isinstance(database, BreakingDatabase)
    database.left, database.trouble, database.late = writes, trouble or Killed(), late
    rig.use(database)


Spoil = Callable[[sqlite3.Connection], None]


def read_only(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only=ON")


def no_room(connection: sqlite3.Connection) -> None:
    """Not a page more than the file has now."""
    connection.execute("PRAGMA max_page_count=1")


def spoil_at(rig: Rig, statement: int, spoil: Spoil) -> list[str]:
    """Put a store under the rig whose disk turns bad right before its n-th statement; what is run from then on."""
    rig.parts.database.close()
    database = Database.open(_url(rig), busy_seconds=0.05)
    ran: list[str] = []
    left = statement

    def before(connection: sqlite3.Connection, words: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            spoil(connection)
        if left <= 0:
            ran.append(words)

    def connect(_: Any, __: Any, where: list[Any], options: dict[str, Any]) -> sqlite3.Connection:
        opened = sqlite3.connect(*where, factory=_Watched, **options)
        opened.before = before
        return opened

    database._writer.dispose()
    event.listen(database._writer, "do_connect", connect)
    rig.use(database)
    return ran


class _WatchedCursor(sqlite3.Cursor):
    connection: "_Watched"

    def execute(self, words: str, *values: Any) -> "_WatchedCursor":
        self.connection.tell(words)
        super().execute(words, *values)
        return self

    def executemany(self, words: str, values: Any) -> "_WatchedCursor":
        self.connection.tell(words)
        super().executemany(words, values)
        return self


class _Watched(sqlite3.Connection):
    """Tells of every statement that reads or writes rows, whichever way it is run."""

    before: Callable[[sqlite3.Connection, str], None] = staticmethod(lambda connection, words: None)

    def tell(self, words: str) -> None:
        if words.split(None, 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            self.before(self, words)

    def execute(self, words: str, *values: Any) -> sqlite3.Cursor:
        return self.cursor().execute(words, *values)

    def cursor(self, factory: Any = _WatchedCursor) -> Any:
        return super().cursor(factory)


class LockedDatabase(Database):
    """Finds the file taken by another program at its n-th write from now on, and at none after."""

    left: int

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        self.left -= 1
        other = sqlite3.connect(self.file, isolation_level=None)
        if self.left == -1:
            other.execute("BEGIN IMMEDIATE")
        try:
            with super().write(durable=durable) as tx:
                yield tx
        finally:
            other.close()

    @property
    def file(self) -> str:
        return str(self._writer.url.database)


def taken_at(rig: Rig, write: int) -> LockedDatabase:
    """Put such a store under the rig, which waits for the lock only a moment."""
    rig.parts.database.close()
    database = LockedDatabase.open(_url(rig), busy_seconds=0.02)
    assert isinstance(database, LockedDatabase)
    database.left = write
    rig.use(database)
    return database


@contextmanager
def taken(rig: Rig) -> Iterator[None]:
    """Another program holds the write lock of the file, and our store waits for it only a moment."""
    rig.use(Database.open(_url(rig), busy_seconds=0.05))
    other = sqlite3.connect(rig.folder / "aftertouch.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def _url(rig: Rig) -> str:
    return f"sqlite:///{rig.folder / 'aftertouch.sqlite3'}"
