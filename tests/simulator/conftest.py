"""A person with a browser and an application in front of the simulator; the clock moves only when told."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from connectors.simulator import SimulatorConfig, create_simulator
from connectors.simulator.world import World

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
METADATA = "https://www.googleapis.com/auth/gmail.metadata"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
GOOGLE_CALLBACK = "http://127.0.0.1:8025/link/google/callback"
MICROSOFT_CALLBACK = "http://127.0.0.1:8025/link/microsoft/callback"


@dataclass
class Town:
    """The simulator, reached in-process, and shortcuts for what an application does with it."""

    config: SimulatorConfig
    web: httpx.AsyncClient
    world: World
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def google_url(self, **changes: str) -> str:
        asked = {
            "client_id": self.config.google_client_id,
            "redirect_uri": GOOGLE_CALLBACK,
            "response_type": "code",
            "scope": f"openid email {READONLY}",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
        }
        return "/google/o/oauth2/v2/auth?" + urlencode({k: v for k, v in {**asked, **changes}.items() if v})

    def microsoft_url(self, tenant: str = "common", **changes: str) -> str:
        asked = {
            "client_id": self.config.microsoft_client_id,
            "redirect_uri": MICROSOFT_CALLBACK,
            "response_type": "code",
            "scope": "openid profile email offline_access Mail.Read User.Read",
            "state": "state-2",
            "nonce": "nonce-2",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"/{tenant}/oauth2/v2.0/authorize?" + urlencode({k: v for k, v in {**asked, **changes}.items() if v})

    async def control(self, act: str, /, **body: Any) -> dict[str, Any]:
        answer = await self.web.post(f"/_simulator/{act}", json=body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def back(self, url: str, account: str, **options: Any) -> dict[str, str]:
        """The query the application is called back with."""
        told = await self.control("consent", url=url, account=account, **options)
        return dict(parse_qsl(urlsplit(told["location"]).query))

    async def google_token(self, **form: str) -> httpx.Response:
        filled = {
            "client_id": self.config.google_client_id,
            "client_secret": self.config.google_client_secret,
            "grant_type": "authorization_code",
            "redirect_uri": GOOGLE_CALLBACK,
            "code_verifier": VERIFIER,
        }
        return await self.web.post("/google/token", data={**filled, **form})

    async def microsoft_token(self, tenant: str = "common", **form: str) -> httpx.Response:
        filled = {
            "client_id": self.config.microsoft_client_id,
            "client_secret": self.config.microsoft_client_secret,
            "grant_type": "authorization_code",
            "redirect_uri": MICROSOFT_CALLBACK,
            "code_verifier": VERIFIER,
            "client_info": "1",
        }
        return await self.web.post(f"/{tenant}/oauth2/v2.0/token", data={**filled, **form})

    async def link_google(self, account: str = "ana@example.com", **changes: str) -> dict[str, Any]:
        answer = await self.back(self.google_url(**changes), account)
        tokens: dict[str, Any] = (await self.google_token(code=answer["code"])).json()
        self.tokens["google"] = tokens
        return tokens

    async def link_microsoft(self, account: str = "ana.berg@outlook.example", **changes: str) -> dict[str, Any]:
        answer = await self.back(self.microsoft_url(**changes), account)
        tokens: dict[str, Any] = (await self.microsoft_token(code=answer["code"])).json()
        self.tokens["microsoft"] = tokens
        return tokens

    async def gmail(self, path: str, **query: Any) -> httpx.Response:
        token = self.tokens["google"]["access_token"]
        url = f"/googleapis/gmail/v1/users/me/{path}"
        return await self.web.get(url, params=query, headers={"Authorization": f"Bearer {token}"})

    async def graph(self, path: str, prefer: str = 'IdType="ImmutableId"', **options: Any) -> httpx.Response:
        """`path` relative to the root, or a whole link; `method` and `json` for other verbs than GET."""
        token = self.tokens["microsoft"]["access_token"]
        url = path if path.startswith("http") else f"/graph/v1.0{path}"
        method = options.pop("method", "GET")
        headers = {"Authorization": f"Bearer {token}", "Prefer": prefer}
        return await self.web.request(method, url, headers=headers, **options)

    async def truth(self, mailbox: str) -> list[dict[str, Any]]:
        answer = await self.web.get("/_simulator/truth", params={"mailbox": mailbox})
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


def a_town(**config: Any) -> Town:
    made = SimulatorConfig(**config)
    app = create_simulator(made, clock=lambda: NOW)
    web = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=made.base_url)
    return Town(made, web, app.state.world)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """With the sample mailboxes."""
    made = a_town()
    async with made.web:
        yield made


@pytest.fixture
async def linked() -> AsyncIterator[Town]:
    """With the sample mailboxes, both linked."""
    made = a_town()
    async with made.web:
        await made.link_google()
        await made.link_microsoft()
        yield made
