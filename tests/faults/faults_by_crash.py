"""Faults of our own process and store: kills, a full disk, an old backup, a wrong key, a half-way erasure."""

import shutil
from contextlib import suppress
from dataclasses import replace

import pytest

from app.services import linking
from app.store.errors import KeyMissing, LeaseLost, StorageFull
from app.store.sealing import Keyring, Sealer
from app.store.tables import accounts, messages
from app.worker import LEASE
from tests.faults.breaking import break_after
from tests.faults.invariants import Checker
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, Killed, Rig
from tests.faults.table import fault


@fault(1, "kill -9 between a page's fetch and its commit")
async def killed_before_commit(rig: Rig, check: Checker) -> None:
    for provider in ("google", "microsoft"):
        await rig.link(provider)
    for writes in range(12):
        break_after(rig, writes)
        died = await rig.until_killed()
        assert await check.check(settled=False) == []
        if not died:
            break
        rig.write(RITA, days=0.5)
    assert writes > 4
    await rig.poll()


@fault(3, "kill -9 during the first sync, ten times")
async def killed_in_the_first_sync(rig: Rig, check: Checker) -> None:
    for number in range(940):
        rig.write(RITA, days=1 + number / 10)
    await rig.link("google")
    done = []
    for kill in range(10):
        if kill % 2:
            break_after(rig, 3)
            await rig.until_killed()
        else:
            await rig.part_sync(1)
        done.append(len(rig.stored()))
        assert rig.account().state != "backfilling" or rig.account().progress_done <= done[-1]
        assert await check.check(settled=False) == []
    assert done == sorted(done)
    assert len(set(done)) > 8, done
    assert rig.meter().units < 2 * 20 * len(rig.truth())
    await rig.sync()


@fault(13, "429 with Retry-After 300, then a restart")
async def throttled_over_a_restart(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for service in ("gmail", "graph"):
        await rig.fault("throttled", service=service, match=f"^{service} ", retry_after=300)
    await rig.poll()
    assert {account.state for account in rig.accounts()} == {"throttled"}
    assert "at Nov 22, 10:0" in rig.account().next_action
    asked = [rig.meter(address).requests for address in (GMAIL, OUTLOOK)]
    await rig.restart()
    linking.ask_for_sync(rig.parts, rig.person_id, rig.account().id, rig.clock())
    await rig.polls(4)
    assert [rig.meter(address).requests for address in (GMAIL, OUTLOOK)] == asked
    await rig.polls(2)


@fault(21, "a rotated refresh token is lost: kill -9 before it was saved")
async def rotation_lost(rig: Rig, check: Checker) -> None:
    await rig.linked()
    rig.clock.advance(hours=2)
    break_after(rig, 1)
    assert await rig.until_killed()
    assert all(row.secret for row in rig.rows(accounts))
    await rig.polls(2)


@fault(21, "the same where the old refresh token died with it", settles=False)
async def rotation_lost_for_good(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("rotation_kills_old")
    rig.clock.advance(hours=2)
    for _ in range(3):
        break_after(rig, 1)
        await rig.until_killed()
    await rig.polls(3)
    assert rig.account(OUTLOOK).state in {"live", "needs_relink"}
    await rig.mend()
    await rig.link("microsoft")
    await rig.polls(1)
    assert check.complete() + check.alive() == []


@fault(22, "two workers want the same mailbox and its token at once")
async def two_workers_one_token(rig: Rig, check: Checker) -> None:
    await rig.link("google")
    await rig.sync()
    rig.clock.advance(hours=2)
    first = rig._take()
    assert first is not None
    assert rig._take() is None
    version = rig.rows(accounts, accounts.c.secret_version)[0][0]
    await rig.worker.settle(first)
    assert rig.rows(accounts, accounts.c.secret_version)[0][0] == version + 1


@fault(36, "the disk is full at every n-th write")
async def disk_full(rig: Rig, check: Checker) -> None:
    for provider in ("google", "microsoft"):
        await rig.link(provider)
    for writes in range(1, 10):
        break_after(rig, writes, StorageFull("The disk is full. Free some space; nothing was lost."))
        with suppress(StorageFull):
            rig.worker.start_due()
        for task in list(rig.worker._running):
            await task
        assert await check.check(settled=False) == []
        await rig.restart()
        rig.clock.advance(seconds=LEASE.total_seconds() + 1)
    await rig.polls(3)


@fault(37, "the database is a three-day-old backup")
async def old_backup(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.restart()
    file = rig.folder / "aftertouch.sqlite3"
    rig.parts.database.checkpoint_erasure()
    shutil.copy(file, rig.folder / "backup")
    for _ in range(3):
        rig.clock.advance(days=1)
        rig.write(RITA)
        rig.write(DANA, OUTLOOK)
        await rig.sync()
    rig.parts.database.close()
    for part in rig.folder.glob("aftertouch.sqlite3*"):
        part.unlink()
    (rig.folder / "backup").rename(file)
    await rig.restart()
    assert rig.missing()
    check.histories.clear()
    check.seen.clear()
    await rig.polls(2)


@fault(38, "the key is not the one the store was sealed with")
async def wrong_key(rig: Rig, check: Checker) -> None:
    await rig.linked()
    right, before = rig.parts.sealer, rig.rows(accounts)
    rig.parts = replace(rig.parts, sealer=Sealer(Keyring.new()))
    await rig.restart()
    rig.clock.advance(minutes=2)
    await rig.sync()
    assert rig.rows(accounts) == before
    with pytest.raises(KeyMissing):
        await rig.advice(RITA)
    rig.parts = replace(rig.parts, sealer=right)
    await rig.restart()
    await rig.polls(4)


@fault(42, "disconnecting dies half-way and the provider refuses to revoke")
async def erasure_cut_short(rig: Rig, check: Checker) -> None:
    account_id = await rig.link("google")
    await rig.sync()
    await rig.fault("revoke_fails")
    break_after(rig, 1)
    with pytest.raises(Killed):
        await linking.unlink(rig.parts, rig.person_id, account_id, rig.clock())
    await rig.restart()
    assert rig.account().state == "erasing"
    receipt = await linking.unlink(rig.parts, rig.person_id, account_id, rig.clock())
    assert not receipt.revoked
    assert not rig.accounts()
    assert not rig.rows(messages)
    left = [path for path in rig.folder.iterdir() if path.is_file() and RITA.encode() in path.read_bytes()]
    assert left == []


@fault(47, "a worker pauses beyond its lease, another takes over, then it wakes")
async def paused_worker(rig: Rig, check: Checker) -> None:
    from app.services import syncing
    from connectors.contract import Page

    await rig.link("google")
    first = rig._take()
    assert first is not None
    visit = syncing._visit(rig.parts, first)
    rig.clock.advance(seconds=LEASE.total_seconds() + 1)
    await rig.sync()
    after = rig.digest(), rig.cursor()
    with pytest.raises(LeaseLost):
        syncing.store_page(rig.parts, visit, Page((), '{"first": false, "history": "99999999999"}'))
    assert (rig.digest(), rig.cursor()) == after


@fault(48, "disconnect, then connect the same mailbox again")
async def reconnected(rig: Rig, check: Checker) -> None:
    account_id = await rig.link("google")
    await rig.sync()
    before = rig.digest()
    await linking.unlink(rig.parts, rig.person_id, account_id, rig.clock())
    assert await rig.link("google") != account_id
    await rig.sync()
    assert rig.digest() == before
