"""Microsoft's identity endpoints, for any tenant: discovery, consent, tokens and keys."""

import base64
import hashlib
import json
import uuid
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.simulator.config import CONSUMER_TENANT
from connectors.simulator.consent import Page, back, consent_page, mistake
from connectors.simulator.grants import Asked, Code, Grant
from connectors.simulator.keys import key_set, pkce_matches, sign
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.world import World

TENANTS = "{tenant:tenant}"
GRAPH_PREFIX = "https://graph.microsoft.com/"
OIDC_SCOPES = {
    "openid": "Sign you in",
    "profile": "View your basic profile",
    "email": "View your email address",
    "offline_access": "Maintain access to data you have given it access to",
}
GRAPH_SCOPES = {
    "Mail.Read": "Read your mail",
    "Mail.ReadBasic": "Read your basic mail, without bodies",
    "User.Read": "Read your profile",
    "Mail.ReadWrite": "Read and write access to your mail",
}
REFRESH_LIFE = timedelta(days=90)
"""Sliding life of a confidential application's refresh token (docs/providers.md M5)."""


class LoginError(Exception):
    """An AADSTS error: the OAuth error, its number and words (docs/providers.md M4)."""

    def __init__(self, error: str, number: int, words: str, *, status: int = 400, suberror: str = "") -> None:
        super().__init__(words)
        self.error, self.number, self.words = error, number, words
        self.status, self.suberror = status, suberror


def short_scope(scope: str) -> str:
    """Scopes are names without regard to case, with or without Graph's address before them."""
    bare = scope[len(GRAPH_PREFIX) :] if scope.lower().startswith(GRAPH_PREFIX) else scope
    known = {name.lower(): name for name in (*OIDC_SCOPES, *GRAPH_SCOPES)}
    return known.get(bare.lower(), bare)


