"""Google's sign-in: authorization code with PKCE, a verified id token, refresh in single flight, revocation."""

import asyncio
import hmac
import json
import secrets
import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    Authorization,
    ConnectorError,
    ConsentDenied,
    Grant,
    KeepGrant,
    LinkRefused,
    Misconfigured,
    MissingPermission,
    Turn,
    Unreachable,
)
from connectors.gmail.errors import token_refusal
from connectors.http import NETWORK_TROUBLE, Answer, Ask, LentWire, Transport, common_refusal, unreachable
from connectors.id_token import Expected, verified

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401  (sets its own filter, so it comes before ours)

    warnings.simplefilter("ignore")  # Authlib 1.9 recommends httpx2; connectors/http.py stays with httpx.
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

READ_MAIL = "https://www.googleapis.com/auth/gmail.readonly"
METADATA_ONLY = "https://www.googleapis.com/auth/gmail.metadata"
READS_MAIL = frozenset({READ_MAIL, "https://www.googleapis.com/auth/gmail.modify", "https://mail.google.com/"})
SCOPE = f"openid email {READ_MAIL}"
SAME_SCOPE = {
    "https://www.googleapis.com/auth/userinfo.email": "email",
    "https://www.googleapis.com/auth/userinfo.profile": "profile",
}
EARLY = 300
"""An access token is renewed this many seconds before it ends."""
KEPT = 3_600.0
"""Seconds that the discovery document is believed."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Endpoints:
    issuer: str
    authorize: str
    token: str
    revoke: str
    keys: str


class GoogleIdentity:
    """The issuer of the settings. Every endpoint comes from its discovery document, kept for an hour."""

    def __init__(self, *, client_id: str, client_secret: str, issuer: str, transport: Transport, clock: Clock) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._issuer = issuer.rstrip("/")
        self._transport = transport
        self._clock = clock
        self._found: tuple[float, Endpoints] | None = None

    async def begin(self, *, redirect_uri: str, login_hint: str | None) -> Authorization:
        """Raises Misconfigured without a client id, Unreachable when the issuer does not answer."""
        if not self._client_id:
            raise Misconfigured("No Google client id is configured.", reason="no_client_id")
        endpoints = await self._endpoints()
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 64))
        asked = {"access_type": "offline", "prompt": "consent", "nonce": nonce}
        hint = {"login_hint": login_hint} if login_hint else {}
        async with self._session(scope=SCOPE, redirect_uri=redirect_uri, code_challenge_method="S256") as session:
            url, _ = session.create_authorization_url(
                endpoints.authorize, state=state, code_verifier=verifier, **asked, **hint
            )
        return Authorization(url=url, state=state, flow={"state": state, "nonce": nonce, "verifier": verifier})

    async def finish(self, *, flow: Mapping[str, object], answer: Mapping[str, str], redirect_uri: str) -> Grant:
        """Raises ConsentDenied, LinkRefused, MissingPermission, Misconfigured, AdminBlocked, Unreachable."""
        endpoints = await self._endpoints()
        code = accepted_code(flow, answer, issuer=endpoints.issuer)
        token = await self._exchange(endpoints, code, str(flow["verifier"]), redirect_uri)
        claims = await self._claims(endpoints, str(token.get("id_token", "")), nonce=str(flow["nonce"]))
        scopes = meanings(str(token.get("scope", SCOPE)))
        problem = unusable(token, scopes)
        if problem:
            await self.revoke(str(token.get("refresh_token") or token["access_token"]))
            raise problem
        return Grant(
            subject=str(claims["sub"]),
            address=str(claims["email"]).lower(),
            secret=_secret(token, str(token["refresh_token"]), self._clock()),
            scopes=scopes,
            expires_at=_end(token, self._clock()),
        )

    async def renew(self, grant: Grant) -> Grant:
        """The grant with a fresh access token, and a new refresh token where Google gave one.

        Raises AccessRevoked, Misconfigured, AdminBlocked, Unreachable, RateLimited.
        """
        kept = read_secret(grant.secret)
        endpoints = await self._endpoints()
        async with self._session() as session:
            try:
                token = await session.refresh_token(endpoints.token, refresh_token=kept["refresh_token"])
            except OAuthError as refused:
                raise token_refusal(str(refused.error)) from None
            except NETWORK_TROUBLE as trouble:
                raise unreachable(trouble) from None
        fresh = str(token.get("refresh_token") or kept["refresh_token"])
        return replace(grant, secret=_secret(token, fresh, self._clock()))

    async def revoke(self, token: str) -> bool:
        """True when Google took the token back or no longer knows it; False when it could not be told."""
        try:
            endpoints = await self._endpoints()
            async with self._session() as session:
                reply = await session.revoke_token(endpoints.revoke, token=token)
        except (ConnectorError, *NETWORK_TROUBLE):
            return False
        return reply.status_code == 200 or (reply.status_code == 400 and b"invalid_token" in reply.content)

    def _session(self, **settings: str) -> Any:
        session = AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106  (the name of a method)
            revocation_endpoint_auth_method="none",
            transport=LentWire(self._transport.wire),
            timeout=30.0,
            trust_env=False,
            **settings,
        )
        for answer in ("access_token_response", "refresh_token_response"):
            session.register_compliance_hook(answer, _no_trouble)
        return session

    async def _exchange(self, endpoints: Endpoints, code: str, verifier: str, redirect_uri: str) -> dict[str, object]:
        async with self._session(redirect_uri=redirect_uri) as session:
            try:
                token = await session.fetch_token(
                    endpoints.token, grant_type="authorization_code", code=code, code_verifier=verifier
                )
            except OAuthError as refused:
                problem = token_refusal(str(refused.error))
                if isinstance(problem, AccessRevoked):
                    problem = LinkRefused("Google did not accept the answer; please link again.", reason="bad_code")
                raise problem from None
            except NETWORK_TROUBLE as trouble:
                raise unreachable(trouble) from None
        return dict(token)

    async def issuers(self) -> list[str]:
        """The spellings of the issuer. Raises Misconfigured, Unreachable."""
        return _spellings((await self._endpoints()).issuer)

    async def keys(self) -> dict[str, object]:
        """The issuer's current public keys, a JWK set. Raises Misconfigured, Unreachable."""
        return await self._get((await self._endpoints()).keys)

    async def _claims(self, endpoints: Endpoints, id_token: str, *, nonce: str) -> Mapping[str, object]:
        expected = Expected(_spellings(endpoints.issuer), self._client_id, nonce, self._clock())
        claims = verified(id_token, await self._get(endpoints.keys), expected)
        if not claims.get("email"):
            raise LinkRefused("Google did not say which address this is.", reason="no_email")
        return claims

    async def _endpoints(self) -> Endpoints:
        now = self._transport.monotonic()
        if self._found and now - self._found[0] < KEPT:
            return self._found[1]
        found = await self._get(f"{self._issuer}/.well-known/openid-configuration")
        try:
            endpoints = Endpoints(
                issuer=str(found["issuer"]),
                authorize=str(found["authorization_endpoint"]),
                token=str(found["token_endpoint"]),
                revoke=str(found["revocation_endpoint"]),
                keys=str(found["jwks_uri"]),
            )
        except KeyError as missing:
            raise Misconfigured(f"The Google issuer does not name its {missing}.", reason="bad_issuer") from None
        self._transport.also_allow(endpoints.token, endpoints.revoke, endpoints.keys)
        self._found = (now, endpoints)
        return endpoints

    async def _get(self, url: str) -> dict[str, object]:
        return await self._transport.call(Ask("GET", url, {"accept": "application/json"}), read=_document)


