"""A person's store moves from a file to a server, and back, without losing or changing anything."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import main
from app.store import accounts, messages, people, recipients
from app.store.database import Database
from app.store.errors import StatementRefused
from app.store.moving import TargetInUse, move
from app.store.sealing import Sealer
from app.store.tables import metadata
from tests.store.letters import NOW
from tests.store.lives import live


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'one-machine.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def server(postgresql_url: str) -> Iterator[Database]:
    opened = Database.open(postgresql_url, across_people=True)
    yield opened
    opened.close()


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_every_row_arrives_as_it_was_and_can_still_be_opened(file: Database, server: Database, sealer: Sealer) -> None:
    mailbox = live(file, sealer, "ana@example.com", "ana", letters=700)
    receipt = move(file, server)
    assert receipt["mail"] == 1_400
    assert receipt == {name: len(rows) for name, rows in everything(file).items()}
    assert everything(server) == everything(file)
    with server.read() as tx:
        assert accounts.open_cursor(tx, sealer, mailbox.account) == "ana-cursor"
        assert "ana" in str(messages.of_person(tx, sealer, mailbox.person)[0])


def test_what_comes_after_the_move_gets_numbers_of_its_own(file: Database, server: Database, sealer: Sealer) -> None:
    mailbox = live(file, sealer, "ana@example.com", "ana")
    move(file, server)
    with server.write() as tx:
        messages.add(tx, sealer, [mailbox.sent("afterwards")])
        recipients.ensure(tx, sealer, mailbox.person, {"new@acme.example": ""}, NOW)
    with server.read() as tx:
        assert len(messages.of_person(tx, sealer, mailbox.person)) == 7


def test_the_way_back_changes_nothing_either(file: Database, server: Database, sealer: Sealer, tmp_path: Path) -> None:
    live(file, sealer, "ana@example.com", "ana")
    move(file, server)
    back = Database.open(f"sqlite:///{tmp_path / 'back.db'}")
    back.migrate()
    move(server, back)
    assert everything(back) == everything(file)
    back.close()


def test_a_server_in_use_is_refused_and_left_alone(file: Database, server: Database, sealer: Sealer) -> None:
    live(file, sealer, "ana@example.com", "ana")
    with server.write() as tx:
        people.add(tx, NOW)
    before = everything(server)
    with pytest.raises(TargetInUse, match="people"):
        move(file, server)
    assert everything(server) == before


def test_a_move_cut_short_leaves_an_empty_server_and_may_be_repeated(
    file: Database, server: Database, sealer: Sealer, tmp_path: Path
) -> None:
    live(file, sealer, "ana@example.com", "ana")
    with sqlite3.connect(tmp_path / "one-machine.db") as other:
        other.execute("INSERT INTO rule_switches (person_id, rule) VALUES ('nobody', 'of a broken file')")
    other.close()
    with pytest.raises(StatementRefused):
        move(file, server)
    assert not any(everything(server).values())
    with file.write() as tx:
        tx.exec_driver_sql("DELETE FROM rule_switches WHERE person_id = 'nobody'")
    assert move(file, server)["people"] == 1


def test_the_command_moves_a_data_folder_and_tells_how_much(
    file: Database, postgresql_url: str, sealer: Sealer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live(file, sealer, "ana@example.com", "ana")
    asked = ["migrate", "--from", f"sqlite:///{tmp_path / 'one-machine.db'}", "--to", postgresql_url]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["moved"]["mail"] == 6
    assert "key.json" in told.err
    assert main(asked) == 1
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [("sqlite:////no/such/file.db", "postgresql://x", "no file"), ("nonsense", "postgresql://x", "--from")],
)
def test_an_address_that_is_none_is_said_in_a_line(
    source: str, target: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--from", source, "--to", target]) == 2
    assert why in capsys.readouterr().err
