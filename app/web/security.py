"""Who is asking, and from where: exact Host and Origin lists, session cookie, device token, headers on every answer."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse

from app.services import signing_in
from app.services.errors import NotSignedIn, OutOfScope
from app.services.parts import Parts
from app.services.scopes import EVERYTHING, WORDS, Scope, held
from app.settings import LOOPBACK, Settings
from app.store import scope as whose
from app.store.accounts import Linked
from app.store.errors import KeyMissing
from app.web.attempts import door_of
from app.web.session_cookie import SessionCookie

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OPEN_PATHS = ("/hooks/",)
STATIC_PATH = "/static/"  # kept by browsers, and asked for by ETag each time
FORWARDED = ("forwarded", "x-forwarded-for", "via")
PROBES = ("/health", "/ready")
EXTENSION_SCHEMES = ("chrome-extension://", "moz-extension://")
CONTENT_POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self' {forms}; frame-ancestors 'none'; base-uri 'none'"
)

ONE_YEAR_ENCRYPTED = "max-age=31536000; includeSubDomains"

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[AsgiScope, Receive, Send], Awaitable[None]]


class Border:
    """The outermost layer: refuses foreign hosts and origins, numbers every request, sets the headers.

    Refusing by exact Host stops DNS rebinding; refusing foreign origins stops pages that post blindly.
    """

    def __init__(self, app: Asgi, settings: Settings) -> None:
        self.app = app
        self.hosts = allowed_hosts(settings)
        self.origins = own_origins(settings)
        forms = " ".join(provider_origins(settings))
        self.policy = CONTENT_POLICY.format(forms=forms).strip()
        self.encrypted = settings.base.scheme == "https"

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with whose.nobody():
            await self._answer(scope, receive, send)

    async def _answer(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        correlation_id = secrets.token_hex(8)
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        refusal = self._refusal(scope)
        if refusal:
            await _refuse(refusal, correlation_id)(scope, receive, self._dressed(send, scope, correlation_id))
            return
        await self.app(scope, receive, self._dressed(send, scope, correlation_id))

    def _refusal(self, scope: AsgiScope) -> str:
        headers = Headers(scope=scope)
        if scope["path"] in PROBES and scope["method"] == "GET":
            return ""
        if headers.get("host", "") not in self.hosts:
            return "This address is not served here."
        if scope["path"].startswith(OPEN_PATHS):
            return ""
        origin = headers.get("origin")
        if origin is not None and origin not in self.origins and not origin.startswith(EXTENSION_SCHEMES):
            return "Requests from other sites are refused."
        if scope["method"] not in SAFE_METHODS and headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            return (
                "" if origin is not None and origin.startswith(EXTENSION_SCHEMES) else "Cross-site writes are refused."
            )
        return ""

    def _dressed(self, send: Send, scope: AsgiScope, correlation_id: str) -> Send:
        caching = "no-cache" if scope["path"].startswith(STATIC_PATH) else "no-store"

        async def dressed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", self.policy)
                headers.setdefault("cache-control", caching)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"  # no-referrer would send our own forms with `Origin: null`
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["x-correlation-id"] = correlation_id
                if self.encrypted:
                    headers["strict-transport-security"] = ONE_YEAR_ENCRYPTED
            await send(message)

        return dressed


def allowed_hosts(settings: Settings) -> set[str]:
    """The exact Host values: the base address's, and for a loopback one its other spellings with the same port."""
    host, port = settings.base.hostname or "", settings.base.port
    names = LOOPBACK if host in LOOPBACK else {host}
    spelled = {f"[{name}]" if ":" in name else name for name in names}
    return {name if port is None else f"{name}:{port}" for name in spelled}


def own_origins(settings: Settings) -> set[str]:
    return {f"{settings.base.scheme}://{host}" for host in allowed_hosts(settings)}


def provider_origins(settings: Settings) -> list[str]:
    """Where a form on our pages may lead: the providers' consent screens."""
    addresses = (settings.google_issuer, settings.microsoft_authority)
    return sorted({"/".join(address.split("/")[:3]) for address in addresses})