class Access:
    """A mailbox's access token, renewed by one caller at a time and kept before it is used (G7)."""

    def __init__(
        self, identity: GoogleIdentity, grant: Grant, *, keep: KeepGrant, turn: Turn | None, clock: Clock
    ) -> None:
        self._identity = identity
        self._grant = grant
        self._keep = keep
        self._turn = turn or self._alone
        self._clock = clock
        self._one = asyncio.Lock()

    @property
    def grant(self) -> Grant:
        return self._grant

    async def token(self, *, refused: str | None = None) -> str:
        """A token with at least five minutes to live, other than the one just `refused`."""
        async with self._one:
            if found := self._usable(refused):
                return found
            async with self._turn() as secret:
                self._grant = replace(self._grant, secret=secret)
                if found := self._usable(refused):
                    return found
                renewed = await self._identity.renew(self._grant)
                await self._keep(renewed)
                self._grant = renewed
            return str(read_secret(renewed.secret)["access_token"])

    def _alone(self) -> AbstractAsyncContextManager[str]:
        return nullcontext(self._grant.secret)

    def _usable(self, refused: str | None) -> str:
        kept = read_secret(self._grant.secret)
        token, ends = str(kept.get("access_token", "")), float(str(kept.get("expires_at", 0)))
        return token if token != refused and self._clock().timestamp() < ends - EARLY else ""


