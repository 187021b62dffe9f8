"""Colleagues: the other people of a company with whom something waits, found by index seeks."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, select

from app.reading.people import organisation
from app.store import recipients
from app.store.advice_facts import RecipientFacts, recipient_facts
from app.store.instants import Instant
from app.store.prepared import Prepared
from app.store.sealing import Sealer
from app.store.spelling import OneOf
from app.store.tables import circle_people, correspondents, logged_touches, mail, mailboxes, recipient_addresses

MOST_COLLEAGUES = 50
"""Nobody writes to more people of one company within weeks; it keeps the read short whatever the store holds."""


def waiting(
    tx: Connection, sealer: Sealer, person_id: str, addresses: Iterable[str], *, own: Iterable[str], since: datetime
) -> list[RecipientFacts]:
    """The facts about everybody else at the company of these addresses to whom a mail or a call went since then.

    Whether they answered is not said here: a later mail of theirs may be a machine's. None for free mail hosts, which
    are no company. All addresses in lower case. Raises KeyMissing.
    """
    asked = tuple(addresses)
    left_out = {*asked, *own}
    companies = {organisation(address) for address in asked} - {""}
    met = [row.address for company in sorted(companies) for row in _MET.rows(tx, person=person_id, at=f"%{company}")]
    others = [address for address in met if organisation(address) in companies and address not in left_out]
    if not others:
        return []
    values = {"person": person_id, "others": others, "since": since}
    open_ones = {row.address for read in (_MAIL, _CALLS) for row in read.rows(tx, **values)}
    found = recipients.for_addresses(tx, sealer, person_id, sorted(open_ones))
    return [recipient_facts(tx, sealer, one) for one in found if left_out.isdisjoint(one.addresses)]


_PERSON = bindparam("person", type_=String())
_SINCE = bindparam("since", type_=Instant())
_MET = Prepared(
    select(recipient_addresses.c.address)
    .where(recipient_addresses.c.person_id == _PERSON, recipient_addresses.c.address.like(bindparam("at")))
    .order_by(recipient_addresses.c.address)
    .limit(MOST_COLLEAGUES)
)


def _mail() -> Prepared:
    at, there = correspondents.c, circle_people.c
    boxes = select(mailboxes.c.id).where(mailboxes.c.person_id == _PERSON)
    others = at.mailbox.in_(boxes) & OneOf(at.address, "others")
    sent = (mail.c.circle == there.circle) & mail.c.outbound & (mail.c.at > _SINCE)
    return Prepared(select(at.address).join(circle_people, there.correspondent == at.id).join(mail, sent).where(others))


def _calls() -> Prepared:
    at, touch = recipient_addresses.c, logged_touches.c
    return Prepared(
        select(at.address)
        .join(logged_touches, touch.recipient_id == at.recipient_id)
        .where(at.person_id == _PERSON, OneOf(at.address, "others"), touch.at > _SINCE, touch.deleted_at.is_(None))
    )


_MAIL, _CALLS = _mail(), _calls()
