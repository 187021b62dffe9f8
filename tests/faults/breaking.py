"""Stores that break on command: the process dies before a commit, or the disk is full."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from app.store.database import Database
from tests.faults.rig import Killed, Rig


class BreakingDatabase(Database):
    """Raises `trouble` at the very end of its n-th write from now on, so that nothing of it is committed."""

    left: int
    trouble: BaseException

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        with super().write(durable=durable) as tx:
            yield tx
            self.left -= 1
            if self.left < 0:
                raise self.trouble


def break_after(rig: Rig, writes: int, trouble: BaseException | None = None) -> BreakingDatabase:
    """Put such a store under the rig; `rig.restart()` puts a sound one back. Without a trouble the process dies."""
    rig.parts.database.close()
    database = BreakingDatabase.open(f"sqlite:///{rig.folder / 'aftertouch.sqlite3'}")
    assert isinstance(database, BreakingDatabase)
    database.left, database.trouble = writes, trouble or Killed()
    rig.use(database)
    return database
