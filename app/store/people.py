"""People: who the facts belong to. A local installation has one, made on first start."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from app.store.database import insert_into, wait_alone
from app.store.ids import new_id
from app.store.prepared import Prepared
from app.store.tables import accounts, devices, mailboxes, people, recipients, sessions


def sole_person(tx: Connection, now: datetime) -> str:
    """The id of the person of a local installation, made when there is none yet (needs a write transaction then)."""
    found = _oldest(tx)
    if found is None:
        wait_alone(tx)
        found = _oldest(tx) or add(tx, now)
    return found


def add(tx: Connection, now: datetime) -> str:
    person_id = new_id()
    tx.execute(insert_into(tx, people).values(id=person_id, created_at=now))
    return person_id


def remove_empty(tx: Connection, now: datetime) -> int:
    """Take down houses nobody moved into and no session leads to. The number of people removed."""
    unreached = (
        ~select(sessions.c.person_id).where(sessions.c.person_id == people.c.id, sessions.c.expires_at > now).exists()
    )
    return tx.execute(delete(people).where(unreached, *_empty())).rowcount


def remove_if_empty(tx: Connection, person_id: str) -> bool:
    """Take down this house, when nothing is in it."""
    return tx.execute(delete(people).where(people.c.id == person_id, *_empty())).rowcount > 0


def _empty() -> list[ColumnElement[bool]]:
    """Without mailbox, recipient and device."""
    return [
        ~select(held.c.id).where(held.c.person_id == people.c.id).exists() for held in (accounts, recipients, devices)
    ]


def exists(tx: Connection, person_id: str) -> bool:
    return tx.execute(select(people.c.id).where(people.c.id == person_id)).first() is not None


def leave(tx: Connection, person_id: str, now: datetime) -> None:
    """From now on everything of the person is being erased."""
    tx.execute(update(people).where(people.c.id == person_id).values(leaving_at=now))


def leaving_since(tx: Connection, before: datetime) -> list[str]:
    """Whose erasure began at or before that instant and is not through."""
    return list(tx.execute(select(people.c.id).where(people.c.leaving_at <= before)).scalars())


_ARRIVED = Prepared(
    update(people)
    .where(people.c.id == select(mailboxes.c.person_id).where(mailboxes.c.id == bindparam("mailbox")).scalar_subquery())
    .values(facts_version=people.c.facts_version + 1)
)


def mail_arrived(tx: Connection, mailbox: int) -> None:
    """To be said after letters were added; PostgreSQL sees it for itself, SQLite would pay for each letter."""
    if tx.dialect.name == "sqlite":
        _ARRIVED.run(tx, mailbox=mailbox)


def some(tx: Connection, *, limit: int) -> list[str]:
    """The ids of the first people there are."""
    return list(tx.execute(select(people.c.id).order_by(people.c.created_at, people.c.id).limit(limit)).scalars())


def set_calendar_hash(tx: Connection, person_id: str, calendar_hash: str | None) -> None:
    """The hash of the calendar address's secret; the former one stops working. None switches the feed off."""
    tx.execute(update(people).where(people.c.id == person_id).values(calendar_hash=calendar_hash))


def find_by_calendar(tx: Connection, calendar_hash: str) -> str | None:
    return tx.execute(select(people.c.id).where(people.c.calendar_hash == calendar_hash)).scalar()


def has_calendar(tx: Connection, person_id: str) -> bool:
    on = (people.c.id == person_id) & people.c.calendar_hash.is_not(None)
    return tx.execute(select(people.c.id).where(on)).first() is not None


def _oldest(tx: Connection) -> str | None:
    return tx.execute(select(people.c.id).order_by(people.c.created_at, people.c.id).limit(1)).scalar()
