"""Devices: browsers that hold a device token, known by its hash alone."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy import delete as delete_from

from app.store.accounts import LINKED, OF_PEOPLE, Linked, linked_in
from app.store.database import insert_into
from app.store.prepared import Prepared
from app.store.tables import devices, people

_LAST_USE_COUNTS_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    person_id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    scopes: str | None = None
    """What its token may do, words apart by spaces; None for a device of before there were any."""


_NAMES = tuple(field.name for field in fields(Device))
_COLUMNS = tuple(devices.c[name] for name in _NAMES)
_ARRIVING = Prepared(
    LINKED.add_columns(*(column.label(f"device_{column.key}") for column in _COLUMNS))
    .select_from(OF_PEOPLE.join(devices, devices.c.person_id == people.c.id))
    .where(devices.c.token_hash == bindparam("token_hash"), devices.c.expires_at > bindparam("now"))
)

_LAST_USE = Prepared(
    select(func.max(devices.c.last_used_at).label("used")).where(devices.c.person_id == bindparam("person"))
)


def add(tx: Connection, device: Device, *, token_hash: str) -> None:
    row = {name: getattr(device, name) for name in _NAMES}
    tx.execute(insert_into(tx, devices).values(row | {"token_hash": token_hash}))


def arriving(tx: Connection, token_hash: str, now: datetime) -> tuple[Device, Linked] | None:
    """The device of this token, and in the same read what is linked; None when it is unknown, deleted or expired."""
    rows = _ARRIVING.rows(tx, token_hash=token_hash, now=now)
    if not rows:
        return None
    return Device(*(getattr(rows[0], f"device_{name}") for name in _NAMES)), linked_in(rows)


def note_use(tx: Connection, device_id: str, now: datetime) -> bool:
    """Remember when the device was last used, to the minute; whether anything had to be written."""
    old = or_(devices.c.last_used_at.is_(None), devices.c.last_used_at <= now - _LAST_USE_COUNTS_AFTER)
    return tx.execute(update(devices).where(devices.c.id == device_id, old).values(last_used_at=now)).rowcount > 0


def last_use(tx: Connection, person_id: str) -> datetime | None:
    """When any device of the person was last used; None when none ever was."""
    row = _LAST_USE.first(tx, person=person_id)
    return row.used if row else None


def of_person(tx: Connection, person_id: str) -> list[Device]:
    """Newest first, expired ones included."""
    mine = select(*_COLUMNS).where(devices.c.person_id == person_id)
    ordered = mine.order_by(devices.c.created_at.desc(), devices.c.id)
    return [Device(*row) for row in tx.execute(ordered)]


def delete(tx: Connection, person_id: str, device_id: str) -> bool:
    mine = (devices.c.id == device_id) & (devices.c.person_id == person_id)
    return tx.execute(delete_from(devices).where(mine)).rowcount > 0
