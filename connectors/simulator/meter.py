"""The meter: what each mailbox was asked for, what it cost, and where a caller broke the provider's rules."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Profile:
    """`units` may be spent within `window` seconds by one mailbox; `concurrency` calls may be open at once."""

    units: int
    window: int
    concurrency: int


PROFILES = {
    "gmail_2026": Profile(6_000, 60, 40),
    "gmail_legacy": Profile(15_000, 60, 40),
    "graph": Profile(10_000, 600, 4),
    "none": Profile(10**9, 60, 10**6),
}
"""What the providers' pages on limits say in 2026. Gmail has none on concurrency: 25 in a batch work, 50 not all."""

COSTS = {
    "profile": 1,
    "messages.list": 5,
    "messages.get": 20,
    "attachments.get": 20,
    "threads.list": 10,
    "threads.get": 40,
    "history.list": 2,
    "labels": 1,
    "settings": 1,
    "watch": 100,
    "stop": 50,
}
"""Quota units since 2026-05-01 (developers.google.com/workspace/gmail/api/reference/quota)."""

LEGACY_COSTS = {**COSTS, "messages.get": 5, "attachments.get": 5, "threads.get": 10}


@dataclass(slots=True)
class Tally:
    """One mailbox's account with the provider. `not_before` is what the last Retry-After asked for."""

    requests: int = 0
    units: int = 0
    open: int = 0
    most_open: int = 0
    refused: int = 0
    not_before: datetime | None = None
    violations: list[str] = field(default_factory=list)
    spent: deque[tuple[datetime, int]] = field(default_factory=deque)
    methods: dict[str, int] = field(default_factory=dict)

    def told(self) -> dict[str, object]:
        return {
            "requests": self.requests,
            "units": self.units,
            "most_open": self.most_open,
            "refused": self.refused,
            "violations": list(self.violations),
            "methods": dict(self.methods),
        }


class Meter:
    """Counts by account. It never raises: it names the rule that is broken and the caller answers for it."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    def tally(self, account: str) -> Tally:
        return self._tallies.setdefault(account, Tally())

    def enter(self, account: str, cost: tuple[str, int], profile: Profile, now: datetime) -> str | None:
        """Open one call; "rate" or "concurrency" when it is too much. Every enter needs a leave."""
        method, units = cost
        tally = self.tally(account)
        tally.requests += 1
        tally.open += 1
        tally.most_open = max(tally.most_open, tally.open)
        tally.methods[method] = tally.methods.get(method, 0) + 1
        if tally.not_before and now < tally.not_before:
            tally.violations.append(f"{method}: called before Retry-After was over")
        broken = self._broken(tally, units, profile, now)
        if broken:
            tally.refused += 1
            tally.violations.append(f"{method}: {broken} limit")
            return broken
        tally.units += units
        tally.spent.append((now, units))
        return None

    def leave(self, account: str) -> None:
        self.tally(account).open -= 1

    def hold(self, account: str, until: datetime) -> None:
        """Remember that the caller was told to wait."""
        self.tally(account).not_before = until

    def told(self) -> dict[str, object]:
        return {account: tally.told() for account, tally in sorted(self._tallies.items())}

    def reset(self) -> None:
        self._tallies.clear()

    @staticmethod
    def _broken(tally: Tally, units: int, profile: Profile, now: datetime) -> str | None:
        if tally.open > profile.concurrency:
            return "concurrency"
        floor = now - timedelta(seconds=profile.window)
        while tally.spent and tally.spent[0][0] <= floor:
            tally.spent.popleft()
        return "rate" if sum(cost for _, cost in tally.spent) + units > profile.units else None
