"""Careful: a letter that kills the program is known by name the next time, and in the end left unread.

A program that dies over a letter can write nothing down any more. So whoever takes over a mailbox from a process that
died notes, before each letter is opened, which one it has in hand; what is still noted when the next one takes over
was the killer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from app.reading.inbound import READER_VERSION
from app.services.parts import Parts
from app.store import audit, dead_letters, sync_jobs
from app.store.sync_jobs import Lease
from connectors.contract import UNOPENED

log = structlog.get_logger()

DEATHS = 3
"""The first is nobody's, for nothing was noted then; whose they are is known from the second on."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a sync opens letters with; see connectors.contract.Handle. `deaths` are those known, by provider id."""

    parts: Parts
    lease: Lease
    deaths: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def __call__(self, provider_message_id: str) -> Iterator[bool]:
        known = self.deaths.get(provider_message_id, 0)
        if known >= DEATHS - 1:
            yield False
        elif not known and not self.lease.careful:
            yield True
        else:
            self._note(provider_message_id)
            try:
                yield True
            finally:
                self._note(None)

    def _note(self, provider_message_id: str | None) -> None:
        with self.parts.database.write() as tx:
            sync_jobs.take_in_hand(tx, self.lease, provider_message_id)


def hands(parts: Parts, lease: Lease, person_id: str) -> Hands:
    """Whatever a process had in hand when it died counts as one more death over that letter. Raises LeaseLost."""
    if lease.in_hand:
        log.error("program_killed_by_a_message", account=lease.account_id)
        now = parts.clock()
        with parts.database.write() as tx:
            sync_jobs.take_in_hand(tx, lease, None)
            dead_letters.record(tx, lease.account_id, lease.in_hand, UNOPENED, READER_VERSION, now)
            audit.record(tx, person_id, now, "killed_by_a_message", lease.account_id)
    with parts.database.read() as tx:
        return Hands(parts, lease, dead_letters.with_error(tx, lease.account_id, UNOPENED, READER_VERSION))
