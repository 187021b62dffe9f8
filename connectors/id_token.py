"""An OpenID id token, verified: signature against the issuer's keys, issuer, audience, times and nonce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.contract import LinkRefused

SKEW = 120
"""Seconds the provider's clock and ours may differ."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say. `issuers` are the spellings of the one issuer; `nonce` None when already compared."""

    issuers: Sequence[str]
    audience: str
    nonce: str | None
    now: datetime


def verified(token: str, keys: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
    """The claims of a token signed with RS256 by one of `keys`, a JWK set. Raises LinkRefused for any flaw.

    The token's own `jku` or `x5u` is never followed, and `alg` none never accepted.
    """
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "values": list(expected.issuers)},
        "aud": {"essential": True, "value": expected.audience},
        "exp": {"essential": True},
        "sub": {"essential": True},
    }
    if expected.nonce is not None:
        wanted["nonce"] = {"essential": True, "value": expected.nonce}
    rules = jwt.JWTClaimsRegistry(int(expected.now.timestamp()), SKEW, **wanted)
    try:
        known: Any = keys
        claims = jwt.decode(token, KeySet.import_key_set(known), algorithms=["RS256"]).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise LinkRefused("The provider's proof of identity is not valid.", reason="bad_id_token") from None
    return claims
