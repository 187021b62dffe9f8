"""What may be used once is used once, what expires is over, and no token lies in the store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.store import accounts, device_codes, devices, link_flows, people, sign_ins
from app.store.database import Database
from app.store.device_codes import WaitingCode
from app.store.devices import Device
from app.store.link_flows import LinkFlow
from app.store.sealing import Keyring, Sealer
from app.store.tables import link_flows as flows_table
from tests.store.letters import NOW

SEALER = Sealer(Keyring.new())
SOON = NOW + timedelta(minutes=5)
OVER = SOON + timedelta(seconds=1)
PAUSE = timedelta(seconds=2)


@pytest.fixture
def person(database: Database) -> str:
    with database.write() as tx:
        return people.add(tx, NOW)


def test_a_sign_in_link_works_once(database: Database, person: str) -> None:
    with database.write() as tx:
        sign_ins.add_link(tx, "hash", person, expires_at=SOON)
        assert sign_ins.burn_link(tx, "other", NOW) is None
        assert sign_ins.burn_link(tx, "hash", NOW) == person
        assert sign_ins.burn_link(tx, "hash", NOW) is None


def test_of_two_clicks_at_once_one_signs_in(database: Database, person: str) -> None:
    with database.write() as tx:
        sign_ins.add_link(tx, "hash", person, expires_at=SOON)

    def click(_: int) -> str | None:
        with database.write() as tx:
            return sign_ins.burn_link(tx, "hash", NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(map(str, pool.map(click, range(4)))) == sorted([person, "None", "None", "None"])


def test_an_expired_link_or_session_opens_nothing_and_is_swept(database: Database, person: str) -> None:
    with database.write() as tx:
        sign_ins.add_link(tx, "link", person, expires_at=SOON)
        sign_ins.add_session(tx, "session", person, created_at=NOW, expires_at=SOON)
        assert sign_ins.find_session(tx, "session", NOW) == sign_ins.Session("session", person, NOW, SOON)
        assert sign_ins.find_session(tx, "session", OVER) is None
        assert sign_ins.burn_link(tx, "link", OVER) is None
        assert sign_ins.purge(tx, NOW) == 0
        assert sign_ins.purge(tx, OVER) == 2


def test_an_ended_session_is_over(database: Database, person: str) -> None:
    with database.write() as tx:
        sign_ins.add_session(tx, "session", person, created_at=NOW, expires_at=SOON)
        assert sign_ins.end_session(tx, "session")
        assert not sign_ins.end_session(tx, "session")
        assert sign_ins.find_session(tx, "session", NOW) is None


def test_a_device_is_known_by_its_token_until_it_expires_or_is_removed(database: Database, person: str) -> None:
    laptop = Device("d1", person, "Laptop", NOW, None, SOON)
    with database.write() as tx:
        devices.add(tx, laptop, token_hash="hash")
        assert devices.arriving(tx, "hash", NOW) == (laptop, accounts.linked(tx, person))
        assert devices.arriving(tx, "hash", OVER) is None
        assert devices.arriving(tx, "other", NOW) is None
        assert devices.of_person(tx, person) == [laptop]
        assert not devices.delete(tx, people.add(tx, NOW), "d1")
        assert devices.delete(tx, person, "d1")
        assert devices.arriving(tx, "hash", NOW) is None


def test_the_last_use_of_a_device_is_noted_to_the_minute(database: Database, person: str) -> None:
    with database.write() as tx:
        devices.add(tx, Device("d1", person, "Laptop", NOW, None, OVER + timedelta(days=1)), token_hash="hash")
        assert devices.note_use(tx, "d1", NOW)
        assert not devices.note_use(tx, "d1", NOW + timedelta(seconds=30))
        assert devices.note_use(tx, "d1", SOON)
        assert devices.of_person(tx, person)[0].last_used_at == SOON


@pytest.fixture
def code(database: Database) -> WaitingCode:
    waiting = WaitingCode("BCDFG-HJKLM", "Chrome", NOW, SOON)
    with database.write() as tx:
        device_codes.add(tx, waiting, device_code_hash="hash")
    return waiting


def claim(database: Database, seconds: float) -> str:
    with database.write() as tx:
        return device_codes.claim(tx, "hash", NOW + timedelta(seconds=seconds), interval=PAUSE).outcome


def test_an_approved_code_is_claimed_once(database: Database, person: str, code: WaitingCode) -> None:
    assert claim(database, 0) == "authorization_pending"
    with database.write() as tx:
        assert device_codes.find(tx, code.user_code, NOW) == code
        assert device_codes.decide(tx, code.user_code, person, approve=True, now=NOW)
        claimed = device_codes.claim(tx, "hash", NOW, interval=PAUSE)
    assert (claimed.outcome, claimed.person_id, claimed.name) == ("approved", person, "Chrome")
    assert claim(database, 10) == "expired_token"


def test_a_denied_code_stays_denied_and_is_decided_once(database: Database, person: str, code: WaitingCode) -> None:
    with database.write() as tx:
        assert device_codes.decide(tx, code.user_code, person, approve=False, now=NOW)
        assert not device_codes.decide(tx, code.user_code, person, approve=True, now=NOW)
        assert device_codes.find(tx, code.user_code, NOW) is None
    assert claim(database, 0) == "access_denied"


def test_an_expired_code_is_neither_decided_nor_claimed(database: Database, person: str, code: WaitingCode) -> None:
    with database.write() as tx:
        assert not device_codes.decide(tx, code.user_code, person, approve=True, now=OVER)
        assert device_codes.claim(tx, "hash", OVER, interval=PAUSE).outcome == "expired_token"
        assert device_codes.claim(tx, "unknown", NOW, interval=PAUSE).outcome == "expired_token"
        assert device_codes.purge(tx, OVER) == 1


def test_who_asks_too_soon_must_wait_longer_each_time(database: Database, code: WaitingCode) -> None:
    assert claim(database, 0) == "authorization_pending"
    assert claim(database, 1) == "slow_down"  # two more seconds were due; from now on seven
    assert claim(database, 1 + 6.9) == "slow_down"  # from now on twelve
    assert claim(database, 7.9 + 12) == "authorization_pending"


def test_a_link_flow_is_burned_by_its_state_once(database: Database, person: str) -> None:
    flow = LinkFlow(person, "google", {"verifier": "canary-verifier", "nonce": "n"}, SOON)
    with database.write() as tx:
        link_flows.add(tx, SEALER, flow, state_hash="state")
        assert "canary" not in repr(tuple(tx.execute(select(flows_table)).one())) + repr(flow)
        assert link_flows.burn(tx, SEALER, "other", NOW) is None
        assert link_flows.burn(tx, SEALER, "state", NOW) == flow
        assert link_flows.burn(tx, SEALER, "state", NOW) is None


def test_an_expired_link_flow_is_gone_either_way(database: Database, person: str) -> None:
    with database.write() as tx:
        for state in ("one", "two"):
            link_flows.add(tx, SEALER, LinkFlow(person, "google", {}, SOON), state_hash=state)
        assert link_flows.burn(tx, SEALER, "one", OVER) is None
        assert link_flows.purge(tx, NOW) == 0
        assert link_flows.purge(tx, OVER) == 1


def test_the_calendar_secret_finds_its_person_until_it_is_replaced(database: Database, person: str) -> None:
    with database.write() as tx:
        people.set_calendar_hash(tx, person, "first")
        assert people.find_by_calendar(tx, "first") == person
        people.set_calendar_hash(tx, person, "second")
        assert people.find_by_calendar(tx, "first") is None
        assert people.find_by_calendar(tx, "second") == person
