"""Google's identity endpoints: discovery, consent, tokens, revocation and keys."""

import base64
from datetime import timedelta
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.simulator.consent import Page, back, consent_page, mistake
from connectors.simulator.grants import Asked, Code, Grant
from connectors.simulator.keys import key_set, left_half_hash, pkce_matches, sign
from connectors.simulator.world import World

GMAIL_SCOPES = {
    "https://www.googleapis.com/auth/gmail.readonly": "View your email messages and settings",
    "https://www.googleapis.com/auth/gmail.metadata": "View your email message metadata such as labels and headers",
    "https://www.googleapis.com/auth/gmail.modify": "Read, compose and send emails from your Gmail account",
    "https://mail.google.com/": "Read, compose, send and permanently delete all your email from Gmail",
}
SIGN_IN_SCOPES = {
    "openid": "Associate you with your personal info",
    "email": "See your primary Google Account email address",
    "profile": "See your personal info",
}
METADATA = "https://www.googleapis.com/auth/gmail.metadata"
LONG_NAMES = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
TESTING_LIFE = timedelta(days=7)
"""Refresh tokens of a project in testing mode die after seven days."""
IDLE_LIFE = timedelta(days=180)


class TokenError(Exception):
    """`status` and the OAuth error of RFC 6749 section 5.2."""

    def __init__(self, error: str, words: str, status: int = 400, subtype: str = "") -> None:
        super().__init__(words)
        self.error, self.words, self.status, self.subtype = error, words, status, subtype

    def response(self) -> JSONResponse:
        body = {"error": self.error, "error_description": self.words}
        if self.subtype:
            body["error_subtype"] = self.subtype
        return JSONResponse(body, self.status, headers={"Cache-Control": "no-store"})


def long_scope(scope: str) -> str:
    return LONG_NAMES.get(scope, scope)