def _encoded(value: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class MicrosoftIdentity:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        return [
            Route(f"/{TENANTS}/v2.0/.well-known/openid-configuration", self.discovery),
            Route(f"/{TENANTS}/oauth2/v2.0/authorize", self.authorize),
            Route(f"/{TENANTS}/oauth2/v2.0/consent", self.consent, methods=["POST"]),
            Route(f"/{TENANTS}/oauth2/v2.0/token", self.token, methods=["POST"]),
            Route(f"/{TENANTS}/discovery/v2.0/keys", self.certs),
        ]

    def _origin(self, request: Request) -> str:
        """Scheme and host the request came with; behind a TLS edge X-Forwarded-Proto tells the scheme."""
        scheme = request.headers.get("x-forwarded-proto", request.url.scheme).split(",")[0].strip()
        return f"{scheme}://{request.headers.get('host', request.url.netloc)}"

    def _issuer(self, origin: str, tenant: str) -> str:
        return f"{origin}/{'{tenantid}' if tenant in ('common', 'organizations') else tenant}/v2.0"

    async def discovery(self, request: Request) -> Response:
        origin, tenant = self._origin(request), self._tenant(request)
        base = f"{origin}/{tenant}"
        return JSONResponse(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code"],
                "scopes_supported": list(OIDC_SCOPES),
                "issuer": self._issuer(origin, tenant),
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "tenant_region_scope": None,
                "cloud_instance_name": "microsoftonline.com",
                "msgraph_host": "graph.microsoft.com",
            }
        )

    async def certs(self, request: Request) -> Response:
        return JSONResponse(key_set("microsoft"))

    def _tenant(self, request: Request) -> str:
        tenant = str(request.path_params["tenant"])
        return CONSUMER_TENANT if tenant == "consumers" else tenant

    def mailboxes(self, tenant: str) -> list[Mailbox]:
        """Who may sign in under a tenant: everybody, work accounts, or the members of one."""
        everyone = self.world.of("microsoft")
        if tenant == "common":
            return everyone
        if tenant == "organizations":
            return [box for box in everyone if box.tenant != CONSUMER_TENANT]
        return [box for box in everyone if box.tenant == tenant]

    async def authorize(self, request: Request) -> Response:
        asks = dict(request.query_params)
        if asks.get("client_id") != self.world.config.microsoft_client_id:
            return mistake("Microsoft", "AADSTS700016", "The application was not found in the directory.")
        if not self.world.config.knows_redirect([asks.get("redirect_uri", "")]):
            return mistake("Microsoft", "AADSTS50011", "The redirect URI does not match those of the application.")
        asked = self.asked(asks, self._tenant(request))
        problem = self._problem(asks, asked)
        if problem:
            return back(asked, {"error": "invalid_request", "error_description": problem})
        blocked = self.world.faults.value("admin_consent_needed")
        if blocked:
            words = "AADSTS90094: An administrator of the organisation must grant the permission."
            return back(asked, {"error": "consent_required", "error_description": words})
        return consent_page(self.page(asked))

    def page(self, asked: Asked) -> Page:
        words = [(scope, {**OIDC_SCOPES, **GRAPH_SCOPES}[scope], False) for scope in asked.scopes]
        action = f"/{asked.tenant}/oauth2/v2.0/consent"
        ticket = self.world.grants.ask(asked)
        return Page("Microsoft", action, ticket, self.mailboxes(asked.tenant), words, asked.login_hint)

    def asked(self, asks: dict[str, str], tenant: str) -> Asked:
        scopes = tuple(dict.fromkeys(short_scope(scope) for scope in asks.get("scope", "").split()))
        return Asked(
            provider="microsoft",
            client_id=asks["client_id"],
            redirect_uri=asks["redirect_uri"],
            scopes=scopes,
            state=asks.get("state", ""),
            challenge=asks.get("code_challenge", ""),
            nonce=asks.get("nonce", ""),
            offline="offline_access" in scopes,
            response_mode=asks.get("response_mode", "query"),
            tenant=CONSUMER_TENANT if tenant == "consumers" else tenant,
            login_hint=asks.get("login_hint", "").lower(),
        )

    @staticmethod
    def _problem(asks: dict[str, str], asked: Asked) -> str:
        if asks.get("response_type") != "code":
            return "AADSTS900144: The request must contain response_type=code."
        if not asked.scopes:
            return "AADSTS900144: The request body must contain the following parameter: 'scope'."
        unknown = [scope for scope in asked.scopes if scope not in {**OIDC_SCOPES, **GRAPH_SCOPES}]
        if unknown:
            return f"AADSTS70011: The provided request must include a valid 'scope'. Unknown: {unknown}."
        if not asked.challenge or asks.get("code_challenge_method") != "S256":
            return "AADSTS9002325: Proof Key for Code Exchange with S256 is required."
        return ""

    async def consent(self, request: Request) -> Response:
        form = await request.form()
        asked = self.world.grants.waiting.pop(str(form.get("ticket", "")), None)
        if not asked or asked.provider != "microsoft":
            return mistake("Microsoft", "AADSTS900561", "This sign-in page was already answered.")
        if form.get("answer") != "allow":
            return self.denied(asked)
        return self.allowed(asked, str(form.get("account", "")))

    def denied(self, asked: Asked) -> Response:
        words = "AADSTS65004: User declined to consent to access the app."
        return back(asked, {"error": "access_denied", "error_description": words, "error_subcode": "cancel"})

    def allowed(self, asked: Asked, address: str, ticked: set[str] | None = None) -> Response:
        """Consent is all or nothing here; only a fault gives less."""
        box = self.world.mailbox(address, "microsoft")
        if not box or box not in self.mailboxes(asked.tenant):
            return mistake("Microsoft", "AADSTS50020", "The account does not exist in the tenant.")
        subset = self.world.faults.value("scope_subset", address)
        given = tuple(scope for scope in asked.scopes if subset is None or scope not in GRAPH_SCOPES)
        code = self.world.grants.allow(asked, address, given, self.world.now())
        return back(asked, {"code": code, "session_state": str(uuid.UUID(int=self.world.rng.getrandbits(128)))})

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        scripted = self.world.faults.taken("microsoft-identity POST /token", "")
        await self.world.wait(self.world.faults.number("token_slow"), scripted)
        for script in scripted:
            if script.reply:
                return Response(script.reply.content(), script.reply.status, dict(script.reply.headers))
        try:
            self._check_application(request, form)
            origin = self._origin(request)
            if form.get("grant_type") == "authorization_code":
                return self._exchange(form, origin)
            if form.get("grant_type") == "refresh_token":
                return self._refresh(form, origin)
            raise LoginError("unsupported_grant_type", 70003, "The grant type is not supported.")
        except LoginError as error:
            return self._error(error)

    def _check_application(self, request: Request, form: dict[str, str]) -> None:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, secret = base64.b64decode(value).decode().partition(":")
        if name != self.world.config.microsoft_client_id:
            raise LoginError("unauthorized_client", 700016, "The application was not found.", status=400)
        if self.world.faults.value("client_secret_expired"):
            raise LoginError("invalid_client", 7000222, "The provided client secret keys are expired.", status=401)
        if secret != self.world.config.microsoft_client_secret:
            raise LoginError("invalid_client", 7000215, "Invalid client secret provided.", status=401)

    def _exchange(self, form: dict[str, str], origin: str) -> Response:
        code = self.world.grants.codes.get(form.get("code", ""))
        if not code or code.asked.provider != "microsoft":
            raise LoginError("invalid_grant", 70000, "The provided value for the 'code' parameter is not valid.")
        self._spend(code)
        if form.get("redirect_uri") != code.asked.redirect_uri:
            raise LoginError("invalid_grant", 500112, "The reply address does not match the one of the request.")
        if not pkce_matches(form.get("code_verifier", ""), code.asked.challenge):
            raise LoginError("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge.")
        return self._tokens(code.grant, form, origin, nonce=code.asked.nonce)

    def _spend(self, code: Code) -> None:
        if code.used:
            raise LoginError("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed.")
        if code.expires <= self.world.now():
            raise LoginError("invalid_grant", 70008, "The provided authorization code is expired.")
        code.used = True

    def _refresh(self, form: dict[str, str], origin: str) -> Response:
        faults, now = self.world.faults, self.world.now()
        found = self.world.grants.of_refresh_token(form.get("refresh_token", ""), now)
        if not found or found[0].provider != "microsoft":
            raise LoginError("invalid_grant", 9002313, "Invalid request. The refresh token is malformed.")
        grant, given, generation = found
        if grant.revoked:
            raise LoginError("invalid_grant", 50173, "The grant was revoked; a fresh one is needed.")
        if now - given > REFRESH_LIFE or faults.value("refresh_tokens_expired", grant.address):
            raise LoginError("invalid_grant", 700082, "The refresh token has expired due to inactivity.")
        if generation != grant.generation and faults.value("rotation_kills_old", grant.address):
            raise LoginError("invalid_grant", 50173, "The refresh token was replaced by a newer one.")
        if faults.value("interaction_required", grant.address):
            words = "Due to a configuration change you must use multi-factor authentication."
            raise LoginError("interaction_required", 50076, words, suberror="basic_action")
        self._check_scopes(form, grant)
        grant.renewed += 1
        return self._tokens(grant, form, origin)

    def _check_scopes(self, form: dict[str, str], grant: Grant) -> None:
        wanted = {short_scope(scope) for scope in form.get("scope", "").split()} - set(OIDC_SCOPES)
        if wanted - set(grant.scopes):
            words = "The person or administrator has not consented to use the application."
            raise LoginError("invalid_grant", 65001, words, suberror="consent_required")

    def _tokens(self, grant: Grant, form: dict[str, str], origin: str, *, nonce: str = "") -> Response:
        now = self.world.now()
        box = self.world.mailbox(grant.address, "microsoft")
        shown = [scope for scope in grant.scopes if scope != "offline_access"]
        body: dict[str, object] = {
            "token_type": "Bearer",
            "scope": " ".join(shown),
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": self.world.grants.access_token(grant, grant.scopes, now),
        }
        if "offline_access" in grant.scopes and not self.world.faults.value("no_refresh_token", grant.address):
            body["refresh_token"] = self.world.grants.refresh_token(grant, now)
        if "openid" in grant.scopes and box:
            body["id_token"] = sign("microsoft", self._claims(grant, box, origin, nonce))
        if form.get("client_info") == "1" and box:
            body["client_info"] = _encoded({"uid": box.subject, "utid": box.tenant})
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    def _claims(self, grant: Grant, box: Mailbox, origin: str, nonce: str) -> dict[str, object]:
        now = round(self.world.now().timestamp())
        pairwise = hashlib.sha256(f"{box.subject}{grant.client_id}".encode()).hexdigest()[:43]
        claims: dict[str, object] = {
            "ver": "2.0",
            "iss": self._issuer(origin, box.tenant),
            "sub": pairwise,
            "aud": grant.client_id,
            "exp": now + 3600,
            "iat": now,
            "nbf": now,
            "tid": box.tenant,
            "oid": box.subject,
        }
        if "profile" in grant.scopes:
            claims |= {"name": box.name, "preferred_username": box.address}
        if "email" in grant.scopes:
            claims["email"] = box.address
        if nonce:
            claims["nonce"] = nonce
        spoilt = self.world.faults.value("id_token_claims", grant.address)
        return claims | (spoilt if isinstance(spoilt, dict) else {})

    def _error(self, error: LoginError) -> Response:
        moment = self.world.now().strftime("%Y-%m-%d %H:%M:%SZ")
        trace, correlation = (str(uuid.UUID(int=self.world.rng.getrandbits(128))) for _ in range(2))
        words = (
            f"AADSTS{error.number}: {error.words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}"
        )
        body: dict[str, object] = {
            "error": error.error,
            "error_description": words,
            "error_codes": [error.number],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{self.world.config.base_url}/error?code={error.number}",
        }
        if error.suberror:
            body["suberror"] = error.suberror
        return JSONResponse(body, error.status, headers={"Cache-Control": "no-store"})
