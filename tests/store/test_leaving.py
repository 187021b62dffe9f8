"""Leaving: everything can be taken along, and afterwards nothing is left, in no row and in no file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, func, select

from app.store import (
    accounts,
    audit,
    corrections,
    dead_letters,
    devices,
    erasure,
    export,
    logged,
    messages,
    people,
    recipients,
    rule_switches,
    sync_jobs,
)
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from app.store.tables import metadata
from app.store.tables import told as told_tables
from tests.store.letters import NOW
from tests.store.lives import live

SEALER = Sealer(Keyring.new())


def test_the_receipt_counts_what_was_deleted_and_only_the_leaver_is_gone(database: Database) -> None:
    ana, eve = (
        live(database, SEALER, "ana@example.com", "ana-canary"),
        live(database, SEALER, "eve@example.com", "eve-canary"),
    )
    with database.write() as tx:
        before = export.everything(tx, SEALER, eve.person, NOW)
        receipt = erasure.erase(tx, ana.person)
        assert export.everything(tx, SEALER, eve.person, NOW) == before
        left, lying = rows(tx, TOLD), rows(tx, TABLES)
        assert erasure.erase(tx, ana.person) == {}
        assert rows(tx, TABLES) == lying
        erasure.erase(tx, eve.person)
        assert set(rows(tx, TABLES).values()) == {0}
    assert receipt == left
    assert receipt["messages"] == 6


def rows(tx: Connection, tables: Iterable[Table]) -> dict[str, int]:
    return {table.name: tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


TABLES = [table for table in metadata.sorted_tables if table.name not in ("people", "device_codes")]
TOLD = [table for table in told_tables if table.name not in ("people", "device_codes")]


def test_after_erasure_no_file_holds_a_word_or_an_address_of_theirs(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'aftertouch.db'}")
    database.migrate()
    mailbox = live(database, SEALER, "ana@example.com", "canary", letters=400)
    assert traces(tmp_path, "canary")
    with database.write(durable=True) as tx:
        erasure.erase(tx, mailbox.person)
    assert database.checkpoint_erasure()
    assert traces(tmp_path, "canary", "ana@example.com", "acme.example", mailbox.person, mailbox.account) == []
    database.close()
    assert traces(tmp_path, "canary", "ana@example.com", "acme.example", mailbox.person, mailbox.account) == []


def test_a_reader_in_the_way_is_told_and_asking_again_finishes(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'aftertouch.db'}", busy_seconds=0.05)
    database.migrate()
    mailbox = live(database, SEALER, "ana@example.com", "canary")
    with database.read() as reading:
        assert people.exists(reading, mailbox.person)
        with database.write(durable=True) as tx:
            erasure.erase(tx, mailbox.person)
        assert not database.checkpoint_erasure()
    assert database.checkpoint_erasure()
    assert traces(tmp_path, "canary") == []
    database.close()


def test_an_erasure_cut_short_after_its_commit_is_finished_by_the_next_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aftertouch.db'}"
    database = Database.open(url)
    database.migrate()
    mailbox = live(database, SEALER, "ana@example.com", "canary", letters=400)
    with database.write(durable=True) as tx:
        erasure.erase(tx, mailbox.person)
    after_the_crash = tmp_path / "crashed"
    after_the_crash.mkdir()
    for path in tmp_path.glob("aftertouch.db*"):
        (after_the_crash / path.name).write_bytes(path.read_bytes())
    database.close()
    again = Database.open(f"sqlite:///{after_the_crash / 'aftertouch.db'}")
    again.migrate()
    assert traces(after_the_crash, "canary") == []
    again.close()


def traces(folder: Path, *words: str) -> list[tuple[str, str]]:
    held = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return [(name, word) for name, content in held.items() for word in words if word.encode() in content]


def test_the_export_holds_everything_in_clear_but_no_key_to_anything(database: Database) -> None:
    ana = live(database, SEALER, "ana@example.com", "canary")
    with database.read() as tx:
        told = export.everything(tx, SEALER, ana.person, NOW)
        stored = {table.name for table in TOLD if tx.execute(select(table)).first() is not None}
    text = json.dumps(told)
    assert told["messages"][1]["quote"] == {"promise": "canary weeks", "question": "canary?"}
    assert {"About canary-out-0", "Dana canary", "canary Friday"} <= set(strings(told))
    assert stored - set(told) == {"sessions", "sign_in_links", "link_flows", "sync_jobs"}
    assert not {"refresh-1", "canary-cursor"} & set(strings(told))
    assert not any(word in text for word in ("token_hash", "secret", "name_hash"))


def test_an_export_of_one_holds_nothing_of_another(database: Database) -> None:
    ana, eve = (
        live(database, SEALER, "ana@example.com", "ana-canary"),
        live(database, SEALER, "eve@example.com", "eve-canary"),
    )
    with database.read() as tx:
        text = json.dumps(export.everything(tx, SEALER, ana.person, NOW))
    assert "ana-canary" in text
    assert not any(word in text for word in ("eve", eve.person, eve.account))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def test_nobody_sees_or_changes_what_is_anothers(database: Database) -> None:
    ana, eve = live(database, SEALER, "ana@example.com", "canary"), link_alone(database)
    with database.write() as tx:
        (dana,) = recipients.of_person(tx, SEALER, ana.person)
        (touch,) = logged.of_person(tx, SEALER, ana.person)
        (said,) = corrections.of_person(tx, ana.person)
        (device,) = devices.of_person(tx, ana.person)
        nothing = [
            messages.of_person(tx, SEALER, eve),
            messages.for_addresses(tx, SEALER, eve, dana.addresses),
            recipients.of_person(tx, SEALER, eve),
            recipients.for_addresses(tx, SEALER, eve, dana.addresses),
            recipients.search(tx, SEALER, eve, query="canary"),
            recipients.find(tx, SEALER, eve, dana.id),
            logged.of_recipient(tx, SEALER, eve, dana.id),
            logged.of_person(tx, SEALER, eve),
            logged.find(tx, SEALER, eve, touch.id),
            corrections.of_recipient(tx, eve, dana.id),
            corrections.of_person(tx, eve),
            accounts.find(tx, eve, ana.account),
            accounts.of_person(tx, eve),
            accounts.own_addresses(tx, eve),
            devices.of_person(tx, eve),
            dead_letters.of_person(tx, eve),
            sync_jobs.of_person(tx, eve),
            audit.of_person(tx, eve),
            rule_switches.switched_off(tx, eve),
            recipients.rename(tx, SEALER, eve, dana.id, "hers"),
            recipients.set_stage(tx, eve, dana.id, "offer"),
            recipients.set_muted(tx, eve, dana.id, NOW),
            recipients.split(tx, eve, dana.id, addresses=dana.addresses, now=NOW),
            recipients.unmerge(tx, eve, dana.id),
            logged.delete(tx, eve, touch.id, NOW),
            logged.edit(tx, SEALER, replace(touch, person_id=eve, outcome="spoke")),
            corrections.undo(tx, eve, said.id, NOW),
            devices.delete(tx, eve, device.id),
            any(accounts.delete(tx, eve, ana.account).values()),
        ]
        hers = recipients.ensure(tx, SEALER, eve, {"x@acme.example": ""}, NOW)["x@acme.example"]
        assert not recipients.merge(tx, eve, dana.id, hers)
        assert not recipients.merge(tx, eve, hers, dana.id)
        assert recipients.of_person(tx, SEALER, ana.person) == [dana]
    assert [bool(each) for each in nothing] == [False] * len(nothing)


def link_alone(database: Database) -> str:
    with database.write() as tx:
        return people.add(tx, NOW)


@pytest.mark.parametrize("table", [table for table in metadata.sorted_tables if table.name != "people"], ids=str)
def test_every_table_hangs_on_a_person_or_an_account(table: Table) -> None:
    """A row that hangs on nobody would stay when they leave. (A device code hangs on them once it is approved.)"""
    assert hangs_on_somebody(table)
    assert all(key.ondelete == "CASCADE" for key in table.foreign_keys)


def hangs_on_somebody(table: Table) -> bool:
    above = {key.column.table for key in table.foreign_keys}
    return any(one.name in ("people", "accounts") or hangs_on_somebody(one) for one in above)
