"""Colleagues: the newest letter that waits at another person of the same company, found by index seeks."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, exists, select

from app.reading.people import organisation
from app.store.instants import Instant
from app.store.messages import StoredMessage, by_key
from app.store.prepared import Prepared
from app.store.sealing import Sealer
from app.store.spelling import OneOf
from app.store.tables import message_people, messages, recipient_addresses

MOST_COLLEAGUES = 50
"""Nobody writes to more people of one company within weeks; it keeps the read short whatever the store holds."""


def newest_open(
    tx: Connection, sealer: Sealer, person_id: str, addresses: Iterable[str], *, own: Iterable[str], since: datetime
) -> StoredMessage | None:
    """The newest mail since then to somebody else at the company of these addresses who has not written after it.

    None for free mail hosts, which are no company. All addresses in lower case. Raises KeyMissing.
    """
    asked = tuple(addresses)
    left_out = (*asked, *own)
    companies = {organisation(address) for address in asked} - {""}
    met = [row.address for company in sorted(companies) for row in _MET.rows(tx, person=person_id, at=f"%{company}")]
    others = [address for address in met if organisation(address) in companies and address not in left_out]
    if not others:
        return None
    newest = _OPEN.first(tx, person=person_id, others=others, left_out=left_out, since=since)
    return newest and by_key(tx, sealer, person_id, f"{newest.message_key}.{newest.id}")


_PERSON = bindparam("person", type_=String())
_MET = Prepared(
    select(recipient_addresses.c.address)
    .where(recipient_addresses.c.person_id == _PERSON, recipient_addresses.c.address.like(bindparam("at")))
    .order_by(recipient_addresses.c.address)
    .limit(MOST_COLLEAGUES)
)


def _open() -> Prepared:
    to, back, beside = (message_people.alias(name) for name in ("sent_to", "answered", "beside"))
    answered = exists().where(
        back.c.person_id == _PERSON, back.c.address == to.c.address, back.c.at > to.c.at, back.c.role == "from"
    )
    shared = exists().where(beside.c.message_id == messages.c.id, OneOf(beside.c.address, "left_out"))
    written = (to.c.person_id == _PERSON) & OneOf(to.c.address, "others") & (to.c.role != "from")
    return Prepared(
        select(messages.c.id, messages.c.message_key, messages.c.at)
        .select_from(to)
        .join(messages, (messages.c.id == to.c.message_id) & messages.c.outbound)
        .where(written, to.c.at > bindparam("since", type_=Instant()), ~answered, ~shared)
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(1)
    )


_OPEN = _open()
