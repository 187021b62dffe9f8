"""Consents, one-time codes, access tokens and refresh tokens, of both identity providers."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.simulator.keys import Sealer

CODE_LIFE = timedelta(minutes=10)
"""RFC 6749 section 4.1.2: at most ten minutes."""
ACCESS_LIFE = timedelta(seconds=3599)
LIVE_REFRESH_TOKENS = 100
"""Google lets the oldest die silently above this many per account and project (docs/providers.md G5)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that was found in order."""

    provider: str
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    challenge: str
    nonce: str = ""
    offline: bool = False
    response_mode: str = "query"
    tenant: str = ""
    login_hint: str = ""


@dataclass(slots=True)
class Grant:
    """What one person allowed one application. `generation` counts the refresh tokens given for it, `renewed` the
    access tokens asked for with them.
    """

    id: str
    provider: str
    address: str
    client_id: str
    scopes: tuple[str, ...]
    created: datetime
    generation: int = 0
    revoked: str = ""
    renewed: int = 0

    def told(self) -> dict[str, object]:
        return {
            "id": self.id,
            "provider": self.provider,
            "address": self.address,
            "scopes": list(self.scopes),
            "created": self.created.isoformat(),
            "live": not self.revoked,
            "revoked": self.revoked,
            "renewed": self.renewed,
        }


@dataclass(slots=True)
class Code:
    asked: Asked
    grant: Grant
    expires: datetime
    used: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    grant: Grant
    scopes: frozenset[str]
    expires: datetime


@dataclass(slots=True)
class Grants:
    """Refresh tokens are sealed values, so that a restarted simulator with the same seed still knows them."""

    sealer: Sealer
    waiting: dict[str, Asked] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)

    def ask(self, asked: Asked) -> str:
        """Remember a request while the person looks at the consent page."""
        ticket = secrets.token_urlsafe(16)
        self.waiting[ticket] = asked
        return ticket

    def allow(self, asked: Asked, address: str, scopes: tuple[str, ...], now: datetime) -> str:
        """The person said yes: a one-time code."""
        grant = Grant(secrets.token_hex(8), asked.provider, address, asked.client_id, scopes, now)
        self.grants[grant.id] = grant
        prefix = "4/0A" if asked.provider == "google" else "M.C5_"
        code = prefix + secrets.token_urlsafe(40)
        self.codes[code] = Code(asked, grant, now + CODE_LIFE)
        return code

    def access_token(self, grant: Grant, scopes: tuple[str, ...], now: datetime) -> str:
        token = ("ya29.a0" if grant.provider == "google" else "EwB4A") + secrets.token_urlsafe(90)
        self.access[token] = Access(grant, frozenset(scopes), now + ACCESS_LIFE)
        return token

    def refresh_token(self, grant: Grant, now: datetime) -> str:
        grant.generation += 1
        kept = [grant.id, grant.provider, grant.address, grant.client_id, " ".join(grant.scopes)]
        times = [round(grant.created.timestamp()), round(now.timestamp()), grant.generation]
        self._drop_oldest(grant)
        return ("1//0" if grant.provider == "google" else "M.R3_") + self.sealer.close("refresh", [*kept, *times])

    def of_refresh_token(self, token: str, now: datetime) -> tuple[Grant, datetime, int] | None:
        """The grant, when the token was given, and its generation; None for a token that was never ours."""
        if not token.startswith(("1//0", "M.R3_")):
            return None
        found = self.sealer.open("refresh", token.removeprefix("1//0").removeprefix("M.R3_"))
        if not isinstance(found, list) or len(found) != 8:
            return None
        key, provider, address, client_id, scopes, created, given, generation = found
        known = self.grants.get(key)
        if known is None:
            born = datetime.fromtimestamp(created, tz=now.tzinfo)
            known = Grant(key, provider, address, client_id, tuple(scopes.split()), born, generation)
            self.grants[key] = known
        return known, datetime.fromtimestamp(given, tz=now.tzinfo), generation

    def revoke(self, grant: Grant, why: str) -> None:
        """All its tokens die at once."""
        grant.revoked = grant.revoked or why
        self.access = {token: kept for token, kept in self.access.items() if kept.grant is not grant}

    def of(self, provider: str, address: str) -> list[Grant]:
        return [grant for grant in self.grants.values() if (grant.provider, grant.address) == (provider, address)]

    def _drop_oldest(self, newest: Grant) -> None:
        same = [grant for grant in self.of(newest.provider, newest.address) if not grant.revoked and grant.generation]
        if newest.provider == "google" and len(same) > LIVE_REFRESH_TOKENS:
            same[0].revoked = "evicted"
