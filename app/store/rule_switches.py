"""Rule switches: the rules a person does not want to hear of."""

from sqlalchemy import Connection, delete, select

from app.store.database import insert_into
from app.store.tables import rule_switches


def switched_off(tx: Connection, person_id: str) -> frozenset[str]:
    mine = select(rule_switches.c.rule).where(rule_switches.c.person_id == person_id)
    return frozenset(tx.execute(mine).scalars())


def switch_off(tx: Connection, person_id: str, rule: str) -> None:
    row = insert_into(tx, rule_switches).values(person_id=person_id, rule=rule)
    tx.execute(row.on_conflict_do_nothing())


def switch_on(tx: Connection, person_id: str, rule: str) -> None:
    mine = (rule_switches.c.person_id == person_id) & (rule_switches.c.rule == rule)
    tx.execute(delete(rule_switches).where(mine))
