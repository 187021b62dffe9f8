"""Sign-ins: one-time links and the browser's sessions, both known by the hash of their token alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, or_, select, update

from app.store.database import insert_into
from app.store.prepared import Prepared
from app.store.tables import sessions, sign_in_links

_SESSION = Prepared(
    select(sessions).where(sessions.c.token_hash == bindparam("token_hash"), sessions.c.expires_at > bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Session:
    token_hash: str
    person_id: str
    created_at: datetime
    expires_at: datetime


def add_link(tx: Connection, token_hash: str, person_id: str, *, expires_at: datetime) -> None:
    row = {"token_hash": token_hash, "person_id": person_id, "expires_at": expires_at}
    tx.execute(insert_into(tx, sign_in_links).values(row))


def burn_link(tx: Connection, token_hash: str, now: datetime) -> str | None:
    """The person the link signs in; None when it is unknown, expired or was used before."""
    links = sign_in_links.c
    fresh = (links.token_hash == token_hash) & links.used_at.is_(None) & (links.expires_at > now)
    return tx.execute(update(sign_in_links).where(fresh).values(used_at=now).returning(links.person_id)).scalar()


def add_session(tx: Connection, token_hash: str, person_id: str, *, created_at: datetime, expires_at: datetime) -> None:
    row = {"token_hash": token_hash, "person_id": person_id, "created_at": created_at, "expires_at": expires_at}
    tx.execute(insert_into(tx, sessions).values(row))


def find_session(tx: Connection, token_hash: str, now: datetime) -> Session | None:
    """None when the session is unknown, ended or expired."""
    row = _SESSION.first(tx, token_hash=token_hash, now=now)
    return None if row is None else _session(row)


def sessions_of(tx: Connection, person_id: str, now: datetime) -> list[Session]:
    """Where this person is signed in, the latest sign-in first."""
    good = (sessions.c.person_id == person_id) & (sessions.c.expires_at > now)
    rows = tx.execute(select(sessions).where(good).order_by(sessions.c.created_at.desc(), sessions.c.token_hash))
    return [_session(row) for row in rows]


def prolong_session(tx: Connection, token_hash: str, expires_at: datetime) -> None:
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(expires_at=expires_at))


def end_session(tx: Connection, token_hash: str) -> bool:
    return tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash)).rowcount > 0


def end_session_of(tx: Connection, person_id: str, token_hash: str) -> bool:
    """End this one session, if it is that person's."""
    theirs = (sessions.c.person_id == person_id) & (sessions.c.token_hash == token_hash)
    return tx.execute(delete(sessions).where(theirs)).rowcount > 0


def end_sessions(tx: Connection, person_id: str) -> int:
    """End every session of this person; their number."""
    return tx.execute(delete(sessions).where(sessions.c.person_id == person_id)).rowcount


def purge(tx: Connection, now: datetime) -> int:
    """Remove what is expired or used up; the number of rows."""
    links = delete(sign_in_links).where(or_(sign_in_links.c.expires_at <= now, sign_in_links.c.used_at.is_not(None)))
    return tx.execute(links).rowcount + tx.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount


def _session(row: Row[Any]) -> Session:
    return Session(row.token_hash, row.person_id, row.created_at, row.expires_at)
