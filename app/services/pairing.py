"""Pairing an extension with the backend: device codes in the shapes of RFC 8628, approved by a click."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.services.errors import NotFound, PairingPending
from app.services.parts import DEVICE_CODE_LIFE, DEVICE_LIFE, Parts
from app.services.scopes import EVERYTHING, EXTENSION, Scope, written
from app.services.signing_in import hashed
from app.store import audit, device_codes, devices, people
from app.store.scope import across_people

# RFC 8628 section 6.1 advises letters without vowels: no words, nothing mistaken for a digit.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
INTERVAL = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    device_code: str
    user_code: str
    expires_in: int
    interval: int


@dataclass(frozen=True, slots=True)
class Given:
    """A device token as it is told once: good for so many seconds, for what the words of `scope` say."""

    token: str
    expires_in: int
    scope: str


@across_people()
def begin(parts: Parts, name: str, now: datetime) -> DeviceCode:
    """A fresh pair of codes, good for five minutes."""
    device_code = secrets.token_urlsafe(32)
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    user_code = f"{letters[:5]}-{letters[5:]}"
    with parts.database.write(durable=True) as tx:
        device_codes.purge(tx, now)
        code = device_codes.WaitingCode(user_code, name, created_at=now, expires_at=now + DEVICE_CODE_LIFE)
        device_codes.add(tx, code, device_code_hash=hashed(device_code))
    return DeviceCode(device_code, user_code, int(DEVICE_CODE_LIFE.total_seconds()), int(INTERVAL.total_seconds()))


def waiting(parts: Parts, user_code: str, now: datetime) -> str:
    """The name of the device that shows this code. Raises NotFound when the code is wrong, old or decided."""
    with parts.database.read() as tx:
        code = device_codes.find(tx, _tidy(user_code), now)
    if code is None:
        raise NotFound("This code is not known or no longer good. Ask the extension for a new one.")
    return code.name


def decide(parts: Parts, person_id: str, user_code: str, *, approve: bool, now: datetime) -> None:
    """Approve or deny the device with this code. Raises NotFound."""
    with parts.database.write(durable=True) as tx:
        if not device_codes.decide(tx, _tidy(user_code), person_id, approve=approve, now=now):
            raise NotFound("This code is not known or no longer good. Ask the extension for a new one.")


@across_people()
def claim(parts: Parts, device_code: str, now: datetime) -> Given:
    """The device token for what an extension needs, given once after approval.

    Raises PairingPending with an RFC 8628 code.
    """
    with parts.database.write(durable=True) as tx:
        code = device_codes.claim(tx, hashed(device_code), now, interval=INTERVAL)
        if code.outcome != "approved":
            refusal = code.outcome
            token = ""
        else:
            refusal, token = "", _add(tx, code.person_id, code.name, EXTENSION, now=now)
    if refusal:
        raise PairingPending(refusal, _WORDS[refusal])
    return Given(token, int(DEVICE_LIFE.total_seconds()), written(EXTENSION))


_WORDS = {
    "authorization_pending": "Not approved yet. Keep asking.",
    "slow_down": "Asked too soon. Wait a little longer between two questions.",
    "expired_token": "This code is too old. Ask for a new one.",
    "access_denied": "The person said no.",
}


@across_people()
def add_device(parts: Parts, name: str, now: datetime, scopes: Iterable[Scope] = EVERYTHING) -> str:
    """A device token for the person of this data folder, for the command line."""
    with parts.database.write(durable=True) as tx:
        return _add(tx, people.sole_person(tx, now), name, scopes, now=now)


def list_devices(parts: Parts, person_id: str) -> list[devices.Device]:
    with parts.database.read() as tx:
        return devices.of_person(tx, person_id)


def remove_device(parts: Parts, person_id: str, device_id: str, now: datetime) -> None:
    """Revoke a device token at once. Raises NotFound."""
    with parts.database.write(durable=True) as tx:
        if not devices.delete(tx, person_id, device_id):
            raise NotFound("There is no such device.")
        audit.record(tx, person_id, now, "device_removed", device_id)


def _add(tx: Connection, person_id: str, name: str, scopes: Iterable[Scope], *, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    device_id = secrets.token_hex(16)
    device = devices.Device(device_id, person_id, name, now, None, now + DEVICE_LIFE, written(scopes))
    devices.add(tx, device, token_hash=hashed(token))
    audit.record(tx, person_id, now, "device_added", device_id)
    return token


def _tidy(user_code: str) -> str:
    letters = "".join(letter for letter in user_code.upper() if letter in ALPHABET)
    return f"{letters[:5]}-{letters[5:]}"
