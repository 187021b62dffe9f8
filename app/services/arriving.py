"""Where many people share one server, linking a mailbox is signing in: who holds it is its person.

A visitor gets an empty house and a short session. Once a provider has said whose mailbox it is (`sub`, or `tid` with
`oid`; never the address, which may change hands), they are at home where that mailbox was the first to be linked;
else the empty house becomes theirs. A second mailbox joins the house one is in, and opens no door by itself.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.services import linking
from app.services.parts import LINK_FLOW_LIFE, SESSION_REST, Parts
from app.services.signing_in import hashed
from app.store import accounts, audit, people, sign_ins
from app.store.scope import across_people, only
from connectors.contract import Grant


@dataclass(frozen=True, slots=True)
class Arrival:
    """`session` is a fresh token; the one the visitor came with has ended."""

    person_id: str
    session: str


@across_people()
def enter(parts: Parts, now: datetime) -> Arrival:
    """An empty house for a visitor, good for as long as consent may take; houses that stayed empty are taken down."""
    session = secrets.token_urlsafe(32)
    with parts.database.write(durable=True) as tx:
        people.remove_empty(tx, now)
        person_id = people.add(tx, now)
        sign_ins.add_session(tx, hashed(session), person_id, created_at=now, expires_at=now + LINK_FLOW_LIFE)
    return Arrival(person_id, session)


async def finish(parts: Parts, visitor: Arrival, *, provider: str, answer: Mapping[str, str], now: datetime) -> Arrival:
    """Link the mailbox that was consented to, and be at home. Raises what `linking.finish` raises."""
    grant = await linking.consented(parts, visitor.person_id, provider, answer, now)
    home = _home(parts, visitor.person_id, provider, grant)
    only(home)
    linking.keep(parts, home, provider, grant, now)
    return Arrival(home, _fresh_session(parts, visitor, home, now))


@across_people()
def _home(parts: Parts, person_id: str, provider: str, grant: Grant) -> str:
    """The house one is in when it has a mailbox already; else the one this mailbox opens, if any."""
    with parts.database.read() as tx:
        if accounts.of_person(tx, person_id):
            return person_id
        return accounts.home_of(tx, provider, grant.subject) or person_id


@across_people()
def _fresh_session(parts: Parts, visitor: Arrival, home: str, now: datetime) -> str:
    session = secrets.token_urlsafe(32)
    with parts.database.write(durable=True) as tx:
        sign_ins.end_session(tx, hashed(visitor.session))
        sign_ins.add_session(tx, hashed(session), home, created_at=now, expires_at=now + SESSION_REST)
        audit.record(tx, home, now, "signed_in", "")
        if home != visitor.person_id:
            people.remove_if_empty(tx, visitor.person_id)
    return session
