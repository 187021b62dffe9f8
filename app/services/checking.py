"""Checking a client id of one's own: asks the provider what it thinks of each field, and links nothing.

A sign-in nobody answers shows whether the client id and the redirect address are known; a made-up code is refused
for the code alone once the secret is right (RFC 6749, 4.1.2.1 and 5.2).
"""

import asyncio
import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from app.settings import LOOPBACK, Settings
from connectors.contract import ConnectorError

if TYPE_CHECKING:
    from connectors.http import Answer, Transport

PATIENCE = 20.0
"""Seconds for the whole check."""
FIELDS = ("client_id", "client_secret", "redirect")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_UNKNOWN_CLIENT = ("invalid_client", "deleted_client", "AADSTS700016", "AADSTS7000112", "AADSTS900144")
_WRONG_REDIRECT = ("redirect_uri_mismatch", "AADSTS50011", "AADSTS500113", "AADSTS900971")
_WRONG_SECRET = ("invalid_client", "AADSTS7000215", "AADSTS7000222", "AADSTS7000218")
_EXPIRED_SECRET = "AADSTS7000222"  # noqa: S105 a number of Microsoft's
_CODE_REFUSED = ("invalid_grant", "invalid_request")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is to be checked. `redirect` is the address the provider is to send the browser back to."""

    provider: str
    client_id: str
    client_secret: str
    redirect: str

    def __repr__(self) -> str:
        return f"Credentials(provider={self.provider!r}, client_secret=<sealed>)"


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one field: `fine` is None when it could not be looked at."""

    field: str
    fine: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class _Endpoints:
    authorize: str
    token: str


def transport_for(settings: Settings) -> "Transport":
    """The way to the providers of these settings and nowhere else."""
    from connectors.http import Transport  # a tenth of a second (2026-11) that only the check pays

    roots = (settings.google_issuer, settings.microsoft_authority)
    return Transport(roots, extra_ca=str(settings.ssl_cert_file) if settings.ssl_cert_file else None)


async def check(transport: "Transport", settings: Settings, asked: Credentials) -> list[Found]:
    """One finding a field, in the order of FIELDS. Never raises for what the provider or the network does."""
    if not asked.client_id:
        return _unseen("Give the client id first.", client_id=Found("client_id", False, "It is missing."))
    try:
        async with asyncio.timeout(PATIENCE):
            endpoints = await _endpoints(transport, settings, asked.provider)
            found = [*await _sign_in(transport, endpoints, asked), await _secret(transport, endpoints, asked)]
    except (ConnectorError, TimeoutError) as error:
        return _unseen(f"The provider could not be asked: {error or 'it took too long'}")
    known = {each.field: each for each in found}
    if not known["client_id"].fine:
        known["client_secret"] = Found("client_secret", None, "Not looked at: the client id comes first.")
    return [known[field] for field in FIELDS]


def _unseen(why: str, **known: Found) -> list[Found]:
    return [known.get(field) or Found(field, None, why) for field in FIELDS]


async def _endpoints(transport: "Transport", settings: Settings, provider: str) -> _Endpoints:
    from connectors.http import Ask

    issuer = settings.google_issuer if provider == "google" else f"{settings.microsoft_authority}/v2.0"
    answer = await transport.once(Ask("GET", f"{issuer}/.well-known/openid-configuration"))
    told = answer.mapping()
    endpoints = _Endpoints(str(told.get("authorization_endpoint")), str(told.get("token_endpoint")))
    transport.also_allow(endpoints.authorize, endpoints.token)
    return endpoints


