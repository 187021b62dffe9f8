"""What is too old to keep, or has run out, deleted in portions of AT_ONCE rows."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Table, delete, exists, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.store.recipients import is_met
from app.store.tables import (
    attempts,
    audit,
    circle_people,
    circles,
    corrections,
    correspondents,
    device_codes,
    devices,
    link_flows,
    links,
    logged_touches,
    mail,
    recipient_addresses,
    recipients,
    senders,
    sessions,
    sign_in_links,
)

AT_ONCE = 500
RUN_OUT = (sign_in_links, sessions, devices, device_codes, link_flows, attempts)


def drop_messages(tx: Connection, before: datetime) -> int:
    """Mails sent or received before that instant; what only they had told of goes along with the last of them."""
    dropped = _drop(tx, mail, mail.c.at < before)
    if dropped < AT_ONCE:
        for table, lost in _unused():
            tx.execute(delete(table).where(lost))
    return dropped


def drop_entries(tx: Connection, before: datetime) -> int:
    """Touches logged and corrections made before then, and lines of the record."""
    old = ((logged_touches, logged_touches.c.at), (corrections, corrections.c.at), (audit, audit.c.at))
    return sum(_drop(tx, table, at < before) for table, at in old)


def drop_recipients(tx: Connection, before: datetime) -> int:
    """Recipients known since before then of whom no mail, touch, correction or decision is left."""
    here = recipients.c.id
    known = (
        exists().where(logged_touches.c.recipient_id == here),
        exists().where(corrections.c.recipient_id == here),
        exists().where(
            recipient_addresses.c.recipient_id == here,
            is_met(recipient_addresses.c.person_id, recipient_addresses.c.address),
        ),
    )
    decided = (recipients.c.muted_at.is_not(None), recipients.c.stage.is_not(None))
    merged = recipients.alias()
    joined = or_(recipients.c.merged_into.is_not(None), exists().where(merged.c.merged_into == here))
    return _drop(tx, recipients, (recipients.c.created_at < before) & ~or_(*known, *decided, joined))


def drop_expired(tx: Connection, now: datetime) -> int:
    """Sign-ins, devices and codes that open nothing any more, and counts of attempts nobody needs."""
    return sum(_drop(tx, table, table.c.expires_at < now) for table in RUN_OUT)


def _unused() -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """What mail had shared and none needs any more, in this order."""
    yield circles, ~exists().where(mail.c.circle == circles.c.id)
    yield senders, ~exists().where(mail.c.sender == senders.c.id)
    yield links, ~exists().where(mail.c.mailbox == links.c.mailbox, mail.c.link == links.c.id)
    here = correspondents.c.id
    wrote, there = (
        exists().where(senders.c.correspondent == here),
        exists().where(circle_people.c.correspondent == here),
    )
    yield correspondents, ~or_(wrote, there, exists().where(mail.c.failed == here))


def _drop(tx: Connection, table: Table, gone: ColumnElement[bool]) -> int:
    key = next(iter(table.primary_key.columns))
    portion = select(key).where(gone).limit(AT_ONCE)
    return tx.execute(delete(table).where(key.in_(portion))).rowcount
