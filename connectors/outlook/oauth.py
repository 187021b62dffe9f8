"""Microsoft's sign-in through MSAL, in a thread and over our own transport; one token cache for each account."""

import asyncio
import hmac
import json
import warnings
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msal

from connectors.contract import (
    AccessRevoked,
    Authorization,
    ConnectorError,
    Grant,
    KeepGrant,
    LinkRefused,
    Misconfigured,
    MissingPermission,
    Transient,
    Turn,
)
from connectors.http import Answer, Ask, Transport, common_refusal
from connectors.id_token import Expected, verified
from connectors.outlook.errors import link_refusal, sign_in_refusal

READ_MAIL = "Mail.Read"
READS_MAIL = frozenset({"mail.read", "mail.readwrite"})
SCOPES = [READ_MAIL, "User.Read"]
GRAPH = "https://graph.microsoft.com/"
EARLY = timedelta(minutes=5)
"""An access token is asked for anew this long before it ends; MSAL renews it in the same five minutes."""
LONGEST_WAIT = 90.0
"""Seconds after which MSAL's thread gives up on an event loop that has gone away."""

# The callback is a GET: a form_post would be a cross-site POST, to which the browser gives no SameSite=Lax cookie.
warnings.filterwarnings("ignore", message="response_mode='form_post'", category=UserWarning)

T = TypeVar("T")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Reply:
    """What MSAL wants of an HTTP answer."""

    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        """MSAL never needs this: trouble was raised before it saw the answer."""


