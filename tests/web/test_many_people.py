"""Two people on one PostgreSQL, served by a process that may see nothing before it knows who asks."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from app.services import pairing, signing_in
from app.services.parts import Parts
from app.store import people, sign_ins
from app.store.database import Database
from tests.builders import Reader, visitor
from tests.world import BASE_URL, GMAIL, World

DANA = "dana@northwind.example"
PAGES = ("/", "/accounts", "/history", "/report", "/try", "/devices", "/rules", "/privacy")
READS = ("/api/v1/accounts", "/api/v1/recipients", "/api/v1/devices", "/api/v1/rules", "/api/v1/export")


@pytest.fixture
async def world(tmp_path: Path, postgresql_url: str) -> AsyncIterator[World]:
    """Ana's, with both mailboxes read."""
    opened = World(tmp_path, database_url=postgresql_url)
    await opened.link_both()
    yield opened
    await opened.close()


@pytest.fixture
def parts(world: World, postgresql_url: str) -> Iterator[Parts]:
    """As the web server opens them: nothing is seen before it is known who asks."""
    database = Database.open(postgresql_url)
    yield replace(world.parts, database=database)
    database.close()


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return create_app(parts)


def another_person(world: World) -> str:
    """Bob, who has signed up and linked nothing; the address that signs him in."""
    with world.parts.database.write() as tx:
        bob = people.add(tx, world.clock())
        sign_ins.add_link(tx, signing_in.hashed("bob"), bob, expires_at=world.clock() + signing_in.SIGN_IN_LINK_LIFE)
    return f"{BASE_URL}/sign-in?token=bob"


async def test_each_person_meets_their_own_facts_on_every_page(world: World, app: FastAPI, parts: Parts) -> None:
    async with visitor(app, parts) as ana, visitor(app, parts) as bob:
        assert (await ana.get(signing_in.new_link(world.parts, world.clock()))).status_code == 200
        assert (await bob.get(another_person(world))).status_code == 200
        for path in (*PAGES, *READS):
            hers, his = await ana.get(path), await bob.get(path)
            assert (hers.status_code, his.status_code) == (200, 200), path
            assert GMAIL not in his.text, path
            assert DANA not in his.text or path == "/try", path  # which names her as an example
        assert GMAIL in (await ana.get("/accounts")).text
        (recipient,) = (await ana.get("/api/v1/recipients", params={"q": DANA})).json()["recipients"]
        assert (await ana.get(f"/history/{recipient['id']}")).status_code == 200
        assert (await bob.get(f"/history/{recipient['id']}")).status_code == 404
        assert (await bob.delete("/api/v1/me")).status_code == 200
        assert (await ana.get("/api/v1/recipients")).json()["recipients"]


async def test_the_extension_pairs_asks_logs_and_leaves(world: World, app: FastAPI, parts: Parts) -> None:
    async with (
        visitor(app, parts) as ana,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE_URL) as device,
    ):
        await ana.get(signing_in.new_link(world.parts, world.clock()))
        codes = (await device.post("/api/v1/device/code", json={"name": "laptop"})).json()
        approved = await Reader(ana).send("/pair", user_code=codes["user_code"], answer="approve")
        assert approved.status == 200
        world.clock.advance(seconds=3)
        claimed = await device.post("/api/v1/device/token", json={"device_code": codes["device_code"]})
        device.headers["Authorization"] = f"Bearer {claimed.json()['access_token']}"
        advice = (await device.post("/api/v1/advice", json={"channel": "email", "to": [DANA]})).json()
        before = advice["recipients"][0]["unanswered"]
        touch = {"recipient": DANA, "channel": "call", "outcome": "no_answer", "at": world.clock().isoformat()}
        assert (await device.post("/api/v1/touches", json=touch)).status_code in (200, 201)
        again = (await device.post("/api/v1/advice", json={"channel": "email", "to": [DANA]})).json()
        assert again["recipients"][0]["unanswered"] == before + 1 > 1
        accounts = (await device.get("/api/v1/accounts")).json()["accounts"]
        assert (await device.post(f"/api/v1/accounts/{accounts[0]['id']}/sync")).status_code == 202
        assert (await device.delete("/api/v1/me")).status_code == 403
        assert (await ana.delete("/api/v1/me")).json()["deleted"]["messages"] > 100
    assert pairing.list_devices(world.parts, world.person_id) == []
