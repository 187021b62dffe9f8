"""Simulated lives: from one seed a mailbox, what happens to it, and what goes wrong meanwhile."""

import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, update

from app.store.tables import accounts, dead_letters, mail, sync_jobs
from app.store.tables import audit as audit_table
from app.worker import Worker
from connectors.simulator.mailbox import Item
from connectors.simulator.sample import sample_mailboxes
from tests.faults.breaking import break_after
from tests.faults.rig import ADDRESS, GMAIL, NOW, OUTLOOK, PEOPLE, Rig

TROUBLE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("history_empty_pages", {}),
    ("history_gone", {"times": 2}),
    ("throttled", {"service": "gmail", "match": "^gmail ", "retry_after": 40}),
    ("throttled", {"service": "graph", "match": "^graph ", "retry_after": 40}),
    ("html_error", {"times": 3}),
    ("truncated_json", {"times": 2}),
    ("bad_gzip", {"times": 2}),
    ("script", {"match": "^(gmail|graph) ", "status": 503, "times": 6}),
    ("wide_history_gaps", {}),
    ("huge_history_ids", {}),
    ("delta_gone", {"times": 2}),
    ("delta_replays", {}),
    ("delta_shuffled", {}),
    ("list_skips_share", {"value": 0.2}),
    ("next_link_missing", {"times": 1}),
    ("visibility_lag", {"value": 90}),
    ("page_too_large", {"value": 20}),
)
"""Faults that pass, or that change only the provider's manners."""


@dataclass
class Life:
    """One seed played over a linked rig whose mailboxes and store it begins anew."""

    rig: Rig
    seed: int

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)
        self.done: list[str] = []

    def begin(self) -> None:
        """New mailboxes at the provider, an empty store, the grants kept."""
        rig, self.luck = self.rig, random.Random(self.seed)
        rig.numbers = itertools.count(1)
        rig.clock.now = NOW
        rig.provider.faults.clear()
        rig.provider.meter.reset()
        fresh = sample_mailboxes(self.seed)
        for box in fresh:
            old = rig.box(box.address)
            rig.provider.mailboxes[rig.provider.mailboxes.index(old)] = box
        with rig.parts.database.write() as tx:
            for table in (mail, dead_letters, audit_table):
                tx.execute(delete(table))
            tx.execute(update(accounts).values(cursor=None, as_of=None, deep_at=None, state="linking"))
            again = {"due_at": NOW, "not_before": None, "lease_until": None, "attempts": 0, "deep_due_at": None}
            tx.execute(update(sync_jobs).values(again))
        rig.parts = replace(rig.parts, connectors=rig._connectors())  # whose clocks never go back
        rig.worker = Worker(rig.parts, chance=lambda: 0.5)
        for address in (GMAIL, OUTLOOK):
            for _ in range(self.luck.randrange(3, 9)):
                self.write(address)

    def write(self, address: str) -> Item:
        who = self.luck.choice(PEOPLE)
        mine = self.luck.random() < 0.6
        folder = "" if mine or self.luck.random() < 0.7 else self.luck.choice(("archive", "junkemail", "jobsearch"))
        days = self.luck.choice((0.0, 0.0, 0.01)) if address == OUTLOOK else self.luck.choice((0.0, 0.0, 3.0))
        return self.rig.write(who, address, mine=mine, folder=folder, days=days)

    async def live(self) -> None:
        """Eight steps, with none to six faults in between; then the faults end and three polls and a day pass."""
        troubles = [self.luck.choice(TROUBLE) for _ in range(self.luck.randrange(7))]
        await self.rig.sync()
        for _ in range(8):
            if troubles and self.luck.random() < 0.5:
                name, options = troubles.pop()
                self.done.append(f"fault {name} {options}")
                await self.rig.fault(name, **options)
            await self._step()
        self.rig.provider.faults.clear()
        for item in (*self.rig.box(GMAIL).lagging, *self.rig.box(OUTLOOK).lagging):
            item.visible_from = self.rig.clock()
        await self.rig.polls(3)

    async def settle(self) -> None:
        """The slow layers have their turn."""
        self.rig.clock.advance(days=1, minutes=1)
        await self.rig.sync()

    async def _step(self) -> None:
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "deliver": self._deliver,
            "move": self._move,
            "delete": self._delete,
            "poll": self.rig.poll,
            "kill": self._kill,
            "restart": self.rig.restart,
        }
        weights = {"deliver": 6, "move": 3, "delete": 1, "poll": 6, "kill": 2, "restart": 1}
        chosen = self.luck.choices(list(steps), list(weights.values()))[0]
        self.done.append(chosen)
        await steps[chosen]()

    async def _deliver(self) -> None:
        address = self.luck.choice(list(ADDRESS.values()))
        item = self.write(address)
        lag = self.rig.provider.faults.number("visibility_lag", address)
        if lag:
            item.visible_from = self.rig.clock.now.fromtimestamp(self.rig.clock.now.timestamp() + lag, tz=NOW.tzinfo)
            self.rig.box(address).lagging.append(item)

    def _any(self) -> tuple[str, Item]:
        address = self.luck.choice(list(ADDRESS.values()))
        items = [*self.rig.box(address).items.values()] or [self.write(address)]
        return address, self.luck.choice(items)

    async def _move(self) -> None:
        address, item = self._any()
        if item.folder != "sentitems":
            self.rig.box(address).move(item, self.luck.choice(("archive", "inbox", "deleteditems")), self.rig.clock())

    async def _delete(self) -> None:
        address, item = self._any()
        self.rig.box(address).delete(item, self.rig.clock())

    async def _kill(self) -> None:
        self.rig.clock.advance(seconds=61)
        break_after(self.rig, self.luck.randrange(1, 12))
        await self.rig.until_killed()
        for address in ADDRESS.values():  # a Retry-After heard by a process that died before it could write is unknown
            self.rig.meter(address).not_before = None
