"""Restoring: an export comes back as it was, into any store, under any key, beside anybody."""

import json
from typing import Any

import pytest

from app.services.errors import WrongInput
from app.services.importing import read_export
from app.store import erasure, export, people, restoring
from app.store.database import Database
from app.store.export_records import RecordRefused, checked
from app.store.sealing import Keyring, Sealer
from tests.store.letters import NOW
from tests.store.lives import live

SEALER, OTHER = Sealer(Keyring.new()), Sealer(Keyring.new())


def exported(database: Database, sealer: Sealer, person_id: str) -> dict[str, Any]:
    with database.read() as tx:
        return export.everything(tx, sealer, person_id, NOW)


def restored(database: Database, sealer: Sealer, told: dict[str, Any]) -> str:
    """Put an export into a fresh person's hands; their id."""
    with database.write() as tx:
        person_id = people.add(tx, NOW)
        rows = checked(read_export(json.dumps(told)).records)
        restoring.restore(tx, sealer, person_id, rows, since=NOW, now=NOW)
    return person_id


def leave(database: Database, person_id: str) -> None:
    with database.write() as tx:
        erasure.erase(tx, person_id)


def test_what_comes_back_is_what_was_taken_along_under_another_key(database: Database) -> None:
    ana = live(database, SEALER, "ana@example.com", "canary")
    told = exported(database, SEALER, ana.person)
    leave(database, ana.person)
    again = restored(database, OTHER, told)
    assert exported(database, OTHER, again) == told | {"since": NOW.isoformat()}


def test_beside_another_person_rows_are_numbered_behind_theirs_and_evidence_follows(database: Database) -> None:
    ana = live(database, SEALER, "ana@example.com", "canary")
    told = exported(database, SEALER, ana.person)
    leave(database, ana.person)
    eve = live(database, SEALER, "eve@example.com", "eve")
    before = exported(database, SEALER, eve.person)
    again = exported(database, SEALER, restored(database, SEALER, told))
    assert exported(database, SEALER, eve.person) == before
    numbers = {row["id"] for row in again["messages"]}
    assert numbers.isdisjoint(row["id"] for row in before["messages"])
    assert {row["message_id"] for row in again["message_people"]} <= numbers
    for kept, came in zip(told["corrections"], again["corrections"], strict=True):
        assert came["subject_key"].split(".")[0] == kept["subject_key"].split(".")[0]


@pytest.mark.parametrize(
    ("table", "spoil", "why"),
    [
        ("messages", {"at": "yesterday"}, "`at` must be an instant"),
        ("messages", {"at": None}, "`at` must not be null"),
        ("messages", {"link": "javascript:alert(1)"}, "`link` must be an https address"),
        ("messages", {"reading": {"way": "sideways"}}, "`reading` is not what"),
        ("messages", {"reading": {"way": "out", "signals": {"signature": ["x"]}}}, "`reading` is not what"),
        ("messages", {"outbound": "yes"}, "`outbound` must be true or false"),
        ("messages", {"secret": "x"}, "`secret` is not known"),
        ("messages", {"account_id": "nowhere"}, "`account_id` points at nothing in accounts"),
        ("accounts", {"state": "splendid"}, "`state` must be one of"),
        ("accounts", {"id": "../../etc"}, "`id` is no id"),
        ("recipients", {"merged_into": "nobody"}, "`merged_into` points at no recipient"),
        ("recipients", {"stage": "hired"}, "`stage` must be one of"),
        ("logged_touches", {"promise_end": "Friday"}, "`promise_end` must be a day"),
        ("corrections", {"recipient_id": "nobody"}, "`recipient_id` points at nothing in recipients"),
    ],
)
def test_a_record_that_does_not_fit_is_named(database: Database, table: str, spoil: dict[str, Any], why: str) -> None:
    told = exported(database, SEALER, live(database, SEALER, "ana@example.com", "canary").person)
    told[table][0] |= spoil
    with pytest.raises(RecordRefused) as refused:
        checked(read_export(json.dumps(told)).records)
    assert f"({table}, record 1): {why}" in str(refused.value)


def test_a_record_that_comes_twice_is_named(database: Database) -> None:
    told = exported(database, SEALER, live(database, SEALER, "ana@example.com", "canary").person)
    told["messages"].append(told["messages"][0])
    with pytest.raises(RecordRefused, match=rf"messages, record {len(told['messages'])}\): `id` came before"):
        checked(read_export(json.dumps(told)).records)


def test_the_line_is_that_of_the_record(database: Database) -> None:
    told = exported(database, SEALER, live(database, SEALER, "ana@example.com", "canary").person)
    told["messages"][1]["at"] = "yesterday"
    text = json.dumps(told, indent=2)
    with pytest.raises(RecordRefused) as refused:
        checked(read_export(text).records)
    line = int(str(refused.value).split()[1])
    assert text.splitlines()[line - 1].strip() == "{"
    assert '"at": "yesterday"' in "\n".join(text.splitlines()[line : line + 20])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Line 1, column 1: not JSON"),
        ("[]", "Line 1, column 1: not JSON"),
        ('{"format": 1,\n "messages": [{}, {]}', "Line 2, column 20: not JSON"),
        ('{"format": 1, "messages": [1]}', "Line 1 (messages, record 1): is no object"),
        ('{"format": 1, "messages": {}}', "Line 1, column 27: not JSON"),
        ('{"format": 2}', "no export of format 1"),
        ('{"format": 1} tail', "Line 1, column 15: not JSON (Extra data)"),
        ("[" * 100_000, "not JSON"),
        ('{"format": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_export_says_where(text: str, why: str) -> None:
    with pytest.raises(WrongInput) as refused:
        read_export(text)
    assert why in str(refused.value)
    assert "Nothing was changed." in str(refused.value)
