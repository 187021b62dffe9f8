"""Sync work spread over many worker processes: procrastinate on PostgreSQL wakes them, the fenced lease decides.

A job only names a mailbox that is due. Whoever fetches it must win the mailbox's lease first, so a job that is lost,
doubled or left behind by a killed process costs nothing: the mailbox is still due and named again. Therefore no
`lock`, no `retry` and no task that raises (docs/decisions/0007): a queueing lock alone, so that a mailbox waits once.
"""

import asyncio
from datetime import timedelta

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.schema import SchemaManager

from app.services.parts import WORK, Parts
from app.store import queue, sync_jobs
from app.store.errors import StoreError
from app.worker import AT_ONCE, LOOK_EVERY, Worker

log = structlog.get_logger()

NAMED_AT_ONCE = 100
TIDY_EVERY = timedelta(hours=1)


class Distributed:
    """One worker process among many: names due mailboxes, and syncs those whose lease it wins."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._worker = Worker(parts)
        self._app = App(
            connector=PsycopgConnector(conninfo=parts.settings.database_url, min_size=1, max_size=AT_ONCE + 2)
        )
        self._sync = self._app.task(name="sync", queue="sync")(self.sync)

    async def run(self) -> None:
        """Until cancelled; syncs that are running are dropped then, and their leases given back."""
        queue.prepare(self.parts.database, SchemaManager.get_schema())
        async with self._app.open_async():
            naming = asyncio.create_task(self._name_for_ever())
            try:
                await self._app.run_worker_async(
                    queues=["sync"],
                    concurrency=AT_ONCE,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=0,
                )
            finally:
                naming.cancel()
                await asyncio.gather(naming, return_exceptions=True)

    async def sync(self, account_id: str) -> None:
        """Never raises but for cancellation: a job that failed would be no news, the mailbox's own row tells it."""
        try:
            lease = self._worker.take(account_id)
        except StoreError as error:
            log.error("store_in_trouble", kind=type(error).__name__)
            return
        if lease is not None:
            await self._worker.settle(lease)

    async def name_due(self) -> int:
        """A job for every due mailbox that has none waiting; how many."""
        with self.parts.database.read() as tx:
            due = queue.unnamed(tx, sync_jobs.due_now(self.parts.clock(), limit=NAMED_AT_ONCE))
        named = 0
        for account_id in due:
            try:
                await self._sync.configure(queueing_lock=account_id).defer_async(account_id=account_id)
                named += 1
            except AlreadyEnqueued:  # another process was faster
                continue
        return named

    async def _name_for_ever(self) -> None:
        tidied = self.parts.clock() - TIDY_EVERY
        while True:
            try:
                await self._worker.sweep()
                await self.name_due()
                if self.parts.clock() - tidied >= TIDY_EVERY:
                    tidied = self.parts.clock()
                    queue.forget_abandoned(self.parts.database)
            except (StoreError, ConnectorException) as error:
                log.error("store_in_trouble", kind=type(error).__name__)
            await self.parts.announcer.next(WORK, within=LOOK_EVERY)
