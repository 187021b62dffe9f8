"""Careful: a letter that kills the program is known by name the next time, and in the end left unread.

A program that dies over a letter can write nothing down any more. So whoever takes over a mailbox from a process that
died notes, before letters are opened, which it has in hand; what is still noted when the next one takes over held the
killer.
"""

from collections.abc import Iterator, Sequence
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


_APART = "\n"
_AT_ONCE = 10
_ROOM = 512
"""Characters there are for the ids of what is in hand."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a sync opens letters with; see connectors.contract.Handle. `deaths` are those known, by provider id.

    Letters are noted ten at a time, for a note costs as much as storing a letter; those over which a program died
    once, each by itself.
    """

    parts: Parts
    lease: Lease
    deaths: dict[str, int] = field(default_factory=dict)
    _coming: list[str] = field(default_factory=list)
    _noted: list[str] = field(default_factory=list)

    @contextmanager
    def batch(self, provider_message_ids: Sequence[str], /) -> Iterator[None]:
        self._coming[:] = [one for one in provider_message_ids if one not in self.deaths]
        try:
            yield
        finally:
            self._coming.clear()
            if self._noted:
                self._note([])

    @contextmanager
    def __call__(self, provider_message_id: str, /) -> Iterator[bool]:
        known = self.deaths.get(provider_message_id, 0)
        if known >= DEATHS - 1:
            yield False
        elif not known and not self.lease.careful:
            yield True
        elif not known and provider_message_id in self._coming:
            if provider_message_id not in self._noted:
                self._note(self._next(provider_message_id))
            yield True
        else:
            before = [*self._noted]
            self._note([provider_message_id])
            try:
                yield True
            finally:
                self._note(before)

    def _next(self, provider_message_id: str) -> list[str]:
        """This one and those behind it, as many as are noted at once."""
        start = self._coming.index(provider_message_id)
        some = self._coming[start : start + _AT_ONCE]
        while len(some) > 1 and len(_APART.join(some)) > _ROOM:
            some.pop()
        return some

    def _note(self, provider_message_ids: list[str]) -> None:
        with self.parts.database.write() as tx:
            sync_jobs.take_in_hand(tx, self.lease, _APART.join(provider_message_ids) or None)
        self._noted[:] = provider_message_ids


def hands(parts: Parts, lease: Lease, person_id: str) -> Hands:
    """Whatever a process had in hand when it died counts as one more death over those letters. Raises LeaseLost."""
    if lease.in_hand:
        log.error("program_killed_by_a_message", account=lease.account_id)
        now = parts.clock()
        with parts.database.write() as tx:
            sync_jobs.take_in_hand(tx, lease, None)
            for one in lease.in_hand.split(_APART):
                dead_letters.record(tx, lease.account_id, one, UNOPENED, READER_VERSION, now)
            audit.record(tx, person_id, now, "killed_by_a_message", lease.account_id)
    with parts.database.read() as tx:
        return Hands(parts, lease, dead_letters.with_error(tx, lease.account_id, UNOPENED, READER_VERSION))
