"""One mailbox, one worker: leases never overlap, no wish is lost, and a worker that lost its lease writes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from app.store import accounts, messages, sync_jobs
from app.store.database import Database
from app.store.errors import LeaseLost
from app.store.sealing import Keyring, Sealer
from app.store.sync_jobs import Lease
from tests.store.letters import NOW, Mailbox, grant, link

SEALER = Sealer(Keyring.new())
LEASE = timedelta(seconds=60)
POLL = timedelta(minutes=5)


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    with database.write() as tx:
        made = link(tx, SEALER)
        sync_jobs.want(tx, made.account, NOW)
        return made


def take(database: Database, at: datetime = NOW) -> Lease | None:
    with database.write() as tx:
        return sync_jobs.take_due(tx, at, LEASE)


def taken(database: Database, at: datetime = NOW) -> Lease:
    lease = take(database, at)
    assert lease is not None
    return lease


def finish(database: Database, lease: Lease, at: datetime = NOW) -> None:
    with database.write() as tx:
        sync_jobs.finish(tx, lease, due_at=at + POLL, deep_due_at=at + 3 * POLL)


def test_a_leased_mailbox_is_nobody_elses_until_the_lease_runs_out(database: Database, mailbox: Mailbox) -> None:
    first = taken(database)
    assert take(database, NOW + LEASE - timedelta(microseconds=1)) is None
    second = taken(database, NOW + LEASE)
    assert second.fence > first.fence


def test_of_many_workers_at_once_one_gets_the_mailbox(database: Database, mailbox: Mailbox) -> None:
    with ThreadPoolExecutor(6) as pool:
        leases = [lease for lease in pool.map(lambda _: take(database), range(12)) if lease is not None]
    assert len(leases) == 1


def test_workers_side_by_side_share_out_the_mailboxes(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        for number in range(5):
            other = accounts.link(
                tx, SEALER, person_id=mailbox.person, provider="google", grant=grant(str(number)), now=NOW
            )
            sync_jobs.want(tx, other, NOW)
    with ThreadPoolExecutor(3) as pool:
        leases = [lease for lease in pool.map(lambda _: take(database), range(12)) if lease is not None]
    assert len({lease.account_id for lease in leases}) == len(leases) == 6


def holds(tx: Connection, lease: Lease) -> bool:
    try:
        sync_jobs.check_fence(tx, lease)
    except LeaseLost:
        return False
    return True


def test_a_worker_that_lost_its_lease_stores_nothing(database: Database, mailbox: Mailbox) -> None:
    paused = taken(database)
    successor = taken(database, NOW + LEASE)
    with pytest.raises(LeaseLost):
        store_page(database, mailbox, paused, "stale")
    store_page(database, mailbox, successor, "fresh")
    with database.write() as tx:
        assert not holds(tx, paused)
        assert holds(tx, successor)
        assert [one.subject for one in messages.of_person(tx, SEALER, mailbox.person)] == ["About fresh"]


@pytest.mark.parametrize("late", ["finish", "fail", "renew"])
def test_a_worker_that_lost_its_lease_does_not_end_its_successors(
    database: Database, mailbox: Mailbox, late: str
) -> None:
    paused = taken(database)
    successor = taken(database, NOW + LEASE)
    with database.write() as tx, pytest.raises(LeaseLost):
        end(tx, late, paused, NOW + LEASE)
    with database.write() as tx:
        assert holds(tx, successor)


def test_a_finished_lease_is_worth_nothing_any_more(database: Database, mailbox: Mailbox) -> None:
    lease = taken(database)
    finish(database, lease)
    with pytest.raises(LeaseLost):
        store_page(database, mailbox, lease, "late")


def test_a_renewed_lease_holds_longer(database: Database, mailbox: Mailbox) -> None:
    lease = taken(database)
    with database.write() as tx:
        sync_jobs.renew(tx, lease, NOW + 2 * LEASE)
    assert take(database, NOW + LEASE) is None
    assert take(database, NOW + 2 * LEASE) is not None


def test_a_finished_mailbox_is_due_again_at_the_next_poll(database: Database, mailbox: Mailbox) -> None:
    finish(database, taken(database))
    assert take(database, NOW + POLL - timedelta(seconds=1)) is None
    assert take(database, NOW + POLL) is not None


def test_a_wish_during_a_run_leads_to_one_more_run(database: Database, mailbox: Mailbox) -> None:
    lease = taken(database)
    with database.write() as tx:
        for _ in range(8):
            sync_jobs.want(tx, mailbox.account, NOW)
    finish(database, lease)
    finish(database, taken(database))
    assert take(database) is None


def test_no_wish_from_many_threads_is_lost(database: Database, mailbox: Mailbox) -> None:
    before = taken(database).want

    def wish(_: int) -> None:
        with database.write() as tx:
            sync_jobs.want(tx, mailbox.account, NOW)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(wish, range(40)))
    assert taken(database, NOW + LEASE).want == before + 40


def test_a_deep_wish_asks_for_one_deep_run(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        sync_jobs.want(tx, mailbox.account, NOW, deep=True)
    lease = taken(database)
    assert lease.deep
    finish(database, lease)
    shallow = taken(database, NOW + POLL)
    assert not shallow.deep
    finish(database, shallow, NOW + POLL)
    assert taken(database, NOW + 3 * POLL).deep


def test_a_deep_wish_survives_a_failed_run(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        sync_jobs.want(tx, mailbox.account, NOW, deep=True)
    fail(database, taken(database), NOW)
    assert taken(database).deep


def test_no_wish_breaks_the_providers_retry_after_and_no_restart_does(database: Database, mailbox: Mailbox) -> None:
    until = NOW + timedelta(seconds=300)
    fail(database, taken(database), until)
    with database.write() as tx:
        sync_jobs.want(tx, mailbox.account, NOW, deep=True)
    assert take(database, until - timedelta(seconds=1)) is None
    assert taken(database, until).attempts == 1


def test_success_forgets_former_failures(database: Database, mailbox: Mailbox) -> None:
    for attempts in range(3):
        lease = taken(database)
        assert lease.attempts == attempts
        fail(database, lease, NOW)
    finish(database, taken(database))
    assert taken(database, NOW + POLL).attempts == 0


def test_how_the_jobs_stand_is_told_to_their_person_alone(database: Database, mailbox: Mailbox) -> None:
    with database.write() as tx:
        stranger = link(tx, SEALER, address="eve@example.com")
        assert sync_jobs.of_person(tx, stranger.person) == []
        (job,) = sync_jobs.of_person(tx, mailbox.person)
        assert job.pending
    finish(database, taken(database))
    with database.read() as tx:
        (job,) = sync_jobs.of_person(tx, mailbox.person)
    assert (job.pending, job.lease_until, job.due_at) == (False, None, NOW + POLL)


ACTIONS = st.tuples(st.sampled_from(["take", "finish", "fail", "renew", "want", "wait"]), st.integers(0, 2))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=25))
def test_whatever_workers_do_at_most_one_holds_the_mailbox_and_no_wish_goes_unmet(
    database: Database, actions: list[tuple[str, int]]
) -> None:
    with database.write() as tx:
        mailbox = link(tx, SEALER)
        sync_jobs.want(tx, mailbox.account, NOW)
    now, held = NOW, dict[int, Lease]()
    wishes, met = 1, 0
    for action, worker in actions:
        with database.write() as tx:
            if action == "wait":
                now += LEASE / 2
            elif action == "want":
                sync_jobs.want(tx, mailbox.account, now)
                wishes += 1
            elif action == "take" and (lease := sync_jobs.take_due(tx, now, LEASE, account_id=mailbox.account)):
                held[worker] = lease
            elif worker in held and holds(tx, held[worker]):
                met = max(met, end(tx, action, held[worker], now))
        with database.write() as tx:
            assert sum(holds(tx, lease) for lease in set(held.values())) <= 1
    later = now + 10 * POLL
    with database.write() as tx:
        last = sync_jobs.take_due(tx, later, LEASE, account_id=mailbox.account)
        assert last is not None
        assert last.want == wishes >= met


def end(tx: Connection, action: str, lease: Lease, now: datetime) -> int:
    """Do it and give how many wishes it met."""
    if action == "finish":
        sync_jobs.finish(tx, lease, due_at=now + POLL)
        return lease.want
    if action == "fail":
        sync_jobs.retry_later(tx, lease, not_before=now + LEASE)
    if action == "renew":
        sync_jobs.renew(tx, lease, now + LEASE)
    return 0


def fail(database: Database, lease: Lease, until: datetime) -> None:
    with database.write() as tx:
        sync_jobs.retry_later(tx, lease, not_before=until)


def store_page(database: Database, mailbox: Mailbox, lease: Lease, name: str) -> None:
    with database.write() as tx:
        sync_jobs.check_fence(tx, lease)
        messages.add(tx, SEALER, [mailbox.sent(name)])