def accepted_code(flow: Mapping[str, object], answer: Mapping[str, str], *, issuer: str) -> str:
    """The code of a callback that belongs to `flow`. Raises LinkRefused, ConsentDenied, AdminBlocked."""
    if not hmac.compare_digest(str(flow.get("state", "")).encode(), answer.get("state", "").encode()):
        raise LinkRefused("This answer does not belong to a link that was started here.", reason="bad_state")
    if answer.get("iss", issuer) not in _spellings(issuer):
        raise LinkRefused("This answer comes from someone else than Google.", reason="bad_issuer")
    error = answer.get("error", "")
    if error == "access_denied":
        raise ConsentDenied("Nothing was linked: the permission was not given.", reason=error)
    if error == "admin_policy_enforced":
        raise AdminBlocked("The organisation's administrator does not allow this app.", reason=error)
    if error or not answer.get("code"):
        raise LinkRefused("Google did not finish the link.", reason="no_code")
    return answer["code"]


def unusable(token: Mapping[str, object], scopes: frozenset[str]) -> ConnectorError | None:
    """Why a token cannot serve, or None (G3, G4 and the poison of gmail.metadata)."""
    if METADATA_ONLY in scopes:
        return MissingPermission(
            "An older permission limits this app to mail headers. It has been withdrawn; please link again.",
            reason="gmail_metadata",
        )
    if not scopes & READS_MAIL:
        return MissingPermission("Reading mail was left out; please link again and tick it.", reason="gmail_readonly")
    if not token.get("refresh_token"):
        return LinkRefused("Google gave no lasting permission; please link again.", reason="no_refresh_token")
    return None


def meanings(scope: str) -> frozenset[str]:
    """Granted scopes by meaning: Google writes `email` and `profile` as long addresses in its answers."""
    return frozenset(SAME_SCOPE.get(word, word) for word in scope.split())


def read_secret(secret: str) -> dict[str, object]:
    """Raises AccessRevoked for a secret that cannot be read: only linking again helps."""
    try:
        kept = json.loads(secret)
        return {"refresh_token": str(kept["refresh_token"]), **kept}
    except (ValueError, KeyError, TypeError):
        raise AccessRevoked("The stored permission cannot be read; link again.", reason="bad_secret") from None


def _secret(token: Mapping[str, object], refresh_token: str, now: datetime) -> str:
    ends = int(now.timestamp()) + int(str(token.get("expires_in", 3_600)))
    return json.dumps({"refresh_token": refresh_token, "access_token": token["access_token"], "expires_at": ends})


def _end(token: Mapping[str, object], now: datetime) -> datetime | None:
    """When the permission itself ends: Google says so where the project is in testing (seven days)."""
    life = str(token.get("refresh_token_expires_in") or "")
    return now + timedelta(seconds=int(life)) if life.isdigit() else None


def _spellings(issuer: str) -> list[str]:
    """Google signs as `https://accounts.google.com` and, in older tokens, without the scheme."""
    return [issuer, issuer.removeprefix("https://")]


def _document(answer: Answer) -> dict[str, object]:
    if answer.status != 200:
        raise common_refusal(answer) or Misconfigured("The Google issuer has no discovery here.", reason="bad_issuer")
    return answer.mapping()


def _no_trouble(reply: Any) -> Any:
    answer = Answer(reply.status_code, {name.lower(): value for name, value in reply.headers.items()}, reply.content)
    trouble = common_refusal(answer)
    if trouble:
        raise trouble
    if answer.status == 400 and b"invalid_rapt" in answer.body:
        raise token_refusal("invalid_rapt")
    if answer.status >= 300 and not answer.headers.get("content-type", "").startswith("application/json"):
        raise Unreachable("The provider's answer could not be read.", reason="not_json")
    return reply
