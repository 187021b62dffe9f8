"""Old and new processes side by side: migrations only add, and a program works on the tables of a later version."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store import messages, migrations
from app.store.database import Database
from app.store.migrations import HEAD, VERSION_TABLE
from app.store.sealing import Sealer
from tests.store.lives import live

VERSIONS = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
REMOVES = re.compile(r"drop|rename|alter_column|DROP|RENAME|ALTER COLUMN|DELETE FROM")


def upgrade_of(path: Path) -> str:
    """The source of what a migration does on the way up."""
    tree = ast.parse(path.read_text())
    found = [ast.unparse(node) for node in tree.body if getattr(node, "name", "") != "downgrade"]
    return "\n".join(found)


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_takes_nothing_away_that_an_older_program_uses(path: Path) -> None:
    assert not REMOVES.findall(upgrade_of(path))


@pytest.mark.parametrize("path", VERSIONS[1:], ids=lambda path: path.stem)
def test_a_new_column_may_stay_empty_or_fills_itself(path: Path) -> None:
    """An older program does not name it when it adds a row."""
    for line in upgrade_of(path).splitlines():
        if "add_column" in line:
            assert "nullable=True" in line or "server_default" in line, line


def test_migrations_are_numbered_in_their_order() -> None:
    numbers = [path.stem[:4] for path in VERSIONS]
    assert numbers == [f"{place:04}" for place in range(1, len(numbers) + 1)]
    assert numbers[-1] == HEAD


def a_version_later(database: Database) -> None:
    """What a next version's migration might do."""
    with database.write(durable=True) as tx:
        tx.execute(text("ALTER TABLE messages ADD COLUMN mood VARCHAR(10)"))
        tx.execute(text("ALTER TABLE sync_jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0"))
        tx.execute(text("CREATE TABLE moods (id INTEGER PRIMARY KEY)"))
        tx.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_program_starts_reads_and_writes_on_the_tables_of_a_later_version(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, sealer: Sealer
) -> None:
    url = f"sqlite:///{tmp_path / 'later.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("disposable_url")
    database = Database.open(url, across_people=True)
    database.migrate()
    before = live(database, sealer, "ana@example.com", "ana")
    a_version_later(database)
    assert database.at_head()
    database.migrate()
    after = live(database, sealer, "bob@example.com", "bob")
    with database.read() as tx:
        for mailbox in (before, after):
            assert len(messages.of_person(tx, sealer, mailbox.person)) == 6
    database.close()
