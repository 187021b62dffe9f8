"""The sync loop and its schedule: takes due mailboxes by lease, syncs them, writes down when to come back."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from opentelemetry import trace

from app.services import high_water, leaving, linking, pushing, retaining, withdrawing
from app.services.history import learn
from app.services.hooks import can_be_pushed_to
from app.services.parts import WORK, Parts
from app.services.syncing import Outcome, sync
from app.settings import Settings
from app.store import accounts, scope, sync_jobs
from app.store.accounts import Account
from app.store.errors import KeyMissing, StoreError
from app.store.sync_jobs import Lease, LeaseLost

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
SHORTEST_LEASE = timedelta(seconds=10)
LOOK_EVERY = 1.0
AT_ONCE = 4
LEARN_EVERY = timedelta(hours=1)
FIRST_RETRY = 5.0
LONGEST_RETRY = 150.0
"""Seconds: after the longest outage everything is fresh again within three polls (I10)."""


class Worker:
    """Syncs due mailboxes until stopped, at most `AT_ONCE` side by side, each mailbox once at a time."""

    def __init__(self, parts: Parts, *, chance: Callable[[], float] = random.random) -> None:
        self.parts = parts
        self._chance = chance
        self._running: set[asyncio.Task[None]] = set()
        self._lease = lease_for(parts.settings)
        self._swept: datetime | None = None
        self._let_go: datetime | None = None

    async def run(self) -> None:
        """Until cancelled; a running page is committed or dropped whole. A store in trouble is waited for."""
        try:
            while True:
                try:
                    await self.sweep()
                    self.start_due()
                except StoreError as error:
                    log.error("store_in_trouble", kind=type(error).__name__)
                await self.parts.announcer.next(WORK, within=LOOK_EVERY)
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            high_water.note(self.parts, self.parts.clock())

    def start_due(self) -> None:
        while len(self._running) < AT_ONCE and (lease := self.take()):
            task = asyncio.create_task(self.settle(lease))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def take(self, account_id: str | None = None) -> Lease | None:
        """The lease of the mailbox that is due longest, or of this one; None when there is none to have."""
        with self.parts.database.write() as tx:
            return sync_jobs.take_due(tx, self.parts.clock(), self._lease, account_id=account_id)

    async def settle(self, lease: Lease) -> None:
        """Sync one leased mailbox and schedule its next turn. Never raises but for cancellation."""
        with trace.get_tracer("aftertouch").start_as_current_span("sync"):
            await self._settle(lease)

    async def _settle(self, lease: Lease) -> None:
        keeping = asyncio.create_task(self._renew(lease))
        try:
            account = self._account_of(lease)
            with scope.person(account.person_id):
                await self._sync(lease, account)
        except asyncio.CancelledError:
            self._give_back(lease)
            raise
        except LeaseLost:
            log.info("lease_lost", account=lease.account_id)
        except KeyMissing as error:
            self._without_key(lease, error)
        except StoreError as error:
            log.error("store_in_trouble", account=lease.account_id, kind=type(error).__name__)
            self._later(lease, backoff(lease.attempts, self._chance()))
        except Exception as error:
            log.error("sync_crashed", account=lease.account_id, kind=type(error).__name__, exc_info=error)
            self._later(lease, backoff(lease.attempts, self._chance()))
        finally:
            keeping.cancel()

    async def _sync(self, lease: Lease, account: Account) -> None:
        if account.state == "erasing":  # it was being unlinked, which was cut short
            log.info("unlinking_resumed", account=account.id)
            await linking.unlink(self.parts, account.person_id, account.id, self.parts.clock())
            return
        outcome = await sync(self.parts, lease)
        self._finish(lease, outcome)
        if outcome.caught_up and can_be_pushed_to(self.parts.settings):
            await pushing.keep_watching(self.parts, lease.account_id, self.parts.clock())
        await self._learn(account.person_id, outcome)

    def _account_of(self, lease: Lease) -> Account:
        with self.parts.database.read() as tx:
            return accounts.get(tx, lease.account_id)

    async def sweep(self) -> None:
        """At every start and every two minutes: note the time, finish cut-short erasures, delete what is outdated."""
        now = self.parts.clock()
        if self._swept is not None and now - self._swept < withdrawing.PATIENCE:
            return
        self._swept = now
        high_water.note(self.parts, now)
        await self._finish_erasures(now)
        await self._delete_outdated(now)

    async def _finish_erasures(self, now: datetime) -> None:
        for person_id in leaving.cut_short(self.parts, now):
            log.info("erasure_resumed")
            await leaving.erase_all(self.parts, person_id)

    async def _delete_outdated(self, now: datetime) -> None:
        if self._let_go is None or now - self._let_go >= retaining.EVERY:
            self._let_go = now
            log.info("outdated_deleted", count=await asyncio.to_thread(retaining.let_go, self.parts, now))

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                with self.parts.database.write() as tx:
                    sync_jobs.renew(tx, lease, self.parts.clock() + self._lease)
            except LeaseLost:
                return
            except StoreError as error:
                log.error("store_in_trouble", kind=type(error).__name__)

    def _finish(self, lease: Lease, outcome: Outcome) -> None:
        if not outcome.caught_up:
            self._later(lease, outcome.retry_after or backoff(lease.attempts, self._chance()))
            return
        now = self.parts.clock()
        with self.parts.database.write() as tx:
            sync_jobs.finish(
                tx,
                replace(lease, deep=outcome.deep),
                due_at=now + outcome.poll_every,
                deep_due_at=now + outcome.deep_every,
            )

    async def _learn(self, person_id: str, outcome: Outcome) -> None:
        """How the person's own threads went, beside the loop: after a slow walk, and now and then."""
        now = self.parts.clock()
        learned = self.parts.shelf.learned_at(person_id)
        if outcome.caught_up and (outcome.deep or learned is None or now - learned > LEARN_EVERY):
            await asyncio.to_thread(learn, self.parts, person_id, now)

    def _without_key(self, lease: Lease, error: KeyMissing) -> None:
        """What is sealed stays as it is; the person is told where the key belongs."""
        log.error("key_missing", account=lease.account_id)
        with suppress(StoreError), self.parts.database.write() as tx:
            told = {"reason": str(error), "next_action": "Put the former key.json back into the data folder."}
            accounts.set_state(tx, lease.account_id, "misconfigured", self.parts.clock(), **told)
        self._later(lease, backoff(lease.attempts, self._chance()))

    def _give_back(self, lease: Lease) -> None:
        try:
            with self.parts.database.write() as tx:
                sync_jobs.give_back(tx, lease)
        except (LeaseLost, StoreError) as error:  # it runs out by itself
            log.info("lease_lost", account=lease.account_id, kind=type(error).__name__)

    def _later(self, lease: Lease, seconds: float) -> None:
        now = self.parts.clock()
        try:
            with self.parts.database.write() as tx:
                sync_jobs.retry_later(tx, lease, not_before=now + timedelta(seconds=seconds))
        except LeaseLost:
            log.info("lease_lost", account=lease.account_id)
        except StoreError as error:  # the lease runs out by itself
            log.error("store_in_trouble", account=lease.account_id, kind=type(error).__name__)


def lease_for(settings: Settings) -> timedelta:
    """No longer than a poll, so that a worker that was killed costs its mailboxes one; but at least ten seconds."""
    return min(LEASE, max(SHORTEST_LEASE, timedelta(seconds=settings.poll_seconds)))


def backoff(attempts: int, chance: float) -> float:
    """Seconds until the next try: doubling from five seconds to 150, of that between half and all by `chance`."""
    ceiling: float = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts, 10))
    return ceiling / 2 * (1 + chance)
