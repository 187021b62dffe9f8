"""What is found for some addresses is enough: the thread built from it is the thread built from all mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.reading.facts import InboundReading, Kind
from app.reading.threads import build_thread
from app.store import messages, recipients
from app.store.database import Database
from app.store.messages import NewMessage
from app.store.sealing import Keyring, Sealer
from tests.store.letters import ANA, DANA, NOW, Mailbox, key_of, link

SEALER = Sealer(Keyring.new())


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    with database.write() as tx:
        return link(tx, SEALER)


def found(database: Database, mailbox: Mailbox, letters: list[NewMessage], address: str = DANA) -> list[str]:
    with database.write() as tx:
        messages.add(tx, SEALER, letters)
    with database.read() as tx:
        stored = messages.for_addresses(tx, SEALER, mailbox.person, [address])
    return [one.subject.removeprefix("About ") for one in stored]


def test_mail_to_and_from_the_recipient_is_found_and_other_mail_is_not(database: Database, mailbox: Mailbox) -> None:
    letters = [
        mailbox.sent("application", days_ago=9),
        mailbox.received("answer", days_ago=3),
        mailbox.sent("to another", to="erin@globex.example"),
        mailbox.received("newsletter", sender="news@letters.example"),
    ]
    assert found(database, mailbox, letters) == ["application", "answer"]


def test_a_colleagues_answer_to_my_mail_is_found(database: Database, mailbox: Mailbox) -> None:
    answered = (key_of("application"),)
    letters = [
        mailbox.sent("application", days_ago=9),
        mailbox.received("by reference", sender="erin@globex.example", reference_keys=answered, days_ago=2),
        mailbox.received("in the thread", sender="omar@globex.example", provider_thread_id="thread of application"),
    ]
    assert found(database, mailbox, letters) == ["application", "by reference", "in the thread"]


def test_the_same_full_name_at_another_address_is_found(database: Database, mailbox: Mailbox) -> None:
    letters = [
        mailbox.received("from work", sender_name="Dana Smith", days_ago=5),
        mailbox.received("from home", sender="dana@home.example", sender_name="Smith, Dana", days_ago=4),
        mailbox.received("another Dana", sender="dana@else.example", sender_name="Dana Jones", days_ago=3),
        mailbox.received("first name", sender="d@else.example", sender_name="Dana", days_ago=2),
    ]
    assert found(database, mailbox, letters) == ["from work", "from home"]


def test_a_name_known_only_from_my_own_mail_finds_their_other_address(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        recipients.ensure(tx, SEALER, mailbox.person, {DANA: "Dana Smith"}, NOW)
    letters = [
        mailbox.sent("application", days_ago=9),
        mailbox.received("from home", sender="dana@home.example", sender_name="Dana Smith"),
    ]
    assert found(database, mailbox, letters) == ["application", "from home"]


def test_a_bounce_is_found_by_the_address_it_names(database: Database, mailbox: Mailbox) -> None:
    bounce = InboundReading(kind=Kind.BOUNCE, failed_address=DANA)
    letters = [
        mailbox.sent("application", days_ago=1),
        mailbox.received("returned", sender="mailer-daemon@mx.example", reading=bounce),
    ]
    assert found(database, mailbox, letters) == ["application", "returned"]


def test_human_mail_of_the_same_company_is_found_and_its_newsletters_are_not(
    database: Database, mailbox: Mailbox
) -> None:
    letters = [
        mailbox.sent("application", days_ago=9),
        mailbox.received("rejection", sender="careers@jobs.acme.example", reading=InboundReading(kind=Kind.REJECTION)),
        mailbox.received("advert", sender="news@acme.example", reading=InboundReading(kind=Kind.LIST)),
    ]
    assert found(database, mailbox, letters) == ["application", "rejection"]


def test_nobody_else_finds_it(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        stranger = link(tx, SEALER, address="eve@example.com")
        messages.add(tx, SEALER, [mailbox.sent("application"), mailbox.received("answer", sender_name="Dana Smith")])
        messages.add(tx, SEALER, [stranger.received("hers", sender="x@y.example", sender_name="Dana Smith")])
    with database.read() as tx:
        assert messages.for_addresses(tx, SEALER, stranger.person, [DANA]) == []
        mine = messages.for_addresses(tx, SEALER, mailbox.person, [DANA])
    assert {one.account_id for one in mine} == {mailbox.account}


PEOPLE = ("dana@acme.example", "dana@home.example", "erin@acme.example", "omar@globex.example", "friend@else.example")
NAMES = ("Dana Smith", "Smith, Dana", "Dana", "Erin Brown", "")
KINDS = tuple(Kind)


@st.composite
def mailboxes(draw: st.DrawFn) -> list[dict[str, object]]:
    """Up to fourteen letters among a few people, in a few threads, answering one another at will."""
    return [
        {
            "number": number,
            "who": draw(st.sampled_from(PEOPLE)),
            "also": draw(st.sampled_from(("", *PEOPLE))),
            "mine": draw(st.booleans()),
            "name": draw(st.sampled_from(NAMES)),
            "thread": draw(st.integers(0, 4)),
            "answers": draw(st.lists(st.integers(0, max(number - 1, 0)), max_size=2)) if number else [],
            "kind": draw(st.sampled_from(KINDS)),
            "failed": draw(st.sampled_from(("", *PEOPLE[:2]))),
            "days_ago": draw(st.integers(0, 30)),
        }
        for number in range(draw(st.integers(1, 14)))
    ]


def letter(mailbox: Mailbox, told: dict[str, object]) -> NewMessage:
    name = str(told["number"])
    more = {
        "days_ago": told["days_ago"],
        "provider_thread_id": f"t{told['thread']}",
        "reference_keys": tuple(key_of(str(number)) for number in told["answers"]),  # type: ignore[attr-defined]
    }
    also = (("cc", str(told["also"]), ""),) if told["also"] else ()
    if told["mine"]:
        return mailbox.sent(name, people=(("to", str(told["who"]), str(told["name"])), *also), **more)  # type: ignore[arg-type]
    failed = str(told["failed"]) if told["kind"] is Kind.BOUNCE else ""
    reading = InboundReading(kind=told["kind"], failed_address=failed, calendar_method="REQUEST")  # type: ignore[arg-type]
    more |= {"reading": reading, "sender_name": told["name"], "people": (("to", ANA, ""), *also)}
    return mailbox.received(name, sender=str(told["who"]), **more)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=mailboxes(), asked=st.sampled_from([(PEOPLE[0],), (PEOPLE[2],), PEOPLE[:2]]))
def test_the_thread_of_what_is_found_is_the_thread_of_all_mail(
    database: Database, told: list[dict[str, object]], asked: tuple[str, ...]
) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        letters = [letter(mailbox, one) for one in told]
        messages.add(tx, SEALER, letters)
        addressed = {address: name for one in letters if one.outbound for _, address, name in one.people}
        recipients.ensure(tx, SEALER, mailbox.person, addressed, NOW)
    with database.read() as tx:
        some = [one.fact for one in messages.for_addresses(tx, SEALER, mailbox.person, asked)]
        everything = [one.fact for one in messages.of_person(tx, SEALER, mailbox.person)]
        name = next((one.name for one in recipients.for_addresses(tx, SEALER, mailbox.person, asked)), "")
    addresses = frozenset(asked)
    assert build_thread(asked[0], addresses, some, name=name) == build_thread(
        asked[0], addresses, everything, name=name
    )


def test_facts_come_in_order_of_time(database: Database, mailbox: Mailbox) -> None:
    letters = [mailbox.sent(str(days), days_ago=days) for days in (3, 9, 1, 7)]
    assert found(database, mailbox, letters) == ["9", "7", "3", "1"]


def test_an_instant_comes_back_to_the_microsecond(database: Database, mailbox: Mailbox) -> None:
    moments = [NOW + timedelta(microseconds=1), NOW - timedelta(days=20000, microseconds=1)]
    with database.write() as tx:
        messages.add(tx, SEALER, [mailbox.sent("a"), mailbox.sent("b")])
        messages.add(tx, SEALER, [replace(mailbox.sent(str(at)), at=at) for at in moments])
        stored = {one.fact.at for one in messages.of_person(tx, SEALER, mailbox.person)}
    assert set(moments) < stored
