"""Everything the two providers share: the clock, the mailboxes, the grants, the meter and the faults."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.simulator.config import SimulatorConfig
from connectors.simulator.faults import Faults, Script
from connectors.simulator.grants import Grants
from connectors.simulator.keys import Sealer
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.meter import COSTS, LEGACY_COSTS, PROFILES, Meter, Profile

HELD_LOOK = 0.05


@dataclass(slots=True)
class World:
    """`clock` gives aware datetimes; `offset` is what the control API added to it. `sleep` lets time pass."""

    config: SimulatorConfig
    clock: Callable[[], datetime]
    sealer: Sealer
    grants: Grants
    meter: Meter = field(default_factory=Meter)
    faults: Faults = field(default_factory=Faults)
    mailboxes: list[Mailbox] = field(default_factory=list)
    watches: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    offset: timedelta = timedelta()
    rng: random.Random = field(default_factory=random.Random)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    numbers: int = 0

    def now(self) -> datetime:
        return self.clock() + self.offset + timedelta(seconds=self.faults.number("clock_shift"))

    async def wait(self, seconds: float, scripts: list[Script]) -> None:
        """Before a call is answered: the usual time, what the scripts add, and for as long as one of them holds it."""
        await self.sleep(seconds + sum(script.delay for script in scripts))
        while self.faults.holding(scripts):
            await self.sleep(HELD_LOOK)

    @property
    def google_key(self) -> str:
        return "google-rotated" if self.faults.value("keys_rotated") else "google"

    def of(self, provider: str) -> list[Mailbox]:
        return [mailbox for mailbox in self.mailboxes if mailbox.provider == provider]

    def mailbox(self, address: str, provider: str = "") -> Mailbox | None:
        found = (box for box in self.mailboxes if box.address == address.lower())
        return next((box for box in found if not provider or box.provider == provider), None)

    @property
    def profiles(self) -> dict[str, Profile]:
        quota = self.config.quota
        return {"gmail": PROFILES[quota], "graph": PROFILES["none" if quota == "none" else "graph"]}

    @property
    def costs(self) -> dict[str, int]:
        return LEGACY_COSTS if self.config.quota == "gmail_legacy" else COSTS


def new_world(config: SimulatorConfig, clock: Callable[[], datetime]) -> World:
    sealer = Sealer(config.seed)
    return World(config, clock, sealer, Grants(sealer), rng=random.Random(config.seed))