class MsalWire:
    """MSAL's `http_client`: called in MSAL's thread, sends on the event loop through the one transport.

    MSAL insists on https; for an authority on this machine `https` is turned to `http` on the way out and back in
    the discovery's answer. Transient trouble is raised here, so that MSAL's own throttle never remembers it.
    """

    def __init__(self, transport: Transport, plain: "Plain", loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._plain = plain
        self._loop = loop

    def get(self, url: str, *, params: Any = None, headers: Any = None, **_: Any) -> Reply:
        return self._sent(Ask("GET", f"{url}?{urlencode(params)}" if params else url, headers or {}))

    def post(self, url: str, *, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> Reply:
        target = f"{url}?{urlencode(params)}" if params else url
        body = urlencode(data).encode() if isinstance(data, Mapping) else str(data or "").encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._sent(Ask("POST", target, {**kind, **(headers or {})}, body))

    def close(self) -> None:
        """The transport is not ours to close."""

    def _sent(self, ask: Ask) -> Reply:
        outward = replace(ask, url=self._plain.outward(ask.url))
        answer = self._waited(self._transport.once(outward))
        trouble = common_refusal(answer)
        if trouble:
            raise trouble
        return Reply(answer.status, self._plain.inward(_text(answer)), answer.headers)

    def _waited(self, call: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Plain:
    """Turns the addresses of a plain http authority to https for MSAL and back; leaves any other alone."""

    http: str = ""

    @classmethod
    def of(cls, authority: str) -> "Plain":
        parts = urlsplit(authority)
        return cls(f"http://{parts.netloc}" if parts.scheme == "http" else "")

    @property
    def https(self) -> str:
        return self.http.replace("http://", "https://", 1)

    def outward(self, text: str) -> str:
        return text.replace(self.https, self.http) if self.http else text

    def inward(self, text: str) -> str:
        return text.replace(self.http, self.https) if self.http else text


class MicrosoftIdentity:
    """The authority of the settings."""

    def __init__(
        self, *, client_id: str, client_secret: str, authority: str, transport: Transport, clock: Clock
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._plain = Plain.of(authority)
        self._authority = authority.rstrip("/")
        self._transport = transport
        self.clock = clock

    async def begin(self, *, redirect_uri: str, login_hint: str | None) -> Authorization:
        """Raises Misconfigured without a client id or with an unusable authority, Unreachable, RateLimited."""
        if not self._client_id:
            raise Misconfigured("No Microsoft client id is configured.", reason="no_client_id")
        flow = await self._with_app(
            None,
            lambda app: app.initiate_auth_code_flow(
                SCOPES,
                redirect_uri=redirect_uri,
                login_hint=login_hint,
                prompt=None if login_hint else "select_account",
                response_mode="query",
            ),
        )
        return Authorization(url=self._plain.outward(flow["auth_uri"]), state=flow["state"], flow=flow)

    async def finish(self, *, flow: Mapping[str, object], answer: Mapping[str, str]) -> Grant:
        """The grant; its address is the one in the id token, which need not be the mailbox's.

        Raises ConsentDenied, LinkRefused, MissingPermission, Misconfigured, AdminBlocked, Unreachable.
        """
        if not hmac.compare_digest(str(flow.get("state", "")).encode(), answer.get("state", "").encode()):
            raise LinkRefused("This answer does not belong to a link that was started here.", reason="bad_state")
        if answer.get("error"):
            raise link_refusal(answer)
        cache = msal.SerializableTokenCache()
        result = await self._with_app(cache, lambda app: _exchanged(app, flow, answer))
        if "access_token" not in result:
            raise link_refusal(result)
        claims = await self._claims(result)
        scopes = meanings(str(result.get("scope", "")))
        if not reads_mail(" ".join(scopes)):
            raise MissingPermission("Reading mail was left out; please link again.", reason=READ_MAIL)
        if not next(cache.search(msal.TokenCache.CredentialType.REFRESH_TOKEN), None):
            raise LinkRefused("Microsoft gave no lasting permission; please link again.", reason="no_refresh_token")
        address = str(claims.get("email") or claims.get("preferred_username") or "").lower()
        return Grant(f"{claims['tid']}.{claims['oid']}", address, cache.serialize(), scopes)

    async def token(self, grant: Grant, *, force: bool) -> tuple[str, datetime, Grant]:
        """An access token, when it ends, and the grant with the cache that now belongs to it, changed or not.

        Raises AccessRevoked, AdminBlocked, Misconfigured, Unreachable, RateLimited.
        """
        cache = _opened(grant.secret)
        result = await self._with_app(cache, lambda app: _silently(app, force=force))
        if "access_token" not in result:
            raise sign_in_refusal(result)
        ends = self.clock() + timedelta(seconds=int(result.get("expires_in", 0)))
        kept = replace(grant, secret=cache.serialize()) if cache.has_state_changed else grant
        return str(result["access_token"]), ends, kept

    async def _claims(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """The id token's claims, verified here: MSAL compares the nonce, and since 1.38 nothing else."""
        found = await self._document(f"{self._authority}/v2.0/.well-known/openid-configuration")
        tenant = str(result.get("id_token_claims", {}).get("tid", ""))
        issuer = str(found.get("issuer", "")).replace("{tenantid}", tenant)
        keys = await self._document(str(found.get("jwks_uri", "")))
        expected = Expected([issuer], self._client_id, None, self.clock())
        claims = verified(str(result.get("id_token", "")), keys, expected)
        if not claims.get("tid") or not claims.get("oid"):
            raise LinkRefused("Microsoft did not say whose mailbox this is.", reason="no_identity")
        return claims

    async def _document(self, url: str) -> dict[str, Any]:
        return await self._transport.call(Ask("GET", url, {"accept": "application/json"}), read=_found)

    async def _with_app(self, cache: msal.SerializableTokenCache | None, act: Callable[[Any], T]) -> T:
        """Run `act` on a new application object in a thread: MSAL's hidden throttle lives and dies with the object."""
        wire = MsalWire(self._transport, self._plain, asyncio.get_running_loop())
        return await asyncio.to_thread(self._act, wire, cache, act)

    def _act(self, wire: MsalWire, cache: Any, act: Callable[[Any], T]) -> T:
        try:
            app = msal.ConfidentialClientApplication(
                self._client_id,
                client_credential=self._client_secret,
                authority=self._plain.inward(self._authority),
                token_cache=cache,
                http_client=wire,
                instance_discovery=False,
            )
        except ConnectorError:
            raise
        except Exception:  # MSAL answers an unusable authority with whatever it stumbles over first
            raise Misconfigured("The Microsoft authority has no discovery here.", reason="bad_authority") from None
        return act(app)


class Access:
    """A mailbox's access token, renewed by one caller at a time; a changed cache is kept before it is used (M2, M5)."""

    def __init__(self, identity: MicrosoftIdentity, grant: Grant, *, keep: KeepGrant, turn: Turn | None) -> None:
        self._identity = identity
        self._grant = grant
        self._keep = keep
        self._turn = turn or self._alone
        self._one = asyncio.Lock()
        self._current, self._ends = usable(grant.secret)

    async def token(self, *, refused: str | None = None) -> str:
        """A token with minutes to live, other than the one just `refused`."""
        async with self._one:
            if self._is_fresh(refused):
                return self._current
            async with self._turn() as secret:
                self._grant = replace(self._grant, secret=secret)
                self._current, self._ends = usable(secret)
                if not self._is_fresh(refused):
                    await self._renew(force=refused is not None and refused == self._current)
            return self._current

    async def _renew(self, *, force: bool) -> None:
        token, ends, grant = await self._identity.token(self._grant, force=force)
        if grant is not self._grant:
            await self._keep(grant)
            self._grant = grant
        self._current, self._ends = token, ends

    def _is_fresh(self, refused: str | None) -> bool:
        return bool(self._current) and self._current != refused and self._identity.clock() < self._ends - EARLY

    def _alone(self) -> AbstractAsyncContextManager[str]:
        return nullcontext(self._grant.secret)


def usable(secret: str) -> tuple[str, datetime]:
    """The newest access token in a cache and when it ends, by MSAL's own book-keeping; an empty one long ago.

    Most calls find one here, and need neither MSAL's thread nor its discovery.
    """
    try:
        kept = json.loads(secret).get("AccessToken", {}).values()
        found = [(int(one["expires_on"]), str(one["secret"])) for one in kept if reads_mail(str(one["target"]))]
    except (ValueError, TypeError, KeyError, AttributeError):
        found = []
    ends, token = max(found, default=(0, ""))
    return token, datetime.fromtimestamp(ends, tz=UTC)


def reads_mail(scope: str) -> bool:
    return bool({one.lower() for one in meanings(scope)} & READS_MAIL)


def meanings(scope: str) -> frozenset[str]:
    """Granted scopes by meaning: Graph's may carry their resource's address (case does not count)."""
    return frozenset(word[len(GRAPH) :] if word.lower().startswith(GRAPH) else word for word in scope.split())


def _exchanged(app: Any, flow: Mapping[str, object], answer: Mapping[str, str]) -> dict[str, Any]:
    try:
        return dict(app.acquire_token_by_auth_code_flow(dict(flow), dict(answer)))
    except Transient:
        raise
    except (ValueError, KeyError, RuntimeError):  # MSAL's texts hold state and nonce
        raise LinkRefused("This answer does not belong to a link that was started here.", reason="bad_answer") from None


def _silently(app: Any, *, force: bool) -> dict[str, Any]:
    accounts = app.get_accounts()
    if not accounts:
        return {"error": "no_account"}
    return dict(app.acquire_token_silent_with_error(SCOPES, accounts[0], force_refresh=force) or {"error": "no_token"})


def _opened(secret: str) -> msal.SerializableTokenCache:
    """Raises AccessRevoked for a blob that cannot be read: only linking again helps (M2)."""
    cache = msal.SerializableTokenCache()
    try:
        cache.deserialize(secret)
        if not next(cache.search(msal.TokenCache.CredentialType.REFRESH_TOKEN), None):
            raise ValueError
    except (ValueError, TypeError, AttributeError):
        raise AccessRevoked("The stored permission cannot be read; link again.", reason="bad_secret") from None
    return cache


def _found(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise common_refusal(answer) or Misconfigured("The Microsoft authority has no discovery here.", reason="keys")
    return answer.mapping()


def _text(answer: Answer) -> str:
    return answer.body.decode("utf-8", "replace")
