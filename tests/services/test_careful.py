"""What a program has in hand is written down before it may die over it, and writing it down costs little."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.services.careful import hands
from app.store import sync_jobs
from app.store.sync_jobs import Lease
from tests.faults.rig import Rig

LIFE = timedelta(minutes=2)
GMAIL_IDS = [f"{number:016x}" for number in range(100)]
OUTLOOK_IDS = [f"AAkALg{number:0145d}=" for number in range(20)]


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    await rig.link("google")
    return rig


def lease_after_a_death(rig: Rig) -> Lease:
    """Of a mailbox whose last worker never gave its lease back."""
    with rig.parts.database.write() as tx:
        assert sync_jobs.take_due(tx, rig.clock(), LIFE)
    rig.clock.advance(seconds=LIFE.total_seconds() + 1)
    return taken_over(rig)


def taken_over(rig: Rig) -> Lease:
    with rig.parts.database.write() as tx:
        lease = sync_jobs.take_due(tx, rig.clock(), LIFE)
    assert lease is not None
    return lease


def in_hand(rig: Rig) -> str:
    [row] = rig.rows(sync_jobs.sync_jobs)
    return str(row.in_hand or "")


@pytest.mark.parametrize(("ids", "notes"), [(GMAIL_IDS, 10), (OUTLOOK_IDS, 7)])
async def test_every_open_letter_is_noted_and_many_at_once(rig: Rig, ids: list[str], notes: int) -> None:
    held = hands(rig.parts, lease_after_a_death(rig), rig.person_id)
    seen = []
    with held.batch(ids):
        for one in ids:
            with held(one) as may_open:
                assert may_open
                assert one in in_hand(rig).split("\n")
                seen.append(in_hand(rig))
    assert in_hand(rig) == ""
    assert len(set(seen)) == notes
    assert max(map(len, seen)) <= 512


async def test_nothing_is_noted_where_nobody_died(rig: Rig) -> None:
    held = hands(rig.parts, taken_over(rig), rig.person_id)
    with held.batch(GMAIL_IDS), held(GMAIL_IDS[0]) as may_open:
        assert (may_open, in_hand(rig)) == (True, "")


async def test_of_ten_under_suspicion_each_is_then_noted_alone_until_the_killer_is_known(rig: Rig) -> None:
    lease, killer = lease_after_a_death(rig), GMAIL_IDS[3]
    found: list[list[str]] = []
    for _ in range(2):
        found.append(noted_until(killer, rig, lease))
        with rig.parts.database.write() as tx:
            sync_jobs.take_in_hand(tx, lease, found[-1][-1])  # nobody clears it any more
        rig.clock.advance(seconds=LIFE.total_seconds() + 1)
        lease = taken_over(rig)
    assert [[noted.count("\n") for noted in run] for run in found] == [[9] * 4, [0] * 4]
    held = hands(rig.parts, lease, rig.person_id)
    allowed = []
    with held.batch(GMAIL_IDS[:10]):
        for one in GMAIL_IDS[:10]:
            with held(one) as may_open:
                allowed.append(may_open)
    assert allowed == [one != killer for one in GMAIL_IDS[:10]]


def noted_until(killer: str, rig: Rig, lease: Lease) -> list[str]:
    """What is noted while each of ten letters is open, up to the one that kills."""
    held, noted = hands(rig.parts, lease, rig.person_id), []
    with held.batch(GMAIL_IDS[:10]):
        for one in GMAIL_IDS[: GMAIL_IDS.index(killer) + 1]:
            with held(one):
                noted.append(in_hand(rig))
    return noted
