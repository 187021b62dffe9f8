"""Device codes (RFC 8628): asked for by a device, decided by the person, claimed once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update

from app.store.database import insert_into
from app.store.tables import device_codes

_SLOWER_BY = 5  # RFC 8628 section 3.5: slow_down adds 5 seconds to the interval
_APPROVED = "approved"
_DENIED = "denied"


@dataclass(frozen=True, slots=True)
class WaitingCode:
    """A code the person has not decided yet; `name` is what the device calls itself."""

    user_code: str
    name: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """`outcome` is `approved` or an error word of RFC 8628 section 3.5; the rest is filled when approved."""

    outcome: str
    person_id: str = ""
    name: str = ""


def add(tx: Connection, code: WaitingCode, *, device_code_hash: str) -> None:
    told = {"user_code": code.user_code, "name": code.name}
    dates = {"created_at": code.created_at, "expires_at": code.expires_at}
    tx.execute(insert_into(tx, device_codes).values(told | dates | {"device_code_hash": device_code_hash}))


def find(tx: Connection, user_code: str, now: datetime) -> WaitingCode | None:
    """None when the code is unknown, expired or already decided."""
    codes = device_codes.c
    wanted = select(codes.user_code, codes.name, codes.created_at, codes.expires_at)
    row = tx.execute(wanted.where(_undecided(user_code, now))).first()
    return None if row is None else WaitingCode(**row._mapping)


def decide(tx: Connection, user_code: str, person_id: str, *, approve: bool, now: datetime) -> bool:
    """Once; False when the code is unknown, expired or already decided."""
    told = {"decided": _APPROVED if approve else _DENIED, "person_id": person_id}
    return tx.execute(update(device_codes).where(_undecided(user_code, now)).values(told)).rowcount > 0


def claim(tx: Connection, device_code_hash: str, now: datetime, *, interval: timedelta) -> Claim:
    """What the device is told. A decided code is gone afterwards.

    `interval` is the pause it was told to keep between two claims; each claim that comes too soon adds to it.
    """
    mine = device_codes.c.device_code_hash == device_code_hash
    row = tx.execute(select(device_codes).where(mine).with_for_update()).first()
    if row is None or row.expires_at <= now:
        return Claim("expired_token")
    if row.decided is not None:
        tx.execute(delete(device_codes).where(mine))
        return Claim(_APPROVED, row.person_id, row.name) if row.decided == _APPROVED else Claim("access_denied")
    hasty = row.polled_at is not None and now < row.polled_at + interval + timedelta(seconds=row.slower)
    slower = row.slower + _SLOWER_BY if hasty else row.slower
    tx.execute(update(device_codes).where(mine).values(polled_at=now, slower=slower))
    return Claim("slow_down" if hasty else "authorization_pending")


def purge(tx: Connection, now: datetime) -> int:
    """Remove what is expired; the number of rows."""
    return tx.execute(delete(device_codes).where(device_codes.c.expires_at <= now)).rowcount


def _undecided(user_code: str, now: datetime) -> ColumnElement[bool]:
    codes = device_codes.c
    return (codes.user_code == user_code) & codes.decided.is_(None) & (codes.expires_at > now)
