"""The HTTP border as programs meet it: schemas, authorization, hosts and origins, pairing, errors."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import create_app
from app.services import linking, pairing
from app.services.scopes import EVERYTHING, EXTENSION, written
from app.services.signing_in import hashed, new_link
from app.store import devices, people
from app.web.advice import AdviceOut
from tests.world import BASE_URL, World

DANA = "dana@northwind.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def anybody(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    transport = httpx.ASGITransport(app=create_app(world.parts))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as opened:
        yield opened


@pytest.fixture
async def device(world: World, anybody: httpx.AsyncClient) -> httpx.AsyncClient:
    """A paired device of Ana's."""
    token = pairing.add_device(world.parts, "test", world.clock())
    anybody.headers["Authorization"] = f"Bearer {token}"
    return anybody


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Ana's browser, signed in."""
    transport = httpx.ASGITransport(app=create_app(world.parts))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers={"Origin": BASE_URL}) as opened:
        await opened.get(new_link(world.parts, world.clock()).removeprefix(BASE_URL))
        yield opened


def draft(**more: Any) -> dict[str, Any]:
    return {"channel": "email", "to": [DANA], **more}


async def test_the_advice_has_the_published_shape(world: World, device: httpx.AsyncClient) -> None:
    await world.link_both()
    answer = await device.post("/api/v1/advice", json=draft(time_zone="Europe/Berlin"))
    assert answer.status_code == 200
    given = answer.json()
    assert given["level"] in {"caution", "hold"}
    assert given["coverage"] == "complete"
    assert set(given["warnings"][0]) == {"rule", "level", "message", "instead", "evidence"}
    assert {"at", "channel", "direction", "subject", "link"} <= set(given["warnings"][0]["evidence"][0])
    assert given["as_of"].endswith("Z")


