"""Twins: spellings of one Gmail mailbox, which knows no dots, nothing behind a plus, and two domains (W3)."""

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from app.store.database import insert_into
from app.store.tables import correspondents, mailboxes, recipient_addresses, senders

DOMAINS = ("@gmail.com", "@googlemail.com")


def mailbox_of(address: str) -> str:
    """What all spellings of an address at Gmail have in common; empty for an address elsewhere."""
    local, _, domain = address.rpartition("@")
    return local.partition("+")[0].replace(".", "") if f"@{domain}" in DOMAINS else ""


def settle(tx: Connection, person_id: str, senders: Iterable[str] | None = None) -> None:
    """Whoever writes from another spelling of an address that was written to is the same recipient.

    Without `senders` it is asked of everybody who ever wrote.
    """
    asked = {one for one in (_every_sender(tx, person_id) if senders is None else senders) if mailbox_of(one)}
    if not asked:
        return
    own = recipient_addresses.c
    at_gmail = or_(*(own.address.endswith(domain) for domain in DOMAINS))
    known = tx.execute(select(own.address, own.recipient_id).where(own.person_id == person_id, at_gmail)).all()
    taken, home = {row[0] for row in known}, {mailbox_of(row[0]): row[1] for row in known}
    new = [one for one in sorted(asked - taken) if mailbox_of(one) in home]
    rows = [{"person_id": person_id, "address": one, "recipient_id": home[mailbox_of(one)]} for one in new]
    if rows:
        tx.execute(insert_into(tx, recipient_addresses).on_conflict_do_nothing(), rows)


def _every_sender(tx: Connection, person_id: str) -> Iterable[str]:
    at = correspondents.c
    at_gmail = or_(*(at.address.endswith(domain) for domain in DOMAINS))
    wrote = select(at.address).distinct().join(senders, senders.c.correspondent == at.id)
    mine = at.mailbox.in_(select(mailboxes.c.id).where(mailboxes.c.person_id == person_id))
    return tx.execute(wrote.where(mine, at_gmail)).scalars()
