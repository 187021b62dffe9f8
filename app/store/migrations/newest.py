"""An empty SQLite file gets the newest tables at once: a first start need not load Alembic and run every migration.

newest.sql is what all migrations together leave behind. After a new one write it again:
`python -m app.store.migrations.newest > app/store/migrations/newest.sql`
"""

import sqlite3
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Connection

from app.store.migrations import HEAD, VERSION_TABLE
from app.store.prepared import run_text

_SQL = Path(__file__).with_name("newest.sql")
_LAID = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
_BETWEEN = ";\n\n"


def build(tx: Connection) -> bool:
    """False, and nothing done, where there is anything already."""
    if tx.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").first():
        return False
    for statement in _SQL.read_text(encoding="utf-8").split(_BETWEEN):
        run_text(tx, statement)
    tx.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} VALUES ('{HEAD}')")  # noqa: S608 names of ours
    return True


def laid(path: Path) -> str:
    """The tables, indexes and views of a file, as statements; which index of a table comes first is chance."""
    with sqlite3.connect(path) as connection:
        told = _BETWEEN.join(sql for (sql,) in connection.execute(_LAID)) + ";\n"
    return "\n".join(line.rstrip() for line in told.split("\n"))


def main() -> None:
    from app.store.database import Database

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newest.sqlite3"
        database = Database.open(f"sqlite:///{path}", across_people=True)
        database.migrate(step_by_step=True)
        database.close()
        sys.stdout.write(laid(path))


if __name__ == "__main__":
    main()
