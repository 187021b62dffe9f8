"""Recipients: found under every address, merged and split without losing anything, undone exactly."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.reading.facts import CorrectionKind
from app.store import corrections, logged, messages, recipients
from app.store.corrections import Correction
from app.store.database import Database
from app.store.ids import new_id
from app.store.logged import LoggedTouch
from app.store.recipients import Recipient
from app.store.sealing import Keyring, Sealer
from tests.store.letters import DANA, NOW, Mailbox, link

SEALER = Sealer(Keyring.new())
HOME = "dana@home.example"
ERIN = "erin@globex.example"


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    with database.write() as tx:
        return link(tx, SEALER)


@pytest.fixture
def ids(database: Database, mailbox: Mailbox) -> dict[str, str]:
    with database.write() as tx:
        names = {DANA: "Dana Smith", HOME: "", ERIN: "Erin Brown"}
        return recipients.ensure(tx, SEALER, mailbox.person, names, NOW)


def of(database: Database, mailbox: Mailbox, *addresses: str) -> list[Recipient]:
    with database.read() as tx:
        return recipients.for_addresses(tx, SEALER, mailbox.person, addresses)


def test_an_address_has_one_recipient_however_often_it_is_met(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    with database.write() as tx:
        assert recipients.ensure(tx, SEALER, mailbox.person, {DANA: "Somebody Else", HOME: "Dana Smith"}, NOW) == {
            DANA: ids[DANA],
            HOME: ids[HOME],
        }
    assert [one.name for one in of(database, mailbox, DANA, HOME)] == ["Dana Smith", "Dana Smith"]


def test_recipients_come_in_the_order_asked_each_once(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    found = of(database, mailbox, ERIN, "unknown@x.example", DANA, ERIN)
    assert [one.id for one in found] == [ids[ERIN], ids[DANA]]


def test_merged_recipients_are_one_with_all_addresses_and_touches(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    with database.write() as tx:
        logged.add(tx, SEALER, call(mailbox, ids[HOME]))
        corrections.add(tx, correction(mailbox, ids[HOME]))
        assert recipients.merge(tx, mailbox.person, ids[HOME], ids[DANA])
        assert recipients.ensure(tx, SEALER, mailbox.person, {HOME: ""}, NOW) == {HOME: ids[DANA]}
        assert len(logged.of_recipient(tx, SEALER, mailbox.person, ids[DANA])) == 1
        assert len(corrections.of_recipient(tx, mailbox.person, ids[DANA])) == 1
        assert recipients.find(tx, SEALER, mailbox.person, ids[HOME]) == recipients.find(
            tx, SEALER, mailbox.person, ids[DANA]
        )
    (dana,) = of(database, mailbox, HOME, DANA)
    assert (dana.address, dana.addresses, dana.merged) == (DANA, (DANA, HOME), (ids[HOME],))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chain=st.permutations([DANA, HOME, ERIN]))
def test_undoing_a_merge_gives_back_what_was(
    database: Database, mailbox: Mailbox, ids: dict[str, str], chain: list[str]
) -> None:
    before = of(database, mailbox, DANA, HOME, ERIN)
    with database.write() as tx:
        for one, into in pairwise(chain):
            assert recipients.merge(tx, mailbox.person, ids[one], ids[into])
    assert len(of(database, mailbox, *chain)) == 1
    with database.write() as tx:
        for one in chain[:-1]:
            assert recipients.unmerge(tx, mailbox.person, ids[one])
    assert of(database, mailbox, DANA, HOME, ERIN) == before


def test_merging_in_a_circle_or_with_itself_does_nothing(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    with database.write() as tx:
        assert not recipients.merge(tx, mailbox.person, ids[DANA], ids[DANA])
        assert recipients.merge(tx, mailbox.person, ids[DANA], ids[HOME])
        assert not recipients.merge(tx, mailbox.person, ids[HOME], ids[DANA])
        assert not recipients.merge(tx, mailbox.person, ids[DANA], "unknown")


def test_an_address_split_off_goes_its_own_way_and_comes_back(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    with database.write() as tx:
        recipients.merge(tx, mailbox.person, ids[HOME], ids[DANA])
        fresh = recipients.split(tx, mailbox.person, ids[DANA], addresses=[HOME], now=NOW)
        assert fresh is not None
    assert [one.id for one in of(database, mailbox, DANA, HOME)] == [ids[DANA], fresh]
    with database.write() as tx:
        assert recipients.merge(tx, mailbox.person, fresh, ids[DANA])
    assert [one.addresses for one in of(database, mailbox, DANA)] == [(DANA, HOME)]


@pytest.mark.parametrize("addresses", [[], [DANA], [ERIN], [DANA, ERIN]])
def test_a_split_that_leaves_nothing_or_takes_what_is_not_there_is_refused(
    database: Database, mailbox: Mailbox, ids: dict[str, str], addresses: list[str]
) -> None:
    with database.write() as tx:
        assert recipients.split(tx, mailbox.person, ids[DANA], addresses=addresses, now=NOW) is None


def test_name_stage_and_silence_are_kept(database: Database, mailbox: Mailbox, ids: dict[str, str]) -> None:
    with database.write() as tx:
        assert recipients.rename(tx, SEALER, mailbox.person, ids[DANA], "Dana, recruiter")
        assert recipients.set_stage(tx, mailbox.person, ids[DANA], "interview")
        assert recipients.set_muted(tx, mailbox.person, ids[DANA], NOW)
        assert not recipients.set_stage(tx, mailbox.person, "unknown", "interview")
    (dana,) = of(database, mailbox, DANA)
    assert (dana.name, dana.stage, dana.muted_at) == ("Dana, recruiter", "interview", NOW)


def test_pages_show_every_recipient_once_in_a_fixed_order(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    with database.write() as tx:
        recipients.ensure(tx, SEALER, mailbox.person, {f"r{n}@acme.example": "" for n in range(7)}, NOW)
        recipients.merge(tx, mailbox.person, ids[HOME], ids[DANA])
    after, seen = "", []
    with database.read() as tx:
        while page := recipients.search(tx, SEALER, mailbox.person, after=after, limit=4):
            seen += page
            after = page[-1].id
        assert seen == recipients.of_person(tx, SEALER, mailbox.person)
    assert len(seen) == 9


@pytest.mark.parametrize(("query", "found"), [("SMITH", [DANA]), ("globex", [ERIN]), ("%", []), ("dana@h", [HOME])])
def test_a_search_looks_at_names_and_addresses(
    database: Database, mailbox: Mailbox, ids: dict[str, str], query: str, found: list[str]
) -> None:
    with database.read() as tx:
        assert [one.address for one in recipients.search(tx, SEALER, mailbox.person, query=query)] == found


def test_recipients_nobody_knows_any_more_are_forgotten_and_touched_ones_stay(
    database: Database, mailbox: Mailbox, ids: dict[str, str]
) -> None:
    with database.write() as tx:
        messages.add(tx, SEALER, [mailbox.sent("application", to=DANA)])
        logged.add(tx, SEALER, call(mailbox, ids[ERIN]))
        assert recipients.forget_unmet(tx, mailbox.person) == 1
    assert [one.address for one in of(database, mailbox, DANA, HOME, ERIN)] == [DANA, ERIN]


def call(mailbox: Mailbox, recipient_id: str) -> LoggedTouch:
    return LoggedTouch(new_id(), mailbox.person, recipient_id, "call", "no_answer", NOW - timedelta(hours=1), NOW)


def correction(mailbox: Mailbox, recipient_id: str) -> Correction:
    return Correction(new_id(), mailbox.person, recipient_id, CorrectionKind.ANSWERED_ELSEWHERE, NOW)