async def _sign_in(transport: "Transport", endpoints: _Endpoints, asked: Credentials) -> list[Found]:
    from connectors.http import Ask

    challenge = base64.urlsafe_b64encode(sha256(secrets.token_bytes(32)).digest()).decode().rstrip("=")
    query = {
        "client_id": asked.client_id,
        "redirect_uri": asked.redirect,
        "response_type": "code",
        "scope": "openid email" if asked.provider == "google" else "openid profile",
        "prompt": "none",  # nobody is asked anything
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    said = _said(await transport.once(Ask("GET", f"{endpoints.authorize}?{urlencode(query)}")))
    if any(code in said for code in _UNKNOWN_CLIENT):
        return [
            Found("client_id", False, f"The provider does not know it. {_looks_wrong(asked)}".strip()),
            Found("redirect", None, "Not looked at: the client id comes first."),
        ]
    return [Found("client_id", True, "The provider knows it."), _redirect(said, asked)]


def _redirect(said: str, asked: Credentials) -> Found:
    if any(code in said for code in _WRONG_REDIRECT):
        words = f"It is not registered there. Add exactly {asked.redirect} to the client's redirect addresses."
        return Found("redirect", False, f"{words} {_only_localhost(asked)}".strip())
    return Found("redirect", True, f"{asked.redirect} is registered.")


async def _secret(transport: "Transport", endpoints: _Endpoints, asked: Credentials) -> Found:
    from connectors.http import Ask

    if not asked.client_secret:
        return Found("client_secret", False, "It is missing.")
    form = {
        "grant_type": "authorization_code",
        "code": f"check-{secrets.token_urlsafe(16)}",
        "client_id": asked.client_id,
        "client_secret": asked.client_secret,
        "redirect_uri": asked.redirect,
        "code_verifier": secrets.token_urlsafe(48),
    }
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    answer = await transport.once(Ask("POST", endpoints.token, headers, urlencode(form).encode()))
    codes = _codes(answer.mapping())
    if _EXPIRED_SECRET in codes:
        return Found("client_secret", False, "It has expired. Make a new one.")
    if not codes.isdisjoint(_WRONG_SECRET):
        return Found(
            "client_secret", False, f"It does not belong to this client id. {_looks_wrong_secret(asked)}".strip()
        )
    if not codes.isdisjoint(_CODE_REFUSED) or "redirect_uri_mismatch" in codes:
        return Found("client_secret", True, "It belongs to this client id.")
    return Found("client_secret", None, "The provider's answer says nothing about it.")


def _codes(answer: Mapping[str, object]) -> frozenset[str]:
    """The machine words of a refusal: `error`, and Microsoft's numbers."""
    listed = answer.get("error_codes")
    numbers = [f"AADSTS{code}" for code in listed] if isinstance(listed, list) else []
    return frozenset([str(answer.get("error", "")), *numbers])


def _said(answer: "Answer") -> str:
    """Everything a refusal may hide its code in: the page, the address it leads to, Google's packed `authError`."""
    location = answer.headers.get("location", "")
    packed = "".join(parse_qs(urlsplit(location).query).get("authError", []))
    return f"{_unpacked(packed)} {location} {answer.body.decode('utf-8', 'replace')}"


def _unpacked(packed: str) -> str:
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _looks_wrong(asked: Credentials) -> str:
    """What kind of thing was taken for the client id, where its shape tells."""
    if asked.client_id != asked.client_id.strip():
        return "There are spaces around it."
    if asked.provider == "google" and not asked.client_id.endswith(".apps.googleusercontent.com"):
        return "Google's end with .apps.googleusercontent.com."
    if asked.provider == "microsoft" and not _GUID.fullmatch(asked.client_id):
        return (
            "Microsoft's is the Application (client) ID of the overview, such as 1b4e28ba-2fa1-11d2-883f-0016d3cca427."
        )
    return ""


def _looks_wrong_secret(asked: Credentials) -> str:
    if asked.provider == "microsoft" and _GUID.fullmatch(asked.client_secret):
        return "This looks like the Secret ID; take the Value beside it, which is shown only once."
    return ""


def _only_localhost(asked: Credentials) -> str:
    address = urlsplit(asked.redirect)
    numeric = address.scheme == "http" and address.hostname in LOOPBACK - {"localhost"}
    if asked.provider == "microsoft" and numeric:
        return (
            "Microsoft takes plain http for localhost only: set AFTERTOUCH_BASE_URL to http://localhost with this port."
        )
    return ""
