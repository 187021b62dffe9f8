"""The book of rules: all of them, in the order in which they speak. What each says of itself is the catalogue."""

from app.cadence.rules import addresses, calendar, calls, closure, pace, promises, tone, value
from app.cadence.rules.case import Rule

_FAMILIES = (closure, tone, pace, calls, promises, value, addresses, calendar)

RULES: tuple[Rule, ...] = tuple(
    sorted((rule for family in _FAMILIES for rule in family.RULES), key=lambda rule: rule.rank)
)
