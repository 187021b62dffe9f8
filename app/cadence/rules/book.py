"""The book of rules: all of them in the order in which they speak, and as a catalogue to show."""

from app.cadence.rules import addresses, calendar, calls, closure, pace, promises, tone, value
from app.cadence.rules.case import Parameter, Rule

_FAMILIES = (closure, tone, pace, calls, promises, value, addresses, calendar)

RULES: tuple[Rule, ...] = tuple(
    sorted((rule for family in _FAMILIES for rule in family.RULES), key=lambda rule: rule.rank)
)


def catalogue() -> list[dict[str, str | list[str] | dict[str, Parameter]]]:
    """Every rule as plain JSON values: id, title, why, source, levels it can reach, and its numbers by name."""
    return [
        {
            "id": rule.id,
            "title": rule.title,
            "why": rule.why,
            "source": rule.source,
            "levels": [level.value for level in rule.levels],
            "parameters": dict(rule.parameters),
        }
        for rule in RULES
    ]
