"""Faults of our own process and store: kills, a full disk, an old backup, a wrong key, a half-way erasure."""

import asyncio
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.compose import open_parts
from app.services import high_water, leaving, linking, pushing, syncing
from app.services.grants import RENEWAL
from app.services.logging_touches import TouchToLog, log_touch
from app.services.probing import glance
from app.store import accounts as stored_accounts
from app.store import rotation, sync_jobs
from app.store.errors import KeyMissing, LeaseLost, StoreUnavailable
from app.store.sealing import Keyring, Sealer
from app.store.tables import accounts, messages, people
from app.worker import LEASE, Worker
from connectors.contract import Page
from tests.faults.breaking import break_after, no_room, read_only, spoil_at, taken, taken_at
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


CAREFUL_PAGE = 30
"""Writes of somebody who takes over and notes a page's hundred letters, twice, ten at a time."""


@fault(3, "kill -9 during the first sync, ten times")
async def killed_in_the_first_sync(rig: Rig, check: Checker) -> None:
    for number in range(940):
        rig.write(RITA, days=1 + number / 10)
    await rig.link("google")
    done = []
    for kill in range(10):
        if kill % 2:
            break_after(rig, CAREFUL_PAGE)
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


@fault(22, "a worker, a probe, a push renewal and a second process all want one mailbox's token at once")
async def everybody_wants_the_token(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.fault("token_slow", value=0.05)
    rig.clock.advance(hours=2)
    for access in rig.provider.grants.access.values():
        access.grant.renewed = 0
    rig.provider.grants.access.clear()
    other = rig.twin()
    linked = rig.accounts()
    found = await asyncio.gather(
        rig.sync(),
        glance(other, linked, ["other@acme.example"], rig.clock()),
        *(pushing.watch(rig.parts, account.id) for account in linked),
    )
    other.database.close()
    assert found[1].answered == {account.id for account in linked}, "every one of them got through"
    assert all(until is not None for until in found[2:])
    assert rig.renewals() == {GMAIL: 1, OUTLOOK: 1}
    assert {row.renewing_until for row in rig.rows(accounts)} == {None}


@fault(22, "whoever renews a token dies meanwhile; the others wait for it no longer than its turn")
async def renewer_dies(rig: Rig, check: Checker) -> None:
    await rig.linked()
    rig.clock.advance(hours=2)
    rig.provider.grants.access.clear()
    with rig.parts.database.write() as tx:
        stored_accounts.begin_renewal(tx, rig.account().id, rig.clock(), rig.clock() + RENEWAL)
    rig.clock.advance(seconds=RENEWAL.total_seconds())
    await rig.sync()
    await rig.polls(1)


STATEMENTS = {read_only: range(1, 45, 2), no_room: range(3, 45, 8)}
"""Of a first sync, which begins anew each time: a disk that is bad stays so from there on."""


@fault(36, "the disk is full, or read-only, at every n-th statement; or another program holds the file")
async def bad_disk(rig: Rig, check: Checker) -> None:
    for provider in ("google", "microsoft"):
        await rig.link(provider)
    hit = 0
    for spoil, statements in STATEMENTS.items():
        for statement in statements:
            ran = spoil_at(rig, statement, spoil)
            with suppress(StoreUnavailable):
                await rig.sync()
            hit += bool(ran)
            full = rig.parts.database.is_full
            assert not full or {account.state for account in rig.accounts()} == {"storage_full"}
            await rig.restart()
            assert await check.check(settled=False) == []
            rig.clock.advance(minutes=31)
            rig.write(RITA, days=0.5)
    assert hit > 20
    for write in range(6):
        locked = taken_at(rig, write)
        with suppress(StoreUnavailable):
            await rig.sync()
        assert locked.left < 0, "the lock was met"
        await rig.restart()
        assert await check.check(settled=False) == []
        rig.clock.advance(minutes=3)
        rig.write(RITA, days=0.5)
    with taken(rig), suppress(StoreUnavailable):
        await rig.sync()
    await rig.restart()
    rig.clock.advance(minutes=3)
    await rig.polls(3)


@fault(37, "the database is a three-day-old backup: mail comes again, calls noted since are said to be lost")
async def old_backup(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.restart()
    file = rig.folder / "aftertouch.sqlite3"
    rig.parts.database.checkpoint_erasure()
    shutil.copy(file, rig.folder / "backup")
    for _ in range(3):
        rig.clock.advance(days=1)
        called(rig)
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
    await rig.worker.sweep()
    [loss] = high_water.losses(rig.parts, rig.person_id)
    assert "3 calls and other touches entered between Nov 22, " in loss.words
    assert "and Nov 25, 10:00 UTC are not in it" in loss.words
    await rig.polls(2)


def called(rig: Rig) -> None:
    """The person notes a call, and the program goes on for a while."""
    log_touch(rig.parts, rig.person_id, TouchToLog(RITA, "call", "no_answer", rig.clock()), rig.clock())
    high_water.note(rig.parts, rig.clock())


def restored(folder: Path, crashed: Path, share: float) -> None:
    """The files as they were at the crash, with only so much of the log."""
    for part in folder.glob("aftertouch.sqlite3*"):
        part.unlink()
    shutil.copy(crashed / "aftertouch.sqlite3", folder)
    log = (crashed / "aftertouch.sqlite3-wal").read_bytes()
    (folder / "aftertouch.sqlite3-wal").write_bytes(log[: int(len(log) * share)])


@fault(37, "the end of the write-ahead log is lost with the power")
async def torn_log(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for _ in range(3):
        rig.write(RITA)
        rig.write(DANA, OUTLOOK)
        await rig.poll()
    crashed = rig.folder / "crashed"
    shutil.copytree(rig.folder, crashed)
    for share in (1.0, 0.7, 0.4, 0.0):
        rig.parts.database.close()
        restored(rig.folder, crashed, share)
        await rig.restart()
        check.histories.clear()
        check.seen.clear()
        assert await check.check(settled=False) == []
        await rig.polls(2)
        assert await check.check() == []


@fault(38, "the key is not the one the store was sealed with")
async def wrong_key(rig: Rig, check: Checker) -> None:
    await rig.linked()
    right, before = rig.parts.sealer, rig.rows(accounts, accounts.c.secret, accounts.c.cursor)
    rig.parts = replace(rig.parts, sealer=Sealer(Keyring.new()))
    await rig.restart()
    rig.clock.advance(minutes=2)
    await rig.sync()
    assert rig.rows(accounts, accounts.c.secret, accounts.c.cursor) == before
    assert {account.state for account in rig.accounts()} == {"misconfigured"}
    assert all("key.json" in account.next_action for account in rig.accounts())
    with pytest.raises(KeyMissing):
        await rig.advice(RITA)
    rig.parts = replace(rig.parts, sealer=right)
    await rig.restart()
    await rig.polls(4)


@fault(38, "the key file is missing")
async def missing_key(rig: Rig, check: Checker) -> None:
    await rig.linked()
    await rig.restart()
    with pytest.raises(KeyMissing), open_parts(rig.parts.settings):
        raise AssertionError("a store whose key is gone must not be opened with a new one")
    assert not (rig.folder / "key.json").exists()


@fault(38, "the key is rotated, with kill -9 after every commit on the way")
async def rotation_killed(rig: Rig, check: Checker) -> None:
    old = Keyring.new()
    new = old.with_new_key()
    rig.parts = replace(rig.parts, sealer=Sealer(old))
    await rig.linked()
    rig.parts = replace(rig.parts, sealer=Sealer(new))
    for writes in range(9):
        break_after(rig, writes, late=True)
        with suppress(Killed):
            rotation.rotate(rig.parts.database, Sealer(new))
        await rig.restart()
        assert await check.check(settled=False) == []
        await rig.poll()
    rotation.rotate(rig.parts.database, Sealer(new))
    assert set(rotation.keys_in_use(rig.parts.database)) == {new.current}
    rig.parts = replace(rig.parts, sealer=Sealer(new.only_current()))
    await rig.restart()
    await rig.polls(2)


def canaries(rig: Rig) -> list[str]:
    return [path.name for path in rig.folder.iterdir() if path.is_file() and RITA.encode() in path.read_bytes()]


def granted(rig: Rig) -> tuple[list[str], list[str], list[str]]:
    """What the providers still hold for us: live grants, Gmail watches, Graph subscriptions."""
    live = [grant.address for grant in rig.provider.grants.grants.values() if not grant.revoked and grant.generation]
    return live, list(rig.provider.watches), [one.address for one in rig.pusher.subscriptions.values()]


@fault(42, "disconnecting dies half-way, at every write; a worker finishes it")
async def unlinking_cut_short(rig: Rig, check: Checker) -> None:
    for writes in range(3):
        await rig.linked()
        for account in rig.accounts():
            await pushing.keep_watching(rig.parts, account.id, rig.clock())
        assert [len(held) for held in granted(rig)] == [2, 1, 1]
        break_after(rig, writes)
        for account in rig.accounts():
            with suppress(Killed):
                await linking.unlink(rig.parts, rig.person_id, account.id, rig.clock())
        await rig.restart()
        rig.clock.advance(minutes=3)
        await rig.sync()
        for account in rig.accounts():  # nothing was written before the first death: the person asks once more
            assert account.state != "erasing"
            await linking.unlink(rig.parts, rig.person_id, account.id, rig.clock())
        assert rig.accounts() == []
        assert rig.rows(messages) == []
        assert canaries(rig) == []
        assert granted(rig) == ([OUTLOOK], [], []), "Microsoft offers no way to take back a grant"
        for grant in rig.provider.grants.grants.values():
            rig.provider.grants.revoke(grant, "the person did it at Microsoft")
        check.seen.clear()


@fault(42, "the provider refuses to revoke and to end pushes: that is said")
async def erasure_refused(rig: Rig, check: Checker) -> None:
    await rig.linked()
    for account in rig.accounts():
        await pushing.keep_watching(rig.parts, account.id, rig.clock())
    await rig.fault("revoke_fails")
    await rig.fault("script", match="gmail POST .*/stop|graph DELETE", status=503, times=-1)
    for account in rig.accounts():
        receipt = await linking.unlink(rig.parts, rig.person_id, account.id, rig.clock())
        assert (receipt.revoked, receipt.pushes_ended) == (False, False)
    assert granted(rig) == ([GMAIL, OUTLOOK], [GMAIL], [OUTLOOK]), "what the receipts say is left is what is left"
    assert rig.rows(messages) == []
    assert canaries(rig) == []


@fault(42, "leaving altogether dies half-way; the next start finishes it")
async def leaving_cut_short(rig: Rig, check: Checker) -> None:
    await rig.linked()
    break_after(rig, 1)
    with suppress(Killed):
        await leaving.erase_all(rig.parts, rig.person_id)
    await rig.restart()
    assert {account.state for account in rig.accounts()} == {"erasing"}
    rig.clock.advance(minutes=3)
    await rig.worker.sweep()
    assert rig.rows(people) == []
    assert canaries(rig) == []
    assert granted(rig) == ([OUTLOOK], [], [])


@fault(47, "a worker pauses beyond its lease, another takes over, then it wakes")
async def paused_worker(rig: Rig, check: Checker) -> None:
    await paused(rig)


@fault(47, "the same with two servers on PostgreSQL", postgres=True)
async def paused_on_postgres(rig: Rig, check: Checker) -> None:
    await paused(rig)


async def paused(rig: Rig) -> None:
    """The sleeper holds a page already fetched; its commit is refused and nothing of it is kept."""
    await rig.link("google")
    sleeper = rig.twin()
    with sleeper.database.write() as tx:
        lease = sync_jobs.take_due(tx, rig.clock(), LEASE)
    assert lease is not None
    visit = syncing._visit(sleeper, lease)
    assert rig._take() is None
    rig.clock.advance(seconds=LEASE.total_seconds() + 1)
    await rig.sync()
    after = rig.digest(), rig.cursor()
    with pytest.raises(LeaseLost):
        syncing.store_page(sleeper, visit, Page((), '{"first": false, "history": "99999999999"}'))
    await Worker(sleeper).settle(lease)
    assert (rig.digest(), rig.cursor()) == after
    sleeper.database.close()


@fault(48, "disconnect, then connect the same mailbox again")
async def reconnected(rig: Rig, check: Checker) -> None:
    account_id = await rig.link("google")
    await rig.sync()
    before = rig.digest()
    await linking.unlink(rig.parts, rig.person_id, account_id, rig.clock())
    assert await rig.link("google") != account_id
    await rig.sync()
    assert rig.digest() == before
