"""Knocking where little is proven yet is counted by source and device; what is right opens all the same (S6, S23)."""

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from app.services import pairing, signing_in
from app.services.parts import Parts
from tests.builders import Reader
from tests.world import World

ADVICE = {"channel": "email", "to": ["dana@northwind.example"]}


def from_address(app: FastAPI, parts: Parts, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(address, 4444))
    return httpx.AsyncClient(transport=transport, base_url=parts.settings.base_url)


def told_to_wait(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) in range(1, 301)
    assert answer.json()["code"] == "too-many-attempts"


async def test_wrong_sign_in_links_are_counted_and_the_right_one_opens_all_the_same(
    app: FastAPI, parts: Parts, world: World
) -> None:
    async with from_address(app, parts, "203.0.113.9") as guessing:
        tried = [(await guessing.get(f"/sign-in?token=guess{number}")).status_code for number in range(60)]
        assert set(tried) == {401}
        told_to_wait(await guessing.get("/sign-in?token=guess"))
        assert (await guessing.get(signing_in.new_link(parts, world.clock()))).status_code == 303
        world.clock.advance(minutes=5)
        assert (await guessing.get("/sign-in?token=guess")).status_code == 401


async def test_wrong_tokens_are_counted_by_source_and_a_right_one_opens_from_there_too(
    app: FastAPI, parts: Parts, world: World
) -> None:
    token = pairing.add_device(parts, "Laptop", world.clock())
    async with from_address(app, parts, "2001:db8:1:2::5") as here:
        for number in range(300):
            guessed = await here.get("/api/v1/rules", headers={"authorization": f"Bearer guess{number}"})
            assert guessed.status_code == 401
        told_to_wait(await here.get("/api/v1/rules", headers={"authorization": "Bearer guess"}))
        assert (await here.get("/api/v1/rules", headers={"authorization": f"Bearer {token}"})).status_code == 200
    async with from_address(app, parts, "2001:db8:1:2:aaaa::7") as neighbour:  # one customer has a whole network
        told_to_wait(await neighbour.get("/api/v1/rules", headers={"authorization": "Bearer guess"}))
    async with from_address(app, parts, "2001:db8:1:3::5") as elsewhere:
        assert (await elsewhere.get("/api/v1/rules", headers={"authorization": "Bearer guess"})).status_code == 401


async def test_wrong_device_codes_are_counted_and_one_under_way_may_ask_on(
    app: FastAPI, parts: Parts, world: World
) -> None:
    async with from_address(app, parts, "203.0.113.9") as here:
        codes = (await here.post("/api/v1/device/code", json={"name": "Chrome"})).json()
        for number in range(60):
            guessed = await here.post("/api/v1/device/token", json={"device_code": f"guess{number}"})
            assert (guessed.status_code, guessed.json()["error"]) == (400, "expired_token")
        told_to_wait(await here.post("/api/v1/device/token", json={"device_code": "guess"}))
        mine = await here.post("/api/v1/device/token", json={"device_code": codes["device_code"]})
        assert (mine.status_code, mine.json()["error"]) == (400, "authorization_pending")


async def test_wrong_codes_typed_by_many_at_one_address_end_there_for_all_of_them(
    app: FastAPI, parts: Parts, reader: Reader, world: World
) -> None:
    code = pairing.begin(parts, "Chrome", world.clock())
    for _ in range(30):
        app.state.windows.codes_typed_here.take("127.0.0.1")
    refused = await reader.send("/pair", user_code=code.user_code, answer="approve")
    assert refused.status == 429
    assert "Wait" in refused.text()


@pytest.mark.parametrize("hook", ["google", "microsoft"])
async def test_after_many_forged_pushes_no_further_one_of_that_source_is_looked_into(
    app: FastAPI, parts: Parts, hook: str
) -> None:
    async with from_address(app, parts, "203.0.113.9") as forger:
        tried = [(await forger.post(f"/hooks/{hook}", json={"value": [{}]})).status_code for _ in range(60)]
        assert set(tried) == {403}
        told_to_wait(await forger.post(f"/hooks/{hook}", json={"value": [{}]}))
    async with from_address(app, parts, "203.0.113.10") as another:
        assert (await another.post(f"/hooks/{hook}", json={"value": [{}]})).status_code == 403


async def test_a_hook_answers_no_end_of_handshakes(app: FastAPI, parts: Parts) -> None:
    async with from_address(app, parts, "203.0.113.9") as asking:
        asked = {"validationToken": "a token"}
        for _ in range(600):
            app.state.windows.handshakes.take("203.0.113.9")
        told_to_wait(await asking.post("/hooks/microsoft", params=asked))


async def test_one_device_asks_for_advice_a_hundred_times_a_second_at_most(
    app: FastAPI, parts: Parts, world: World
) -> None:
    busy, calm = (pairing.add_device(parts, name, world.clock()) for name in ("busy", "calm"))
    device = next(each for each in pairing.list_devices(parts, world.person_id) if each.name == "busy")
    async with from_address(app, parts, "127.0.0.1") as asking:
        for token in (busy, calm):
            answer = await asking.post("/api/v1/advice", json=ADVICE, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200
        for _ in range(30_000 - 1):
            app.state.windows.advice.take(f"{world.person_id} {device.id}")
        told_to_wait(await asking.post("/api/v1/advice", json=ADVICE, headers={"authorization": f"Bearer {busy}"}))
        allowed = await asking.post("/api/v1/advice", json=ADVICE, headers={"authorization": f"Bearer {calm}"})
        assert allowed.status_code == 200
        world.clock.advance(minutes=5)
        again = await asking.post("/api/v1/advice", json=ADVICE, headers={"authorization": f"Bearer {busy}"})
        assert again.status_code == 200


async def test_a_second_web_server_over_the_same_store_counts_along(app: FastAPI, parts: Parts) -> None:
    beside = create_app(parts)
    given: list[int] = []
    for server in (app, beside) * 17:
        async with from_address(server, parts, "203.0.113.9") as asking:
            given.append((await asking.post("/api/v1/device/code", json={"name": "x"})).status_code)
    assert given == [200] * 30 + [429] * 4
