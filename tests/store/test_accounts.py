"""Linked mailboxes: linked again without loss, secrets swapped and never overwritten, states that say since when."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.store import accounts, dead_letters, messages, people, recipients
from app.store.database import Database
from app.store.errors import KeyMissing
from app.store.sealing import Keyring, Sealer
from app.store.tables import accounts as accounts_table
from app.store.tables import metadata
from tests.store.letters import ANA, DANA, NOW, grant, link

SEALER = Sealer(Keyring.new())
LATER = NOW + timedelta(hours=1)


def test_linking_the_same_mailbox_again_keeps_what_it_brought(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        messages.add(tx, SEALER, [mailbox.sent("application")])
        accounts.save_progress(tx, SEALER, mailbox.account, cursor="after 1", done=1, total=2, newest=NOW)
        again = accounts.link(
            tx, SEALER, person_id=mailbox.person, provider="google", grant=grant(ANA, "refresh-2"), now=LATER
        )
        assert again == mailbox.account
        assert accounts.open_cursor(tx, SEALER, again) == "after 1"
        assert accounts.open_grant(tx, SEALER, again) == grant(ANA, "refresh-2")
        assert len(messages.of_person(tx, SEALER, mailbox.person)) == 1
        assert accounts.get(tx, again).linked_at == NOW


def test_the_same_subject_at_another_provider_or_of_another_person_is_another_account(database: Database) -> None:
    with database.write() as tx:
        ana, eve = people.add(tx, NOW), people.add(tx, NOW)
        ids = {
            accounts.link(tx, SEALER, person_id=person, provider=provider, grant=grant(), now=NOW)
            for person in (ana, eve)
            for provider in ("google", "microsoft")
        }
    assert len(ids) == 4


def test_of_two_who_refresh_at_once_one_wins_and_the_other_is_told(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
    with database.read() as tx:
        first = second = accounts.open_secret(tx, SEALER, mailbox.account)
    assert first is not None
    assert second is not None
    with database.write(durable=True) as tx:
        assert accounts.save_secret(tx, SEALER, mailbox.account, "refresh-first", version=first.version)
    with database.write(durable=True) as tx:
        assert not accounts.save_secret(tx, SEALER, mailbox.account, "refresh-second", version=second.version)
    with database.read() as tx:
        kept = accounts.open_secret(tx, SEALER, mailbox.account)
    assert kept is not None
    assert (kept.value, kept.version) == ("refresh-first", first.version + 1)


def test_a_secret_is_neither_readable_in_the_table_nor_shown(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        accounts.save_progress(tx, SEALER, mailbox.account, cursor="canary-cursor", done=None, total=None, newest=None)
        accounts.save_secret(tx, SEALER, mailbox.account, "canary-secret")
        row = tx.execute(select(accounts_table)).one()
        shown = repr(accounts.open_secret(tx, SEALER, mailbox.account)) + repr(accounts.get(tx, mailbox.account))
    assert "canary" not in repr(tuple(row)) + shown


def test_a_secret_does_not_open_with_another_key(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        with pytest.raises(KeyMissing):
            accounts.open_grant(tx, Sealer(Keyring.new()), mailbox.account)


def test_a_state_keeps_its_since_until_it_changes(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        assert accounts.set_state(tx, mailbox.account, "live", NOW)
        assert not accounts.set_state(tx, mailbox.account, "live", LATER)
        assert accounts.set_state(tx, mailbox.account, "live", LATER, reason="new words")
        assert accounts.get(tx, mailbox.account).state_since == NOW
        assert accounts.set_state(tx, mailbox.account, "throttled", LATER)
        told = accounts.get(tx, mailbox.account)
    assert (told.state, told.state_since, told.state_reason) == ("throttled", LATER, "")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=st.lists(st.integers(-50, 50), min_size=1, max_size=5))
def test_newest_never_goes_back_and_coverage_never_shrinks(database: Database, seen: list[int]) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        for day in seen:
            at = NOW + timedelta(days=day)
            accounts.save_progress(
                tx, SEALER, mailbox.account, cursor="c", done=1, total=1, newest=at, covered_since=at
            )
        told = accounts.get(tx, mailbox.account)
    assert told.newest_message_at == NOW + timedelta(days=max(seen))
    assert told.covered_since == NOW + timedelta(days=min(seen))


def test_being_caught_up_is_dated(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        accounts.caught_up(tx, mailbox.account, "live", as_of=NOW, deep_at=NOW)
        accounts.caught_up(tx, mailbox.account, "live", as_of=LATER)
        told = accounts.get(tx, mailbox.account)
    assert (told.as_of, told.deep_at, told.state) == (LATER, NOW, "live")


def test_an_address_once_known_stays_the_persons_own(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        accounts.add_addresses(tx, mailbox.person, mailbox.account, ["ana.b@example.com", ANA], LATER)
        accounts.add_addresses(tx, mailbox.person, mailbox.account, [], LATER)
        assert accounts.own_addresses(tx, mailbox.person) == {ANA, "ana.b@example.com"}


def test_unlinking_takes_all_it_brought_and_says_how_much(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        messages.add(tx, SEALER, [mailbox.sent("application"), mailbox.received("answer")])
        recipients.ensure(tx, SEALER, mailbox.person, {DANA: ""}, NOW)
        dead_letters.record(tx, mailbox.account, "poison", "ValueError", 1, NOW)
        receipt = accounts.delete(tx, mailbox.person, mailbox.account)
        left = {table.name for table in metadata.sorted_tables if tx.execute(select(table)).first() is not None}
        assert accounts.delete(tx, mailbox.person, mailbox.account)["accounts"] == 0
    assert receipt == {"accounts": 1, "messages": 2, "addresses": 1, "dead_letters": 1, "recipients": 1}
    assert left == {"people"}


def test_unlinking_one_mailbox_leaves_what_the_other_knows(database: Database) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        other = accounts.link(tx, SEALER, person_id=mailbox.person, provider="microsoft", grant=grant(), now=NOW)
        messages.add(tx, SEALER, [mailbox.sent("application"), type(mailbox)(mailbox.person, other).sent("second")])
        recipients.ensure(tx, SEALER, mailbox.person, {DANA: ""}, NOW)
        assert accounts.delete(tx, mailbox.person, mailbox.account)["recipients"] == 0
        assert [one.id for one in accounts.of_person(tx, mailbox.person)] == [other]
        assert len(messages.of_person(tx, SEALER, mailbox.person)) == 1


def test_an_account_that_is_gone_says_so(database: Database) -> None:
    with database.read() as tx:
        with pytest.raises(LookupError):
            accounts.get(tx, "gone")
        assert accounts.open_secret(tx, SEALER, "gone") is None
        assert accounts.open_grant(tx, SEALER, "gone") is None
        assert accounts.open_cursor(tx, SEALER, "gone") is None