@pytest.mark.parametrize("asked", [{}, {"channel": "call"}, {"to": ["a@b.example"]}, {"account": "x@y.example"}])
async def test_advice_is_told_as_the_published_model_would_tell_it(
    world: World, device: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    await world.link_both()
    given = (await device.post("/api/v1/advice", json=draft(**asked))).json()
    assert AdviceOut.model_validate(given).model_dump(mode="json") == given


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "Dear Dana"},
        {"body": "Dear Dana"},
        {"signals": {"text": "Dear Dana"}},
        {"signals": {"value": ["A whole sentence about the draft."]}},
        {"to": ["not an address"]},
        {"to": "dana@northwind.example"},
        {"channel": "telegram"},
        {"time_zone": "Mars/Olympus"},
        {"provider_thread_id": "x" * 600},
        {"to": [f"p{number}@many.example" for number in range(1001)]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_the_schema_does_not_know_is_refused(device: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    answer = await device.post("/api/v1/advice", json=draft(**wrong))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]


async def test_no_field_of_the_advice_schema_can_carry_prose(anybody: httpx.AsyncClient) -> None:
    schemas = (await anybody.get("/openapi.json")).json()["components"]["schemas"]
    for name in ("AdviceIn", "SignalsIn"):
        assert schemas[name]["additionalProperties"] is False
        for field, schema in schemas[name]["properties"].items():
            for each in _strings(schema):
                assert "pattern" in each or "enum" in each or field == "time_zone", (name, field)


def _strings(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    own = [schema] if schema.get("type") == "string" else []
    return own + [each for part in inner for each in _strings(part)]


@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/recipients", "/api/v1/export", "/api/v1/devices"])
async def test_without_a_token_there_is_nothing(anybody: httpx.AsyncClient, path: str) -> None:
    answer = await anybody.get(path)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not-signed-in"


async def test_a_foreign_host_is_not_served(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/api/v1/accounts", headers={"Host": "evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://mail.google.com"])
async def test_pages_of_other_sites_are_refused_even_with_a_session(browser: httpx.AsyncClient, origin: str) -> None:
    answer = await browser.post("/api/v1/advice", json=draft(), headers={"Origin": origin})
    assert answer.status_code == 403


async def test_an_extension_cannot_write_with_a_session_alone(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/advice", json=draft(), headers={"Origin": "chrome-extension://abc"})
    assert answer.status_code == 401


async def test_a_session_may_write_from_our_own_pages(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/api/v1/advice", json=draft())).status_code == 200


async def test_a_sign_in_link_is_good_once(world: World, anybody: httpx.AsyncClient) -> None:
    path = new_link(world.parts, world.clock()).removeprefix(BASE_URL)
    assert (await anybody.get(path)).status_code == 303
    anybody.cookies.clear()
    assert (await anybody.get(path)).status_code == 401


async def test_a_foreign_state_is_refused_and_stores_nothing(world: World, browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/link/google/callback", params={"state": "foreign", "code": "4/x"})
    assert answer.status_code == 400
    assert world.accounts() == []


async def test_a_replayed_callback_is_refused(world: World, browser: httpx.AsyncClient) -> None:
    url = (await browser.get("/link/google")).headers["location"]
    told = await world.consent(url, "google")
    assert (await browser.get("/link/google/callback", params=told)).headers["location"] == "/accounts"
    assert (await browser.get("/link/google/callback", params=told)).status_code == 400
    assert len(world.accounts()) == 1


async def test_denied_consent_leads_back_with_nothing_linked(world: World, browser: httpx.AsyncClient) -> None:
    url = (await browser.get("/link/microsoft")).headers["location"]
    told = await world.consent(url, "microsoft", button="deny")
    back = (await browser.get("/link/microsoft/callback", params=told)).headers["location"]
    assert back.startswith("/accounts?notice=Nothing+was+linked")
    assert world.accounts() == []


async def test_a_device_is_paired_in_the_shapes_of_rfc_8628(
    world: World, anybody: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    codes = (await anybody.post("/api/v1/device/code", json={"name": "Firefox on the desk"})).json()
    assert codes["verification_uri_complete"] == f"{BASE_URL}/pair?user_code={codes['user_code']}"
    claim = {"device_code": codes["device_code"]}
    waiting = await anybody.post("/api/v1/device/token", json=claim)
    assert (waiting.status_code, waiting.json()["error"]) == (400, "authorization_pending")
    hasty = await anybody.post("/api/v1/device/token", json=claim)
    assert hasty.json()["error"] == "slow_down"
    pairing.decide(world.parts, world.person_id, codes["user_code"], approve=True, now=world.clock())
    world.clock.advance(seconds=30)
    token = (await anybody.post("/api/v1/device/token", json=claim)).json()
    assert token["token_type"] == "Bearer"
    assert (token["scope"], token["expires_in"]) == (written(EXTENSION), 365 * 86_400)
    again = await anybody.post("/api/v1/device/token", json=claim)
    assert again.status_code == 400
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    [listed] = (await anybody.get("/api/v1/devices", headers=headers)).json()["devices"]
    assert (listed["name"], listed["scope"], listed["itself"]) == ("Firefox on the desk", token["scope"], True)
    assert (await browser.delete(f"/api/v1/devices/{listed['id']}")).status_code == 200
    assert (await anybody.get("/api/v1/devices", headers=headers)).status_code == 401


async def test_a_denied_and_an_expired_code_give_no_token(world: World, anybody: httpx.AsyncClient) -> None:
    for refused, error in ((True, "access_denied"), (False, "expired_token")):
        codes = (await anybody.post("/api/v1/device/code", json={"name": "x"})).json()
        if refused:
            pairing.decide(world.parts, world.person_id, codes["user_code"], approve=False, now=world.clock())
        world.clock.advance(seconds=codes["expires_in"] * (0.1 if refused else 2))
        answer = await anybody.post("/api/v1/device/token", json={"device_code": codes["device_code"]})
        assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_the_same_key_logs_a_call_once(device: httpx.AsyncClient, world: World) -> None:
    at = (world.clock() - timedelta(hours=1)).isoformat()
    touch = {"recipient": "rita@acme.example", "channel": "call", "outcome": "no_answer", "at": at}
    first = await device.post("/api/v1/touches", json=touch, headers={"Idempotency-Key": "k1"})
    again = await device.post("/api/v1/touches", json=touch, headers={"Idempotency-Key": "k1"})
    assert first.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    later = {**touch, "at": (world.clock() + timedelta(hours=1)).isoformat()}
    assert (await device.post("/api/v1/touches", json=later)).status_code == 422
    gone = await device.delete(f"/api/v1/touches/{first.json()['id']}")
    assert gone.status_code == 204
    back = await device.patch(f"/api/v1/touches/{first.json()['id']}", json={"deleted": False, "outcome": "spoke"})
    assert back.json()["outcome"] == "spoke"


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59"],
)
async def test_a_touch_at_the_end_of_time_is_refused_in_words(device: httpx.AsyncClient, at: str) -> None:
    touch = {"recipient": DANA, "channel": "call", "outcome": "spoke", "at": at}
    refused = await device.post("/api/v1/touches", json=touch)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong-input")
    assert (await device.get("/api/v1/recipients")).json()["recipients"] == []


async def test_asking_whether_to_call_leaves_no_trace(device: httpx.AsyncClient) -> None:
    asked = {"channel": "call", "to": ["rita@acme.example"]}
    assert (await device.post("/api/v1/advice", json=asked)).status_code == 200
    assert (await device.get("/api/v1/recipients")).json()["recipients"] == []


async def test_another_person_sees_nothing_of_mine(world: World, device: httpx.AsyncClient) -> None:
    await world.link_both()
    mine = (await device.get("/api/v1/recipients")).json()["recipients"][0]["id"]
    account = world.accounts()[0].id
    now = world.clock()
    with world.parts.database.write() as tx:
        stranger = people.add(tx, now)
        theirs = devices.Device("d" * 32, stranger, "theirs", now, None, now.replace(2027), written(EVERYTHING))
        devices.add(tx, theirs, token_hash=hashed("theirs"))
    device.headers["Authorization"] = "Bearer theirs"
    assert (await device.get("/api/v1/recipients")).json()["recipients"] == []
    assert (await device.get("/api/v1/accounts")).json()["accounts"] == []
    assert (await device.get(f"/api/v1/recipients/{mine}")).status_code == 404
    assert (await device.patch(f"/api/v1/recipients/{mine}", json={"muted": True})).status_code == 404
    assert (await device.post(f"/api/v1/accounts/{account}/sync")).status_code == 404
    assert (await device.delete(f"/api/v1/accounts/{account}")).status_code == 404
    assert (await device.post("/api/v1/advice", json=draft())).json()["level"] == "clear"


async def test_the_list_comes_in_pages_without_gap_or_double(world: World, device: httpx.AsyncClient) -> None:
    await world.link_both()
    whole = [row["id"] for row in (await device.get("/api/v1/recipients?limit=200")).json()["recipients"]]
    paged: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (
            await device.get("/api/v1/recipients", params={"limit": 7, **({"cursor": cursor} if cursor else {})})
        ).json()
        paged += [row["id"] for row in page["recipients"]]
        cursor = page["next_cursor"]
    assert paged == whole
    found = (await device.get("/api/v1/recipients", params={"q": "northwind"})).json()["recipients"]
    assert [row["address"] for row in found] == [DANA]


async def test_export_holds_what_is_known_and_erasing_leaves_nothing(world: World, device: httpx.AsyncClient) -> None:
    await world.link_both()
    exported = (await device.get("/api/v1/export")).json()
    assert len(exported["messages"]) > 150
    assert any("Product Designer" in (row.get("subject") or "") for row in exported["messages"])
    assert "secret" not in json.dumps(exported["accounts"])
    receipt = (await device.delete("/api/v1/me")).json()
    assert receipt["revoked"]["ana@example.com"] is True
    assert receipt["deleted"]["messages"] > 150
    assert (await device.get("/api/v1/accounts")).status_code == 401
    for path in world.folder.rglob("*"):
        assert not path.is_file() or DANA.encode() not in path.read_bytes(), path


async def test_up_and_ready(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/health", headers={"Host": "10.0.0.7"})).json() == {"status": "up"}
    assert (await anybody.get("/ready")).json() == {"ready": True}


async def test_every_answer_carries_the_safety_headers(anybody: httpx.AsyncClient) -> None:
    headers = (await anybody.get("/health")).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


async def test_a_body_too_large_is_refused(device: httpx.AsyncClient) -> None:
    answer = await device.post("/api/v1/advice", json=draft(cc=["x" * 300_000]))
    assert answer.status_code == 413


async def test_unlinking_answers_with_a_receipt(world: World, device: httpx.AsyncClient) -> None:
    await world.link("google")
    await world.sync()
    receipt = (await device.delete(f"/api/v1/accounts/{world.accounts()[0].id}")).json()
    assert receipt["revoked"] is True
    assert receipt["deleted"]["messages"] > 100
    assert linking.list_accounts(world.parts, world.person_id) == []
