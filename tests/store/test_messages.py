"""A message is stored once, whatever order and portions it arrives in, and what it said is never undone."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.cadence.thread import Promise, Signals
from app.reading.facts import InboundReading, Kind, MessageFact, OutboundReading
from app.store import messages
from app.store.database import Database
from app.store.messages import NewMessage
from app.store.sealing import Keyring, Sealer
from app.store.tables import message_people, message_references
from app.store.tables import messages as messages_table
from tests.store.letters import ANA, DANA, Mailbox, key_of, link

SEALER = Sealer(Keyring.new())


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    with database.write() as tx:
        return link(tx, SEALER)


def correspondence(mailbox: Mailbox) -> list[NewMessage]:
    promise = Promise(None, None, "in two weeks")
    return [
        mailbox.sent("application", days_ago=20),
        mailbox.received("receipt", reading=InboundReading(kind=Kind.ATS_RECEIPT), days_ago=20),
        mailbox.sent("follow-up", days_ago=9, reading=OutboundReading(Signals(words=12, signature=(1, 2)))),
        mailbox.received(
            "answer", days_ago=8, reference_keys=(key_of("follow-up"),), reading=InboundReading(promise=promise)
        ),
        mailbox.received("bounce", reading=InboundReading(kind=Kind.BOUNCE, failed_address=DANA), days_ago=3),
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_portions_give_the_same_ledger(database: Database, data: st.DataObject) -> None:
    with database.write() as tx:
        straight, shuffled = (link(tx, SEALER, address=address) for address in (ANA, "ana@home.example"))
        messages.add(tx, SEALER, correspondence(straight))
    arrivals = data.draw(st.lists(st.sampled_from(correspondence(shuffled)), max_size=12))
    arrivals += data.draw(st.permutations(correspondence(shuffled)))
    while arrivals:
        portion = data.draw(st.integers(1, len(arrivals)))
        with database.write() as tx:
            messages.add(tx, SEALER, arrivals[:portion])
        arrivals = arrivals[portion:]
    assert ledger(database, shuffled) == ledger(database, straight)


def ledger(database: Database, mailbox: Mailbox) -> dict[str, list[tuple[object, ...]]]:
    """Everything kept of the mailbox, without row numbers and ciphertext."""
    with database.read() as tx:
        stored = messages.of_person(tx, SEALER, mailbox.person)
        ids = {message.fact.key.rpartition(".")[2]: message.fact.message_key for message in stored}
        children = {
            table.name: sorted(
                (ids[str(row.message_id)], *(value for name, value in row._mapping.items() if name not in OF_ROW))
                for row in tx.execute(select(table).where(table.c.person_id == mailbox.person))
            )
            for table in (message_people, message_references)
        }
    assert [one.fact.key for one in stored] == [one.key for one in sorted((one.fact for one in stored), key=moment)]
    facts = [
        (replace(one.fact, key="", thread_key=""), one.subject, one.link, one.provider, one.present) for one in stored
    ]
    return {"facts": facts, **children}


def moment(fact: MessageFact) -> tuple[datetime, str]:
    return fact.at, fact.key


OF_ROW = {"message_id", "person_id"}


def test_only_what_was_not_known_counts_as_new(database: Database, mailbox: Mailbox) -> None:
    letters = correspondence(mailbox)
    with database.write() as tx:
        assert messages.add(tx, SEALER, letters[:3]) == 3
        assert messages.add(tx, SEALER, letters) == 2
        assert messages.add(tx, SEALER, letters) == 0


def test_a_message_that_left_the_mailbox_still_counts(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        messages.add(tx, SEALER, correspondence(mailbox))
        assert messages.mark_gone(tx, mailbox.account, ["answer", "never seen"]) == 1
        assert messages.mark_gone(tx, mailbox.account, ["answer"]) == 0
        stored = {one.subject: one for one in messages.of_person(tx, SEALER, mailbox.person)}
    assert not stored["About answer"].present
    assert len(stored) == 5


def test_a_message_that_comes_back_in_another_folder_is_present_there(database: Database, mailbox: Mailbox) -> None:
    letter = mailbox.received("answer", folder="inbox")
    with database.write() as tx:
        messages.add(tx, SEALER, [letter])
        messages.mark_gone(tx, mailbox.account, ["answer"])
        messages.add(tx, SEALER, [replace(letter, folder="spam", link="https://mail.example/spam/answer")])
        (stored,) = messages.of_person(tx, SEALER, mailbox.person)
    assert (stored.fact.folder, stored.present, stored.link) == ("spam", True, "https://mail.example/spam/answer")


def test_the_same_reader_never_changes_what_was_read_and_a_newer_one_does(database: Database, mailbox: Mailbox) -> None:
    reply = mailbox.received("answer", reading=InboundReading(asks=("availability",)))
    blank = replace(reply, reading=InboundReading(kind=Kind.LIST))
    rejection = InboundReading(kind=Kind.REJECTION, closure=True)
    with database.write() as tx:
        messages.add(tx, SEALER, [reply])
        messages.add(tx, SEALER, [blank])
        assert messages.of_person(tx, SEALER, mailbox.person)[0].fact.reading == reply.reading
        messages.add(tx, SEALER, [replace(reply, reading=rejection, reader_version=2)])
        messages.add(tx, SEALER, [reply])
        assert messages.of_person(tx, SEALER, mailbox.person)[0].fact.reading == rejection


def test_messages_of_an_older_reader_are_found_until_they_are_read_again(database: Database, mailbox: Mailbox) -> None:
    letters = correspondence(mailbox)
    with database.write() as tx:
        messages.add(tx, SEALER, letters)
        assert messages.older_reader(tx, mailbox.account, 2, limit=2) == ["bounce", "answer"]
        messages.add(tx, SEALER, [replace(letter, reader_version=2) for letter in letters])
        assert messages.older_reader(tx, mailbox.account, 2) == []


def test_the_quoted_words_come_back_and_lie_sealed(database: Database, mailbox: Mailbox) -> None:
    said = InboundReading(promise=Promise(None, None, "soonish-canary"), question="when-canary?")
    letter = mailbox.received("answer", reading=said, subject="subject-canary", sender_name="Name Canary")
    with database.write() as tx:
        messages.add(tx, SEALER, [letter])
        (stored,) = messages.of_person(tx, SEALER, mailbox.person)
        row = tx.execute(select(messages_table)).one()
    assert stored.fact.reading == said
    assert (stored.subject, stored.fact.sender_name) == ("subject-canary", "Name Canary")
    assert "anary" not in repr(tuple(row)) + repr(stored._subject) + repr(letter)


def test_the_same_provider_id_in_two_mailboxes_is_two_messages(database: Database) -> None:
    with database.write() as tx:
        boxes = [link(tx, SEALER, address=address) for address in (ANA, "ana@home.example")]
        assert messages.add(tx, SEALER, [box.sent("application") for box in boxes]) == 2


def test_mail_from_an_alias_learned_later_becomes_the_persons_own(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        messages.add(tx, SEALER, [mailbox.received("copy", sender="ana.alias@example.com"), *correspondence(mailbox)])
        assert messages.claim_as_own(tx, mailbox.person, ["ana.alias@example.com"]) == 1
        stored = {one.subject: one.fact for one in messages.of_person(tx, SEALER, mailbox.person)}
    assert stored["About copy"].outbound
    assert not stored["About answer"].outbound


def test_an_evidence_key_leads_to_its_message_for_its_person_alone(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        messages.add(tx, SEALER, [mailbox.sent("application")])
        (stored,) = messages.of_person(tx, SEALER, mailbox.person)
        stranger = link(tx, SEALER, address="eve@example.com")
        assert messages.by_key(tx, SEALER, mailbox.person, stored.fact.key) == stored
        assert messages.by_key(tx, SEALER, stranger.person, stored.fact.key) is None
        for nonsense in ("", ".", ".-1", ".1x", "." + "9" * 40, ".²", "x.1", stored.fact.key[1:]):
            assert messages.by_key(tx, SEALER, mailbox.person, nonsense) is None


def test_a_mailbox_of_many_pages_survives_a_crash_between_pages(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aftertouch.db'}"
    database = Database.open(url)
    database.migrate()
    with database.write() as tx:
        mailbox = link(tx, SEALER)
    letters = [mailbox.sent(str(number)) for number in range(60)]
    for start in range(0, 60, 20):
        with database.write() as tx:
            messages.add(tx, SEALER, letters[start : start + 30])
        database.close()
        database = Database.open(url)
    assert len(ledger(database, mailbox)["facts"]) == 60
    database.close()
