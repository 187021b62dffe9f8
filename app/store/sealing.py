"""Sealing: AES-256-GCM for single fields, each ciphertext bound to its table, row, column and key."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.store.errors import KeyMissing

_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """Every key that may still be needed, by id. `current` seals; `names` hashes and is never rotated."""

    current: str
    keys: Mapping[str, bytes]
    names: bytes

    def __repr__(self) -> str:
        return f"Keyring(current={self.current!r}, keys={sorted(self.keys)})"

    @classmethod
    def new(cls) -> "Keyring":
        return cls("1", {"1": secrets.token_bytes(_KEY_BYTES)}, secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def parse(cls, data: bytes) -> "Keyring":
        """Read the content of a key file. Raises KeyMissing when it is not one."""
        try:
            told = json.loads(data)
            keys = {key_id: base64.b64decode(key, validate=True) for key_id, key in told["keys"].items()}
            ring = cls(told["current"], keys, base64.b64decode(told["names"], validate=True))
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise KeyMissing("The key file cannot be read. Restore it from your backup.") from error
        if ring.current not in keys or any(len(key) != _KEY_BYTES for key in (*keys.values(), ring.names)):
            raise KeyMissing("The key file is damaged. Restore it from your backup.")
        return ring

    def dump(self) -> bytes:
        """The content of a key file: JSON, keys in base64."""
        keys = {key_id: base64.b64encode(key).decode() for key_id, key in self.keys.items()}
        told = {"current": self.current, "keys": keys, "names": base64.b64encode(self.names).decode()}
        return json.dumps(told, indent=1).encode() + b"\n"

    def with_new_key(self) -> "Keyring":
        """The same ring with a fresh current key; the old ones still open what they sealed."""
        key_id = str(max((int(known) for known in self.keys if known.isdigit()), default=0) + 1)
        return Keyring(key_id, {**self.keys, key_id: secrets.token_bytes(_KEY_BYTES)}, self.names)

    def only_current(self) -> "Keyring":
        """The same ring without old keys: right only when no row is sealed with them (see rotation.py)."""
        return Keyring(self.current, {self.current: self.keys[self.current]}, self.names)


class Sealer:
    """Seals and opens single fields. A sealed field is: length of key id, key id, nonce (96 bit), ciphertext.

    `newer` is asked before every sealing, and when a field names a key not on the ring, for a ring that another
    process has put in place since; it gives None when there is none. So what is sealed during a rotation is sealed
    with the new key.
    """

    why_blind = ""
    """Why nothing opens, in words for the person; empty where all is well."""

    def __init__(self, keyring: Keyring, *, newer: Callable[[], Keyring | None] | None = None) -> None:
        self._newer = newer
        self._take(keyring)

    def _take(self, keyring: Keyring) -> None:
        self.current = keyring.current
        self._names = keyring.names
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keyring.keys.items()}

    def __repr__(self) -> str:
        return f"Sealer(current={self.current!r})"

    def seal(self, plain: bytes | str, *, table: str, row: str, column: str) -> bytes:
        self._catch_up()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        data = plain.encode() if isinstance(plain, str) else plain
        bound = _bound(table, row, column, self.current)
        key_id = self.current.encode()
        return bytes([len(key_id)]) + key_id + nonce + self._ciphers[self.current].encrypt(nonce, data, bound)

    def open(self, sealed: bytes, *, table: str, row: str, column: str) -> bytes:
        """Raises KeyMissing when the key is not on the ring, or the field was changed or moved."""
        key_id = key_of(sealed)
        cipher = self._ciphers.get(key_id) or self._found_since(key_id)
        start = 1 + sealed[0]
        nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, _bound(table, row, column, key_id))
        except (InvalidTag, ValueError) as error:
            raise KeyMissing(f"A sealed {column} in {table} does not open with the key {key_id!r}.") from error

    def _catch_up(self) -> None:
        ring = self._newer() if self._newer is not None else None
        if ring is None:
            return
        if ring.names != self._names:  # it goes along from ring to ring, so this one belongs to another store
            raise KeyMissing("The key file was replaced by one of another store. Put the former one back.")
        self._take(ring)

    def _found_since(self, key_id: str) -> AESGCM:
        self._catch_up()
        if key_id not in self._ciphers:
            raise KeyMissing(f"The key {key_id!r} is not in the key file. Restore the key file from your backup.")
        return self._ciphers[key_id]

    def open_text(self, sealed: bytes | None, *, table: str, row: str, column: str) -> str:
        """As `open`, decoded; empty for a field that was never filled."""
        return "" if sealed is None else self.open(sealed, table=table, row=row, column=column).decode()

    def shown_text(self, sealed: bytes | None, *, table: str, row: str, column: str) -> str:
        """As `open_text`, for what is only shown: empty as well where there is no key at all (see Blind)."""
        return self.open_text(sealed, table=table, row=row, column=column)

    def seal_text(self, plain: str, *, table: str, row: str, column: str) -> bytes | None:
        """As `seal`, but nothing at all for an empty text."""
        return self.seal(plain, table=table, row=row, column=column) if plain else None

    def seal_texts(
        self, plain: Sequence[str], *, table: str, rows: Sequence[str], column: str
    ) -> Sequence[bytes | None]:
        """As `seal_text`, of many rows at once."""
        if not any(plain):
            return [None] * len(plain)
        self._catch_up()
        key_id = self.current.encode()
        head, bound = bytes([len(key_id)]) + key_id, _bound(table, "", column, self.current)
        encrypt, nonces = self._ciphers[self.current].encrypt, _nonces(len(plain))
        return [
            head + nonce + encrypt(nonce, text.encode(), bound + row.encode()) if text else None
            for text, row, nonce in zip(plain, rows, nonces, strict=True)
        ]

    def fingerprint(self, text: str) -> str:
        """64 bits of a keyed SHA-256, in hexadecimal: equal texts meet, none can be read back without the key."""
        return hmac.digest(self._names, text.encode(), hashlib.sha256)[:8].hex()


class Blind(Sealer):
    """Stands where the key is missing or wrong: nothing is sealed or opened, and what is only shown stays empty."""

    def __init__(self, why: str) -> None:
        super().__init__(Keyring.new())
        self.why_blind = why

    def seal(self, plain: bytes | str, *, table: str, row: str, column: str) -> bytes:
        raise KeyMissing(self.why_blind)

    def open(self, sealed: bytes, *, table: str, row: str, column: str) -> bytes:
        raise KeyMissing(self.why_blind)

    def shown_text(self, sealed: bytes | None, *, table: str, row: str, column: str) -> str:
        return ""


def _nonces(count: int) -> list[bytes]:
    drawn = secrets.token_bytes(_NONCE_BYTES * count)
    return [drawn[start : start + _NONCE_BYTES] for start in range(0, len(drawn), _NONCE_BYTES)]


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed this field; empty when it is no sealed field."""
    return sealed[1 : 1 + sealed[0]].decode("ascii", "replace") if sealed else ""


def _bound(table: str, row: str, column: str, key_id: str) -> bytes:
    return "\x1f".join((table, column, key_id, row)).encode()
