"""S4, F38: a start with a missing or wrong key says so, shows what needs none, writes nothing and loses nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from app.compose import open_parts, rotate_key
from app.main import create_app
from app.services import history, leaving, logging_touches, pairing
from app.services.parts import Parts
from app.settings import Settings
from app.store.errors import KeyMissing
from app.store.sealing import Keyring, Sealer
from app.store.tables import metadata
from app.web.security import SAFE_METHODS, TAKES_AWAY
from app.worker import Worker
from tests.builders import Reader, sign_in, visitor
from tests.world import World

PAGES = ("/", "/accounts", "/history", "/devices", "/rules", "/privacy", "/report", "/try", "/pair")
MAY_CHANGE = {"sessions", "sign_in_links", "audit"}  # who opens a browser there, that is all


def missing(key: Path) -> None:
    key.unlink()


def wrong(key: Path) -> None:
    key.write_bytes(Keyring.new().dump())


def damaged(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:-20])


def open_to_others(key: Path) -> None:
    key.chmod(0o644)


WAYS = {missing: "is missing", wrong: "not the one", damaged: "cannot be read", open_to_others: "chmod 600"}


@pytest.fixture
async def lived(world: World) -> World:
    """A store sealed with the key in its folder: two mailboxes read, a call logged with a note, a device paired."""
    ring = Keyring.new()
    world.parts = replace(world.parts, sealer=Sealer(ring))
    world.worker = Worker(world.parts)
    with os.fdopen(os.open(world.folder / "key.json", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as key:
        key.write(ring.dump())
    await world.link_both()
    call = logging_touches.TouchToLog("rita@acme.example", "call", "spoke", world.clock(), note_promise="by Friday")
    logging_touches.log_touch(world.parts, world.person_id, call, world.clock())
    pairing.add_device(world.parts, "Laptop", world.clock())
    return world


def rows(parts: Parts) -> dict[str, list[Any]]:
    with parts.database.read() as tx:
        return {table.name: sorted(map(tuple, tx.execute(select(table))), key=repr) for table in metadata.sorted_tables}


def counts(parts: Parts, person_id: str) -> dict[str, Any]:
    listed = history.list_recipients(parts, person_id, parts.clock())
    return {row.address: (row.unanswered, row.last_touch_at, row.last_reply_at) for row in listed}


@contextmanager
def without_key(world: World) -> Iterator[tuple[FastAPI, Parts]]:
    settings = Settings(data_dir=world.folder, base_url=world.parts.settings.base_url)
    with open_parts(settings, even_blind=True) as opened:
        parts = replace(opened, clock=world.clock, zone=world.parts.zone, connectors=world.parts.connectors)
        yield create_app(parts), parts


def key_of(world: World) -> bytes | None:
    key = world.folder / "key.json"
    return key.read_bytes() if key.exists() else None


@pytest.mark.parametrize("spoil", WAYS)
async def test_every_page_says_what_is_wrong_and_counts_as_before(lived: World, spoil: Callable[[Path], None]) -> None:
    told = counts(lived.parts, lived.person_id)
    assert len(told) > 10
    spoil(lived.folder / "key.json")
    with without_key(lived) as (app, parts):
        assert counts(parts, lived.person_id) == told
        async with visitor(app, parts) as browser:
            await sign_in(browser, parts)
            ids = [row["id"] for row in (await browser.get("/api/v1/recipients")).json()["recipients"]]
            for path in (*PAGES, *(f"/history/{one}" for one in ids[:5])):
                page = await Reader(browser).open(path)
                assert page.status == 200, path
                assert "Read-only." in page.text("[role=alert]")
                assert WAYS[spoil] in page.text("[role=alert]")
                assert "a rejection that names the company in its subject alone" in page.text("[role=alert]")
            assert (await browser.get("/ready")).status_code == 503


@pytest.mark.parametrize("spoil", WAYS)
async def test_nothing_that_is_sealed_is_written_over_and_the_right_key_opens_all_of_it_again(
    lived: World, spoil: Callable[[Path], None]
) -> None:
    key = lived.folder / "key.json"
    right, before = key.read_bytes(), rows(lived.parts)
    exported = leaving.export_all(lived.parts, lived.person_id, lived.clock()) | {"audit": []}
    spoil(key)
    left = key_of(lived)
    with without_key(lived) as (app, parts):
        async with visitor(app, parts) as browser:
            await sign_in(browser, parts)
            for method, path in writes(app):
                answer = await browser.request(method, path, headers={"accept": "application/json"})
                assert (answer.status_code, answer.json()["code"]) == (503, "key-missing"), (method, path)
                assert WAYS[spoil] in answer.json()["detail"]
            for path in ("/api/v1/export", "/link/google"):
                assert (await browser.get(path)).status_code == 503, path
        after = rows(parts)
    assert {name for name in after if after[name] != before[name]} <= MAY_CHANGE
    with pytest.raises(KeyMissing):
        rotate_key(Settings(data_dir=lived.folder))
    assert key_of(lived) == left
    key.write_bytes(right)
    key.chmod(0o600)
    with open_parts(Settings(data_dir=lived.folder)) as parts:
        assert leaving.export_all(parts, lived.person_id, lived.clock()) | {"audit": []} == exported


async def test_a_device_may_be_removed_without_the_key(lived: World) -> None:
    missing(lived.folder / "key.json")
    with without_key(lived) as (app, parts):
        [device] = pairing.list_devices(parts, lived.person_id)
        async with visitor(app, parts) as browser:
            await sign_in(browser, parts)
            assert (await browser.post(f"/devices/{device.id}/remove")).status_code == 200
        assert pairing.list_devices(parts, lived.person_id) == []


async def test_a_key_file_of_another_store_is_not_taken_up_while_running(lived: World) -> None:
    with open_parts(Settings(data_dir=lived.folder)) as parts:
        wrong(lived.folder / "key.json")
        with pytest.raises(KeyMissing, match="of another store"):
            parts.sealer.seal("words", table="messages", row="1", column="subject")


def writes(app: FastAPI) -> list[tuple[str, str]]:
    """Every way to change something, but those that only end what somebody may do."""
    routes = [route for route in iter_route_contexts(app.routes) if getattr(route, "dependant", None)]
    every = [(method, route.path or "") for route in routes for method in route.methods or ()]
    found = [(method, path) for method, path in every if method not in SAFE_METHODS and not path.startswith(TAKES_AWAY)]
    assert len(found) > 30
    return found
