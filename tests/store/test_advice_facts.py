"""What advice reads in one go is what the single reads give, for known recipients alone."""

from pathlib import Path

import pytest

from app.store import (
    accounts,
    corrections,
    devices,
    logged,
    message_facts,
    messages,
    recipients,
    rule_switches,
    sign_ins,
)
from app.store.advice_facts import advice_facts
from app.store.database import Database
from app.store.prepared import Prepared
from app.store.sealing import Keyring, Sealer
from tests.store.letters import NOW
from tests.store.lives import live

SEALER = Sealer(Keyring.new())


def test_advice_reads_all_there_is_about_the_recipients_it_names(database: Database) -> None:
    mailbox = live(database, SEALER, "ana@example.com", "canary")
    with database.read() as tx:
        told = advice_facts(tx, SEALER, mailbox.person, ["unknown@x.example", "canary@acme.example"])
        (dana,) = recipients.of_person(tx, SEALER, mailbox.person)
        assert told.own == accounts.own_addresses(tx, mailbox.person)
        assert told.accounts == accounts.of_person(tx, mailbox.person)
        assert told.switched_off == rule_switches.switched_off(tx, mailbox.person)
        (about,) = told.about
        assert about.recipient == dana
        assert about.messages == messages.for_addresses(tx, SEALER, mailbox.person, dana.addresses)
        assert about.logged == logged.of_recipient(tx, SEALER, mailbox.person, dana.id)
        assert about.corrections == corrections.of_recipient(tx, mailbox.person, dana.id)
        assert len(about.messages) == 6
        assert len(about.logged) == len(about.corrections) == 1


def test_of_addresses_never_seen_nothing_is_known(database: Database) -> None:
    mailbox = live(database, SEALER, "ana@example.com", "canary")
    with database.read() as tx:
        assert advice_facts(tx, SEALER, mailbox.person, []).about == []
        assert advice_facts(tx, SEALER, mailbox.person, ["x@y.example", "'; --", "%", ""]).about == []


def test_addresses_merged_into_one_recipient_are_told_once(database: Database) -> None:
    mailbox = live(database, SEALER, "ana@example.com", "canary")
    with database.write() as tx:
        ids = recipients.ensure(tx, SEALER, mailbox.person, {"canary@acme.example": "", "d@home.example": ""}, NOW)
        recipients.merge(tx, mailbox.person, ids["d@home.example"], ids["canary@acme.example"])
    with database.read() as tx:
        told = advice_facts(tx, SEALER, mailbox.person, ["d@home.example", "canary@acme.example"])
    assert [one.recipient.id for one in told.about] == [ids["canary@acme.example"]]


def test_a_thousand_addresses_are_one_question(database: Database) -> None:
    mailbox = live(database, SEALER, "ana@example.com", "canary")
    addresses = [f"r{number}@acme.example" for number in range(1000)] + ["canary@acme.example"]
    with database.read() as tx:
        assert len(recipients.for_addresses(tx, SEALER, mailbox.person, addresses)) == 1
        assert len(messages.for_addresses(tx, SEALER, mailbox.person, addresses)) == 6


ON_THE_WAY_TO_SEND = {
    "messages": message_facts._ABOUT,
    "recipients": recipients._BY_ADDRESS,
    "one recipient": recipients._BY_ID,
    "logged": logged._OF_RECIPIENT,
    "corrections": corrections._OF_RECIPIENT,
    "accounts": accounts._LINKED,
    "own addresses": accounts._OWN_ADDRESSES,
    "rule switches": rule_switches._SWITCHED_OFF,
    "device": devices._ARRIVING,
    "session": sign_ins._SESSION,
}


@pytest.mark.parametrize("read", ON_THE_WAY_TO_SEND.values(), ids=ON_THE_WAY_TO_SEND)
def test_a_read_on_the_way_to_send_searches_by_index_and_scans_no_table(read: Prepared, tmp_path: Path) -> None:
    """Each step of SQLite's plan is a search by index, or walks a list the search itself has made."""
    plan = plan_of(read, tmp_path)
    scanned = {step.split()[1] for step in plan if step.startswith("SCAN")}
    assert scanned <= LISTED
    assert any(step.startswith("SEARCH") for step in plan)
    assert not any(step.startswith("SEARCH mail ") and "(mailbox=?)" in step for step in plan)
    assert not any(">?" in step for step in plan if step.startswith(("SEARCH correspondents", "SEARCH senders")))


LISTED = {"who", "touching", "near", "found", "answering", "company", "them", "threads_of_near"} | {
    "threads_of_answering", "roots", "family", "json_each",
}  # fmt: skip


@pytest.mark.parametrize(
    "covering",
    [
        "correspondents USING COVERING INDEX sqlite_autoindex_correspondents_1 (mailbox=? AND address=?)",
        "circle_people USING COVERING INDEX ix_circle_people_correspondent (correspondent=?)",
        "mail USING COVERING INDEX ix_mail_circle (circle=?)",
    ],
)
def test_mail_to_an_address_is_found_in_indexes_alone(covering: str, tmp_path: Path) -> None:
    assert any(covering in step for step in plan_of(message_facts._ABOUT, tmp_path))


def plan_of(read: Prepared, folder: Path) -> list[str]:
    database = Database.open(f"sqlite:///{folder / 'aftertouch.db'}")
    database.migrate()
    with database.read() as tx:
        sql = read.sql(tx.dialect)
        steps = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?")).all()
    database.close()
    return [str(step[3]) for step in steps]
