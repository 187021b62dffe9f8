"""Subscriptions shake hands first, tell of changes, and reach nobody but this machine."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest

from connectors.simulator import SimulatorConfig, create_simulator

from .conftest import NOW, Town

ANA = "ana.berg@outlook.example"
HOOK = "http://127.0.0.1:8025/hooks/microsoft"
GOOGLE_HOOK = "http://127.0.0.1:8025/hooks/google"


class Listener(httpx.AsyncBaseTransport):
    """The application's webhook: answers the handshake (unless told not to) and keeps what it is sent."""

    def __init__(self) -> None:
        self.polite = True
        self.heard: list[dict[str, Any]] = []
        self.tokens: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        token = request.url.params.get("validationToken")
        if token is not None:
            return httpx.Response(200, text=token if self.polite else "no")
        self.heard.append(json.loads(await request.aread()))
        self.tokens.append(request.headers.get("authorization", "").removeprefix("Bearer "))
        return httpx.Response(202)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def pushing(listener: Listener) -> AsyncIterator[Town]:
    config = SimulatorConfig(google_push_url=GOOGLE_HOOK)
    app = create_simulator(config, clock=lambda: NOW, outbound=listener)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=config.base_url) as web:
        town = Town(config, web, app.state.world)
        await town.link_google()
        await town.link_microsoft()
        yield town


async def subscribe(town: Town, **changes: Any) -> httpx.Response:
    asked = {
        "changeType": "created,updated,deleted",
        "notificationUrl": HOOK,
        "lifecycleNotificationUrl": HOOK + "/lifecycle",
        "resource": "/me/messages",
        "expirationDateTime": "2026-11-25T08:00:00Z",
        "clientState": "secret-state",
    }
    return await town.graph("/subscriptions", method="POST", json={**asked, **changes})


async def test_a_new_message_is_told_with_the_client_state(pushing: Town, listener: Listener) -> None:
    made = (await subscribe(pushing)).json()
    told = (await pushing.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"}))["message"]
    [notice] = listener.heard[0]["value"]
    assert notice["subscriptionId"] == made["id"]
    assert notice["clientState"] == "secret-state"
    assert notice["changeType"] == "created"
    assert notice["resourceData"]["id"] == told["id"]


async def test_without_the_handshake_there_is_no_subscription(pushing: Town, listener: Listener) -> None:
    listener.polite = False
    assert (await subscribe(pushing)).status_code == 400
    assert (await pushing.graph("/subscriptions")).json()["value"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"notificationUrl": "https://hooks.elsewhere.example/x"},
        {"notificationUrl": "http://127.0.0.1.elsewhere.example/x"},
        {"expirationDateTime": "2026-12-25T08:00:00Z"},
        {"expirationDateTime": "soon"},
        {"changeType": "renamed"},
        {"resource": "/me/events"},
        {"clientState": "x" * 129},
    ],
)
async def test_a_wish_out_of_bounds_is_refused(pushing: Town, change: dict[str, str]) -> None:
    assert (await subscribe(pushing, **change)).status_code == 400


async def test_a_subscription_is_renewed_deleted_and_ends(pushing: Town, listener: Listener) -> None:
    key = (await subscribe(pushing)).json()["id"]
    later = {"expirationDateTime": "2026-11-27T08:00:00Z"}
    renewed = await pushing.graph(f"/subscriptions/{key}", method="PATCH", json=later)
    assert renewed.json()["expirationDateTime"] == later["expirationDateTime"]
    assert (await pushing.graph(f"/subscriptions/{key}/reauthorize", method="POST")).status_code == 204
    assert (await pushing.graph(f"/subscriptions/{key}", method="DELETE")).status_code == 204
    assert (await pushing.graph(f"/subscriptions/{key}")).status_code == 404
    await pushing.control("deliver", mailbox=ANA, **{"from": "rita@acme.example"})
    assert listener.heard == []


async def test_lifecycle_events_reach_the_lifecycle_address(pushing: Town, listener: Listener) -> None:
    await subscribe(pushing)
    assert await pushing.control("lifecycle", mailbox=ANA, event="missed") == {"sent": 1, "accepted": 1}
    assert listener.heard[0]["value"][0]["lifecycleEvent"] == "missed"
    await pushing.control("lifecycle", mailbox=ANA, event="subscriptionRemoved")
    assert (await pushing.graph("/subscriptions")).json()["value"] == []


async def watch(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.tokens['google']['access_token']}"}
    body = {"topicName": "projects/p/topics/t"}
    await town.web.post("/googleapis/gmail/v1/users/me/watch", json=body, headers=headers)


async def test_a_gmail_push_is_signed_for_its_address(pushing: Town, listener: Listener) -> None:
    await watch(pushing)
    await pushing.control("deliver", mailbox="ana@example.com", **{"from": "rita@acme.example"})
    keys = jwt.PyJWKSet.from_dict((await pushing.web.get("/google/oauth2/v3/certs")).json())
    key = keys[jwt.get_unverified_header(listener.tokens[0])["kid"]].key
    late = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(listener.tokens[0], key, algorithms=["RS256"], audience=GOOGLE_HOOK, options=late)
    assert claims["email"] == pushing.config.google_push_account


@pytest.mark.parametrize("fault", ["aud", "email", "iss", "exp", "none", "kid"])
async def test_a_forged_push_has_one_thing_wrong(pushing: Town, listener: Listener, fault: str) -> None:
    await watch(pushing)
    await pushing.control("faults", name="push_forged", value=fault)
    await pushing.control("deliver", mailbox="ana@example.com", **{"from": "rita@acme.example"})
    head = jwt.get_unverified_header(listener.tokens[0])
    claims = jwt.decode(listener.tokens[0], options={"verify_signature": False})
    keys = {key["kid"] for key in (await pushing.web.get("/google/oauth2/v3/certs")).json()["keys"]}
    wrong = {
        "aud": claims["aud"] != GOOGLE_HOOK,
        "email": claims["email"] != pushing.config.google_push_account,
        "iss": claims["iss"] != pushing.config.google_issuer,
        "exp": claims["exp"] < claims["iat"],
        "none": head["alg"] == "none",
        "kid": head["alg"] != "none" and head.get("kid") not in keys,
    }
    assert [name for name, is_wrong in wrong.items() if is_wrong] == [fault]
