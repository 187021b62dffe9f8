"""Signing keys of the two identity providers, and opaque tokens that give away nothing and cannot be forged."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


@lru_cache(maxsize=6)
def _private_key(name: str) -> rsa.RSAPrivateKey:
    """One key per issuer and process; 2048 bits as RS256 asks (RFC 7518 section 3.3)."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _key_id(name: str) -> str:
    der = RSAAlgorithm.to_jwk(_private_key(name).public_key())
    return hashlib.sha256(der.encode()).hexdigest()[:40]


def key_set(name: str) -> dict[str, object]:
    """The public keys of one issuer as a JWK set."""
    key = json.loads(RSAAlgorithm.to_jwk(_private_key(name).public_key()))
    public = {part: key[part] for part in ("kty", "n", "e")}
    return {"keys": [{**public, "alg": "RS256", "use": "sig", "kid": _key_id(name)}]}


def sign(name: str, claims: dict[str, object]) -> str:
    """A JWT signed with the key of one issuer."""
    return jwt.encode(claims, _private_key(name), algorithm="RS256", headers={"kid": _key_id(name), "typ": "JWT"})


def left_half_hash(value: str) -> str:
    """`at_hash` of OpenID Connect Core section 3.1.3.6."""
    return _text(hashlib.sha256(value.encode()).digest()[:16])


def pkce_matches(verifier: str, challenge: str) -> bool:
    """RFC 7636 with method S256; a verifier has 43 to 128 characters."""
    hashed = _text(hashlib.sha256(verifier.encode()).digest())
    return 43 <= len(verifier) <= 128 and hmac.compare_digest(hashed, challenge)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Sealer:
    """Makes opaque tokens of small JSON values. The same seed opens them after a restart."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"aftertouch-simulator:{seed}".encode()).digest()

    def close(self, purpose: str, value: object) -> str:
        body = json.dumps(value, separators=(",", ":")).encode()
        mac = hmac.new(self._key, purpose.encode() + body, hashlib.sha256).digest()[:12]
        stream = hashlib.shake_256(self._key + mac).digest(len(body))
        return _text(mac + bytes(a ^ b for a, b in zip(body, stream, strict=True)))

    def open(self, purpose: str, token: str) -> object | None:
        """The value again, or None when the token is not ours or was made for another purpose."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        mac, hidden = raw[:12], raw[12:]
        stream = hashlib.shake_256(self._key + mac).digest(len(hidden))
        body = bytes(a ^ b for a, b in zip(hidden, stream, strict=True))
        expected = hmac.new(self._key, purpose.encode() + body, hashlib.sha256).digest()[:12]
        if not hmac.compare_digest(mac, expected):
            return None
        found: object = json.loads(body)
        return found
