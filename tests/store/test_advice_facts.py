"""What advice reads in one go is what the single reads give, for known recipients alone."""

from app.store import accounts, corrections, logged, messages, recipients, rule_switches
from app.store.advice_facts import advice_facts
from app.store.database import Database
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
