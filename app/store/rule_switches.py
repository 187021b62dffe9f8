"""Rule switches: the rules a person does not want to hear of."""

from sqlalchemy import Connection, bindparam, delete, select

from app.store.database import insert_into
from app.store.prepared import Prepared
from app.store.tables import rule_switches

_SWITCHED_OFF = Prepared(select(rule_switches.c.rule).where(rule_switches.c.person_id == bindparam("person")))


def switched_off(tx: Connection, person_id: str) -> frozenset[str]:
    return frozenset(row.rule for row in _SWITCHED_OFF.rows(tx, person=person_id))


def switch_off(tx: Connection, person_id: str, rule: str) -> None:
    row = insert_into(tx, rule_switches).values(person_id=person_id, rule=rule)
    tx.execute(row.on_conflict_do_nothing())


def switch_on(tx: Connection, person_id: str, rule: str) -> None:
    mine = (rule_switches.c.person_id == person_id) & (rule_switches.c.rule == rule)
    tx.execute(delete(rule_switches).where(mine))
