"""Ruling: every rule with its reasons, and which of them the person wants to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.cadence.rules.book import RULES
from app.cadence.rules.case import Parameter
from app.services.errors import NotFound
from app.services.parts import Parts
from app.store import audit, rule_switches


@dataclass(frozen=True, slots=True)
class SwitchedRule:
    """A rule as it may be shown. `levels` are those it can reach, `parameters` its numbers by name."""

    id: str
    title: str
    why: str
    source: str
    levels: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    on: bool


def list_rules(parts: Parts, person_id: str) -> list[SwitchedRule]:
    """All rules, in the order in which they speak."""
    with parts.database.read() as tx:
        off = rule_switches.switched_off(tx, person_id)
    return [
        SwitchedRule(
            id=rule.id,
            title=rule.title,
            why=rule.why,
            source=rule.source,
            levels=tuple(level.value for level in rule.levels),
            parameters=rule.parameters,
            on=rule.id not in off,
        )
        for rule in RULES
    ]


def switch(parts: Parts, person_id: str, rule_id: str, now: datetime, *, on: bool) -> None:
    """Switch a rule on or off; twice is once. Raises NotFound."""
    if all(rule.id != rule_id for rule in RULES):
        raise NotFound("There is no such rule.")
    with parts.database.write(durable=True) as tx:
        (rule_switches.switch_on if on else rule_switches.switch_off)(tx, person_id, rule_id)
        audit.record(tx, person_id, now, "rule_on" if on else "rule_off", rule_id)
