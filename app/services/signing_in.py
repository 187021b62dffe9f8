"""Signing in on this machine: a one-time link opens a browser session; a device token names an extension."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from app.services.errors import NotFound, NotSignedIn
from app.services.parts import SESSION_LIFE, SESSION_REST, SIGN_IN_LINK_LIFE, Parts
from app.store import audit, devices, people, sign_ins
from app.store.accounts import Linked
from app.store.scope import across_people

USE_NOTED_EVERY = timedelta(minutes=15)
REST_NOTED_EVERY = timedelta(hours=1)


def hashed(token: str) -> str:
    """How a secret token is stored: SHA-256, for it is 256 random bits itself."""
    return sha256(token.encode()).hexdigest()


@across_people()
def new_link(parts: Parts, now: datetime) -> str:
    """A fresh one-time sign-in address, good for 30 minutes."""
    token = secrets.token_urlsafe(32)
    with parts.database.write(durable=True) as tx:
        person_id = people.sole_person(tx, now)
        sign_ins.add_link(tx, hashed(token), person_id, expires_at=now + SIGN_IN_LINK_LIFE)
    return f"{parts.settings.base_url}/sign-in?token={token}"


@across_people()
def open_session(parts: Parts, token: str, now: datetime) -> str:
    """Burn a sign-in link and return a session token. Raises NotSignedIn when it is unknown, used or too old."""
    session = secrets.token_urlsafe(32)
    with parts.database.write(durable=True) as tx:
        person_id = sign_ins.burn_link(tx, hashed(token), now)
        if person_id is not None:
            sign_ins.add_session(tx, hashed(session), person_id, created_at=now, expires_at=now + SESSION_REST)
            audit.record(tx, person_id, now, "signed_in")
    if person_id is None:
        raise NotSignedIn("This sign-in link was used already or is too old. Get a new one: aftertouch sign-in")
    return session


def end_session(parts: Parts, session: str) -> None:
    with parts.database.write(durable=True) as tx:
        sign_ins.end_session(tx, hashed(session))


def list_sessions(parts: Parts, person_id: str, now: datetime) -> list[sign_ins.Session]:
    """The browsers this person is signed in with, the latest first."""
    with parts.database.read() as tx:
        return sign_ins.sessions_of(tx, person_id, now)


def end_session_of(parts: Parts, person_id: str, token_hash: str, now: datetime) -> None:
    """Sign this person out in one browser. Raises NotFound."""
    with parts.database.write(durable=True) as tx:
        if not sign_ins.end_session_of(tx, person_id, token_hash):
            raise NotFound("This browser is not signed in any more.")
        audit.record(tx, person_id, now, "signed_out_elsewhere")


def end_all_sessions(parts: Parts, person_id: str, now: datetime) -> None:
    """Sign this person out in every browser."""
    with parts.database.write(durable=True) as tx:
        sign_ins.end_sessions(tx, person_id)
        audit.record(tx, person_id, now, "signed_out_everywhere")


@across_people()
def person_of_session(parts: Parts, session: str, now: datetime) -> str | None:
    """Whose session this is; asking keeps it from ending by rest."""
    with parts.database.read() as tx:
        found = sign_ins.find_session(tx, hashed(session), now)
    if found is None:
        return None
    until = _good_until(found, now)
    if until - found.expires_at >= REST_NOTED_EVERY:
        with parts.database.write() as tx:
            sign_ins.prolong_session(tx, hashed(session), until)
    return found.person_id


def _good_until(session: sign_ins.Session, now: datetime) -> datetime:
    """Seven days from its last use and thirty from sign-in at most; a visitor's, which is shorter, is not prolonged."""
    if session.expires_at - session.created_at < SESSION_REST:
        return session.expires_at
    return min(session.created_at + SESSION_LIFE, now + SESSION_REST)


@across_people()
def device_of(parts: Parts, token: str, now: datetime) -> tuple[devices.Device, Linked] | None:
    """The device of this token, with what its person's advice rests on now: it asks for little else.

    Its last use is written down to the quarter of an hour.
    """
    with parts.database.at_the_door() as tx:
        found = devices.arriving(tx, hashed(token), now)
    if found is None:
        return None
    device, _ = found
    if device.last_used_at is None or now - device.last_used_at > USE_NOTED_EVERY:
        with parts.database.write() as tx:
            devices.note_use(tx, device.id, now)
    return found