def _refuse(why: str, correlation_id: str) -> JSONResponse:
    body = {"type": "about:blank#refused", "title": "Forbidden", "status": 403, "code": "refused", "detail": why}
    return JSONResponse({**body, "correlation_id": correlation_id}, 403, media_type="application/problem+json")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person, through a browser session or, with a `device_id`, one of their devices.

    With a device came what is linked, as it was when the token was looked up.
    """

    person_id: str
    device_id: str = ""
    scopes: frozenset[Scope] = frozenset(EVERYTHING)
    linked: Linked | None = None

    @property
    def by_session(self) -> bool:
        return not self.device_id

    def may_see(self, device_id: str) -> bool:
        """Whether that device is its own business: itself, or any with the scope for it."""
        return device_id == self.device_id or Scope.DEVICES in self.scopes

    def need(self, scope: Scope) -> None:
        """Raises OutOfScope."""
        if scope not in self.scopes:
            raise OutOfScope(scope, WORDS[scope])


TAKES_AWAY = ("/sign-out", "/devices/", "/api/v1/devices/")
"""Where a write only ends what somebody may do, and needs no key."""


async def writable(request: Request) -> None:
    """Without its key the store is only read. Raises KeyMissing for everything that would write."""
    why = parts_of(request).sealer.why_blind
    if why and request.method not in SAFE_METHODS and not request.url.path.startswith(TAKES_AWAY):
        raise KeyMissing(f"{why} Until then nothing is changed here, and nothing is lost.")


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _parts(request: Request) -> Parts:
    """Awaited: the framework runs other dependencies in a thread, which takes longer than they do."""
    return parts_of(request)


DeviceToken = HTTPBearer(
    scheme_name="device token", description="From pairing or `aftertouch device add`.", auto_error=False
)
TheSession = Annotated[str | None, Depends(SessionCookie())]


async def caller(
    wanted: SecurityScopes,
    request: Request,
    device: Annotated[HTTPAuthorizationCredentials | None, Depends(DeviceToken)],
    session: TheSession,
) -> Caller:
    """The signed-in caller, whose rows alone the rest of the request sees.

    Raises NotSignedIn, and OutOfScope unless the route's scopes are the caller's; a session may write only from our
    own pages.
    """
    return _let_in(_caller(request, device, session), wanted)


def _let_in(who: Caller, wanted: SecurityScopes) -> Caller:
    for scope in wanted.scopes:
        who.need(Scope(scope))
    whose.only(who.person_id)
    return who


def _caller(request: Request, device: HTTPAuthorizationCredentials | None, session: str | None) -> Caller:
    parts = parts_of(request)
    now = parts.clock()
    if device is not None:
        found = signing_in.device_of(parts, device.credentials.strip(), now)
        if found is None:
            door = door_of(request)
            door.windows.tokens.take(door.source)
            raise NotSignedIn("This device is not paired any more. Pair it again in the extension's options.")
        known, linked = found
        return Caller(known.person_id, known.id, frozenset(held(known.scopes)), linked)
    person_id = signing_in.person_of_session(parts, session, now) if session else None
    if person_id is None:
        raise NotSignedIn(f"Sign in first: {_way_in(parts)}.")
    if request.method not in SAFE_METHODS and request.headers.get("origin") not in own_origins(parts.settings):
        raise NotSignedIn("A write with a session cookie needs the Origin header of our own pages.")
    return Caller(person_id)


async def on_this_machine_or_signed(
    wanted: SecurityScopes,
    request: Request,
    device: Annotated[HTTPAuthorizationCredentials | None, Depends(DeviceToken)],
    session: TheSession,
) -> None:
    """Lets through who asks from this machine, but not through a proxy on it, and who has the operator's token.

    Everybody else as `caller`. Raises NotSignedIn.
    """
    near = request.client is not None and request.client.host in LOOPBACK
    if near and not any(name in request.headers for name in FORWARDED):
        return
    operators = parts_of(request).settings.metrics_token
    if not (
        operators
        and device
        and secrets.compare_digest(operators.get_secret_value().encode(), device.credentials.encode())
    ):
        await caller(wanted, request, device, session)


async def session_caller(request: Request, who: Annotated[Caller, Depends(caller)]) -> Caller:
    """A caller in the browser: pairing, devices and linking are not for device tokens."""
    if not who.by_session:
        raise NotSignedIn(f"This needs the browser: {_way_in(parts_of(request))}.")
    return who


def _way_in(parts: Parts) -> str:
    if parts.settings.hosted:
        return f"open {parts.settings.base_url} and sign in"
    return "open the link that `aftertouch sign-in` prints"


async def guest(request: Request, session: TheSession) -> Caller | None:
    """The signed-in browser; on a shared server None is somebody who is about to sign in. Raises NotSignedIn."""
    try:
        who = _caller(request, None, session)
    except NotSignedIn:
        if parts_of(request).settings.hosted:
            return None
        raise
    whose.only(who.person_id)
    return who


MayAskAdvice = Annotated[Caller, Security(caller, scopes=[Scope.ADVICE])]
MayReadHistory = Annotated[Caller, Security(caller, scopes=[Scope.HISTORY])]
MayLog = Annotated[Caller, Security(caller, scopes=[Scope.LOG])]
MayCorrect = Annotated[Caller, Security(caller, scopes=[Scope.CORRECT])]
MaySetRules = Annotated[Caller, Security(caller, scopes=[Scope.RULES])]
MaySeeMailboxes = Annotated[Caller, Security(caller, scopes=[Scope.MAILBOXES])]
MaySeeItself = Annotated[Caller, Security(caller, scopes=[Scope.ITSELF])]
MayExport = Annotated[Caller, Security(caller, scopes=[Scope.EXPORT])]
MayUnlink = Annotated[Caller, Security(caller, scopes=[Scope.UNLINK])]
MayErase = Annotated[Caller, Security(caller, scopes=[Scope.ERASE])]
Guest = Annotated[Caller | None, Depends(guest)]
InBrowser = Annotated[Caller, Depends(session_caller)]
TheParts = Annotated[Parts, Depends(_parts)]
