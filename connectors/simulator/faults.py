"""Faults that are switched on: scripts that answer or spoil a call, and switches the services look at."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.simulator.calls import Reply

Twist = Callable[[Reply], Reply]


@dataclass(slots=True)
class Script:
    """Applies to calls whose "service METHOD path" contains `pattern`, after `skip` of them, `times` times (-1: ever).

    With `reply` the call is answered so and never reaches the service; with `twist` the true answer is spoilt.
    `delay` is in seconds; with `holds` the call waits until the script is cleared. `account` empty means every mailbox.
    """

    name: str
    pattern: str
    account: str = ""
    times: int = 1
    skip: int = 0
    reply: Reply | None = None
    twist: Twist | None = None
    delay: float = 0.0
    holds: bool = False
    used: int = 0

    def takes(self, line: str, account: str) -> bool:
        if not self.times or (self.account and self.account != account) or not re.search(self.pattern, line):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        self.used += 1
        return True


@dataclass(slots=True)
class Switch:
    """A named condition with a value; `times` as in Script."""

    value: object
    account: str = ""
    times: int = -1


@dataclass(slots=True)
class Faults:
    """All that is wrong with the providers right now."""

    scripts: list[Script] = field(default_factory=list)
    switches: dict[str, Switch] = field(default_factory=dict)

    def taken(self, line: str, account: str) -> list[Script]:
        """The scripts that apply to this call; each is used up by one."""
        return [script for script in self.scripts if script.takes(line, account)]

    def value(self, name: str, account: str = "") -> object | None:
        """The value of a switch that is on for this account, used up by one; None when it is off."""
        switch = self.switches.get(name)
        if not switch or not switch.times or (switch.account and account and switch.account != account):
            return None
        switch.times -= switch.times > 0
        return switch.value

    def number(self, name: str, account: str = "") -> float:
        value = self.value(name, account)
        return float(value) if isinstance(value, int | float | str) else 0.0

    def holding(self, taken: list[Script]) -> bool:
        """Whether one of these scripts still keeps its calls waiting."""
        return any(script.holds and script in self.scripts for script in taken)

    def clear(self) -> None:
        self.scripts.clear()
        self.switches.clear()

    def told(self) -> dict[str, object]:
        return {
            "scripts": [
                {"name": script.name, "pattern": script.pattern, "left": script.times, "used": script.used}
                for script in self.scripts
            ],
            "switches": {name: {"value": on.value, "left": on.times} for name, on in self.switches.items()},
        }
