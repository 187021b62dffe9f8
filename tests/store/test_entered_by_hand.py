"""What the person entered: once despite double clicks and retries, editable, hidden and brought back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.cadence.thread import Promise
from app.reading.facts import CorrectionFact, CorrectionKind, LoggedFact
from app.store import audit, corrections, dead_letters, logged, recipients, rule_switches
from app.store.corrections import Correction
from app.store.database import Database
from app.store.ids import new_id
from app.store.logged import LoggedTouch
from app.store.sealing import Keyring, Sealer
from app.store.tables import logged_touches
from tests.store.letters import DANA, NOW, Mailbox, link

SEALER = Sealer(Keyring.new())
PROMISE = Promise(date(2026, 11, 27), date(2026, 11, 27), "by Friday", invites=True)


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    with database.write() as tx:
        return link(tx, SEALER)


@pytest.fixture
def dana(database: Database, mailbox: Mailbox) -> str:
    with database.write() as tx:
        return recipients.ensure(tx, SEALER, mailbox.person, {DANA: ""}, NOW)[DANA]


def call(mailbox: Mailbox, dana: str, minutes_ago: float = 60) -> LoggedTouch:
    return LoggedTouch(new_id(), mailbox.person, dana, "call", "no_answer", NOW - timedelta(minutes=minutes_ago), NOW)


def add(database: Database, touch: LoggedTouch) -> LoggedTouch:
    with database.write(durable=True) as tx:
        return logged.add(tx, SEALER, touch)


def facts(database: Database, mailbox: Mailbox, dana: str) -> list[LoggedFact]:
    with database.read() as tx:
        return logged.of_recipient(tx, SEALER, mailbox.person, dana)


def test_what_was_said_on_the_phone_comes_back_and_lies_sealed(database: Database, mailbox: Mailbox, dana: str) -> None:
    said = replace(call(mailbox, dana), outcome="spoke", mood="calm", note_promise="by Friday", promise=PROMISE)
    add(database, said)
    with database.read() as tx:
        assert logged.find(tx, SEALER, mailbox.person, said.id) == said
        row = tx.execute(select(logged_touches)).one()
    assert "Friday" not in repr(tuple(row)) + repr(replace(said, promise=None))
    assert facts(database, mailbox, dana) == [LoggedFact(said.id, said.at, "call", "spoke", "calm", PROMISE)]


def test_a_note_without_a_date_is_an_open_promise(database: Database, mailbox: Mailbox, dana: str) -> None:
    add(database, replace(call(mailbox, dana), note_promise="soon", promise=Promise(None, None, "soon")))
    assert facts(database, mailbox, dana)[0].promise == Promise(None, None, "soon")


def test_the_same_key_is_the_same_touch_for_ever(database: Database, mailbox: Mailbox, dana: str) -> None:
    first = add(database, replace(call(mailbox, dana), idempotency_key="k"))
    with database.write() as tx:
        logged.delete(tx, mailbox.person, first.id, NOW)
    again = add(database, replace(call(mailbox, dana, 5), idempotency_key="k", outcome="spoke"))
    assert again == replace(first, deleted_at=NOW)
    assert facts(database, mailbox, dana) == []


def test_a_retry_from_two_connections_is_stored_once(database: Database, mailbox: Mailbox, dana: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = {one.id for one in pool.map(lambda _: add(database, call(mailbox, dana)), range(4))}
    assert len(ids) == 1
    assert len(facts(database, mailbox, dana)) == 1


@pytest.mark.parametrize(("minutes", "count"), [(60, 1), (58, 1), (62, 1), (57.9, 2), (62.1, 2)])
def test_a_double_click_within_two_minutes_is_one_touch(
    database: Database, mailbox: Mailbox, dana: str, minutes: float, count: int
) -> None:
    add(database, call(mailbox, dana, 60))
    add(database, call(mailbox, dana, minutes))
    assert len(facts(database, mailbox, dana)) == count


@pytest.mark.parametrize("change", [{"channel": "voicemail"}, {"outcome": "spoke"}])
def test_another_channel_or_outcome_is_no_double_click(
    database: Database, mailbox: Mailbox, dana: str, change: dict[str, str]
) -> None:
    add(database, call(mailbox, dana))
    add(database, replace(call(mailbox, dana), **change))  # type: ignore[arg-type]
    assert len(facts(database, mailbox, dana)) == 2


def test_a_touch_can_be_edited_hidden_and_brought_back(database: Database, mailbox: Mailbox, dana: str) -> None:
    touch = add(database, call(mailbox, dana))
    changed = replace(touch, outcome="spoke", promise=PROMISE, note_promise="by Friday")
    with database.write() as tx:
        assert logged.edit(tx, SEALER, changed)
        assert logged.find(tx, SEALER, mailbox.person, touch.id) == changed
        assert logged.delete(tx, mailbox.person, touch.id, NOW)
        assert not logged.delete(tx, mailbox.person, touch.id, NOW)
    assert facts(database, mailbox, dana) == []
    with database.write() as tx:
        assert logged.undelete(tx, mailbox.person, touch.id)
        assert not logged.undelete(tx, mailbox.person, touch.id)
        assert not logged.edit(tx, SEALER, replace(changed, id="unknown"))
    assert facts(database, mailbox, dana) == [logged.as_fact(changed)]


def test_a_touch_with_a_recipient_of_somebody_else_is_refused(database: Database, mailbox: Mailbox, dana: str) -> None:
    with database.write() as tx:
        stranger = link(tx, SEALER, address="eve@example.com")
    with pytest.raises(LookupError):
        add(database, replace(call(mailbox, dana), person_id=stranger.person))


def test_a_correction_said_twice_stands_once_and_can_be_undone_and_said_again(
    database: Database, mailbox: Mailbox, dana: str
) -> None:
    said = Correction(new_id(), mailbox.person, dana, CorrectionKind.NOT_A_TOUCH, NOW, "key.1")
    with database.write() as tx:
        assert corrections.add(tx, said) == said
        assert corrections.add(tx, replace(said, id=new_id())) == said
        fact = CorrectionFact(CorrectionKind.NOT_A_TOUCH, NOW, "key.1")
        assert corrections.of_recipient(tx, mailbox.person, dana) == [fact]
        assert corrections.undo(tx, mailbox.person, said.id, NOW)
        assert not corrections.undo(tx, mailbox.person, said.id, NOW)
        assert corrections.of_recipient(tx, mailbox.person, dana) == []
        assert corrections.of_person(tx, mailbox.person) == [replace(said, undone_at=NOW)]
        again = replace(said, id=new_id())
        assert corrections.add(tx, again) == again
        assert corrections.of_recipient(tx, mailbox.person, dana) == [fact]


def test_a_correction_about_somebody_elses_recipient_is_refused(
    database: Database, mailbox: Mailbox, dana: str
) -> None:
    with database.write() as tx:
        stranger = link(tx, SEALER, address="eve@example.com")
        with pytest.raises(LookupError):
            corrections.add(tx, Correction(new_id(), stranger.person, dana, CorrectionKind.NOT_JOB_SEARCH, NOW))


def test_a_rule_switched_off_stays_off_until_switched_on(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        rule_switches.switch_off(tx, mailbox.person, "touch-burst")
        rule_switches.switch_off(tx, mailbox.person, "touch-burst")
        assert rule_switches.switched_off(tx, mailbox.person) == {"touch-burst"}
        rule_switches.switch_on(tx, mailbox.person, "touch-burst")
        assert rule_switches.switched_off(tx, mailbox.person) == frozenset()


def test_the_audit_trail_tells_the_newest_first(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        audit.record(tx, mailbox.person, NOW, "linked", mailbox.account)
        audit.record(tx, mailbox.person, NOW, "unlinked")
        assert [entry.what for entry in audit.of_person(tx, mailbox.person)] == ["unlinked", "linked"]
        assert [entry.what for entry in audit.of_person(tx, mailbox.person, limit=1)] == ["unlinked"]


def test_an_unreadable_message_is_counted_until_it_is_read_or_a_newer_reader_comes(
    database: Database, mailbox: Mailbox
) -> None:
    with database.write() as tx:
        tries = [dead_letters.record(tx, mailbox.account, "poison", "ValueError", 1, NOW) for _ in range(3)]
        assert tries == [1, 2, 3]
        assert dead_letters.waiting(tx, mailbox.account, 1, tries=3, before=NOW) == []
        assert dead_letters.waiting(tx, mailbox.account, 2, tries=3, before=NOW) == ["poison"]
        assert dead_letters.record(tx, mailbox.account, "poison", "KeyError", 2, NOW + timedelta(days=1)) == 1
        (letter,) = dead_letters.of_person(tx, mailbox.person)
        assert (letter.error, letter.first_at, letter.last_at) == ("KeyError", NOW, NOW + timedelta(days=1))
        assert dead_letters.settle(tx, mailbox.account, "poison")
        assert not dead_letters.settle(tx, mailbox.account, "poison")