class GoogleIdentity:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        return [
            Route("/google/.well-known/openid-configuration", self.discovery),
            Route("/google/o/oauth2/v2/auth", self.authorize),
            Route("/google/consent", self.consent, methods=["POST"]),
            Route("/google/token", self.token, methods=["POST"]),
            Route("/google/revoke", self.revoke, methods=["POST", "GET"]),
            Route("/google/oauth2/v3/certs", self.certs),
        ]

    async def discovery(self, request: Request) -> Response:
        issuer = self.world.config.google_issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/o/oauth2/v2/auth",
                "token_endpoint": f"{issuer}/token",
                "revocation_endpoint": f"{issuer}/revoke",
                "jwks_uri": f"{issuer}/oauth2/v3/certs",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "form_post"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "code_challenge_methods_supported": ["plain", "S256"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def certs(self, request: Request) -> Response:
        return JSONResponse(key_set(self.world.google_key), headers={"Cache-Control": "public, max-age=3600"})

    async def authorize(self, request: Request) -> Response:
        asks = dict(request.query_params)
        if asks.get("client_id") != self.world.config.google_client_id:
            return mistake("Google", "Error 401: invalid_client", "The OAuth client was not found.")
        if not self.world.config.knows_redirect([asks.get("redirect_uri", "")]):
            return mistake("Google", "Error 400: redirect_uri_mismatch", "The redirect URI is not registered.")
        problem = self._problem(asks)
        if problem:
            return mistake("Google", "Error 400: invalid_request", problem)
        asked = self.asked(asks)
        if asks.get("prompt") == "none":
            return back(asked, {"error": "interaction_required"})
        return consent_page(self.page(asked))

    def page(self, asked: Asked) -> Page:
        words = [(scope, {**SIGN_IN_SCOPES, **GMAIL_SCOPES}[scope], scope in GMAIL_SCOPES) for scope in asked.scopes]
        ticket = self.world.grants.ask(asked)
        return Page("Google", "/google/consent", ticket, self.world.of("google"), words, asked.login_hint)

    def asked(self, asks: dict[str, str]) -> Asked:
        return Asked(
            provider="google",
            client_id=asks["client_id"],
            redirect_uri=asks["redirect_uri"],
            scopes=tuple(dict.fromkeys(asks["scope"].split())),
            state=asks.get("state", ""),
            challenge=asks.get("code_challenge", ""),
            nonce=asks.get("nonce", ""),
            offline=asks.get("access_type") == "offline" and "consent" in asks.get("prompt", "").split(),
            response_mode=asks.get("response_mode", "query"),
            login_hint=asks.get("login_hint", "").lower(),
        )

    def _problem(self, asks: dict[str, str]) -> str:
        if asks.get("response_type") != "code":
            return "response_type must be code."
        if not asks.get("scope"):
            return "Missing required parameter: scope."
        unknown = [scope for scope in asks["scope"].split() if scope not in {**SIGN_IN_SCOPES, **GMAIL_SCOPES}]
        if unknown:
            return f"Some requested scopes were invalid: {unknown}"
        if not asks.get("code_challenge") or asks.get("code_challenge_method") != "S256":
            return "A code_challenge with method S256 is needed."
        return ""

    async def consent(self, request: Request) -> Response:
        form = await request.form()
        asked = self.world.grants.waiting.pop(str(form.get("ticket", "")), None)
        if not asked or asked.provider != "google":
            return mistake("Google", "Error 400", "This sign-in page was already answered.")
        if form.get("answer") != "allow":
            return self.denied(asked)
        return self.allowed(asked, str(form.get("account", "")), {str(scope) for scope in form.getlist("scope")})

    def denied(self, asked: Asked) -> Response:
        return back(asked, {"error": "access_denied", "iss": self._issuer()})

    def allowed(self, asked: Asked, address: str, ticked: set[str]) -> Response:
        """Sign-in scopes are always given; Gmail's only when ticked (granular consent)."""
        if not self.world.mailbox(address, "google"):
            return mistake("Google", "Error 400", "No such account.")
        subset = self.world.faults.value("scope_subset", address)
        given = tuple(s for s in asked.scopes if s in SIGN_IN_SCOPES or (s in ticked and subset is None))
        code = self.world.grants.allow(asked, address, tuple(long_scope(scope) for scope in given), self.world.now())
        grant = self.world.grants.codes[code].grant
        if self.world.faults.value("metadata_scope", address):
            grant.scopes = (*grant.scopes, METADATA)
        granted = grant.scopes
        answer = {"code": code, "scope": " ".join(granted), "authuser": "0", "prompt": "consent"}
        return back(asked, {"iss": self._issuer(), **answer})

    def _issuer(self) -> str:
        return str(self.world.faults.value("issuer_mixed_up") or self.world.config.google_issuer)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        scripted = self.world.faults.taken("google-identity POST /token", "")
        await self.world.wait(self.world.faults.number("token_slow"), scripted)
        for script in scripted:
            if script.reply:
                return Response(script.reply.content(), script.reply.status, dict(script.reply.headers))
        try:
            self._check_application(request, form)
            if form.get("grant_type") == "authorization_code":
                return self._exchange(form)
            if form.get("grant_type") == "refresh_token":
                return self._refresh(form)
            raise TokenError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        except TokenError as error:
            return error.response()

    def _check_application(self, request: Request, form: dict[str, str]) -> None:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, secret = (unquote(part) for part in base64.b64decode(value).decode().partition(":"))
        config = self.world.config
        if name != config.google_client_id:
            raise TokenError("invalid_client", "The OAuth client was not found.", 401)
        if secret != config.google_client_secret or self.world.faults.value("client_secret_expired"):
            raise TokenError("invalid_client", "Unauthorized", 401)

    def _exchange(self, form: dict[str, str]) -> Response:
        code = self.world.grants.codes.get(form.get("code", ""))
        if not code or code.asked.provider != "google":
            raise TokenError("invalid_grant", "Malformed auth code.")
        self._spend(code)
        if form.get("redirect_uri") != code.asked.redirect_uri:
            raise TokenError("redirect_uri_mismatch", "Bad Request")
        if not pkce_matches(form.get("code_verifier", ""), code.asked.challenge):
            raise TokenError("invalid_grant", "Invalid code verifier.")
        refreshable = code.asked.offline and not self.world.faults.value("no_refresh_token", code.grant.address)
        return self._tokens(code.grant, nonce=code.asked.nonce, refreshable=refreshable, signed=True)

    def _spend(self, code: Code) -> None:
        if code.used:
            self.world.grants.revoke(code.grant, "its code was used twice")
        if code.used or code.expires <= self.world.now():
            raise TokenError("invalid_grant", "Bad Request")
        code.used = True

    def _refresh(self, form: dict[str, str]) -> Response:
        now = self.world.now()
        found = self.world.grants.of_refresh_token(form.get("refresh_token", ""), now)
        if not found or found[0].provider != "google":
            raise TokenError("invalid_grant", "Bad Request")
        grant, given, _ = found
        if self.world.faults.value("reauthentication_needed", grant.address):
            raise TokenError("invalid_grant", "reauth related error (invalid_rapt)", subtype="invalid_rapt")
        life = TESTING_LIFE if self.world.faults.value("testing_mode") else IDLE_LIFE
        if grant.revoked or now - given > life or self.world.faults.value("refresh_tokens_expired", grant.address):
            raise TokenError("invalid_grant", "Token has been expired or revoked.")
        grant.renewed += 1
        return self._tokens(grant, signed="openid" in grant.scopes)

    def _tokens(self, grant: Grant, *, nonce: str = "", refreshable: bool = False, signed: bool = False) -> Response:
        now = self.world.now()
        access = self.world.grants.access_token(grant, grant.scopes, now)
        body: dict[str, object] = {
            "access_token": access,
            "expires_in": 3599,
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }
        if refreshable:
            body["refresh_token"] = self.world.grants.refresh_token(grant, now)
            if self.world.faults.value("testing_mode"):
                body["refresh_token_expires_in"] = round(TESTING_LIFE.total_seconds()) - 1
        if signed and "openid" in grant.scopes:
            body["id_token"] = sign(self.world.google_key, self._claims(grant, nonce, access))
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    def _claims(self, grant: Grant, nonce: str, access: str) -> dict[str, object]:
        mailbox = self.world.mailbox(grant.address, "google")
        now = round(self.world.now().timestamp())
        claims: dict[str, object] = {
            "iss": self.world.config.google_issuer,
            "azp": grant.client_id,
            "aud": grant.client_id,
            "sub": mailbox.subject if mailbox else "",
            "at_hash": left_half_hash(access),
            "iat": now,
            "exp": now + 3600,
        }
        if long_scope("email") in grant.scopes:
            claims |= {"email": grant.address, "email_verified": True}
        if nonce:
            claims["nonce"] = nonce
        spoilt = self.world.faults.value("id_token_claims", grant.address)
        return claims | (spoilt if isinstance(spoilt, dict) else {})

    async def revoke(self, request: Request) -> Response:
        form = await request.form() if request.method == "POST" else {}
        token = str(form.get("token") or request.query_params.get("token", ""))
        if self.world.faults.value("revoke_fails"):
            return JSONResponse({"error": "internal_failure"}, 503)
        access = self.world.grants.access.get(token)
        found = self.world.grants.of_refresh_token(token, self.world.now())
        grant = access.grant if access else found[0] if found else None
        if not grant or grant.revoked or grant.provider != "google":
            return JSONResponse({"error": "invalid_token", "error_description": "Token expired or revoked"}, 400)
        for same in self.world.grants.of("google", grant.address):
            if same.client_id == grant.client_id:
                self.world.grants.revoke(same, "revoked by the application")
        return JSONResponse({})
