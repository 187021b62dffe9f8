"""Many people at one server: linking is signing in, and everybody comes home to their own house."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from app.cli import main
from app.main import create_app
from app.services.parts import Parts
from app.store.tables import people
from app.web.session_cookie import COOKIE
from tests.builders import Reader, visitor
from tests.world import World


@pytest.fixture
def parts(world: World) -> Parts:
    return replace(world.parts, settings=world.parts.settings.model_copy(update={"sign_in": "provider"}))


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return create_app(parts)


@pytest.fixture
async def other(app: FastAPI, parts: Parts) -> AsyncIterator[Reader]:
    async with visitor(app, parts) as browser:
        yield Reader(browser)


async def sign_in(world: World, reader: Reader, provider: str, *, button: str = "allow") -> httpx.Response:
    """Through the provider's consent page and back, which takes a while; the callback's answer."""
    world.clock.advance(seconds=20)
    begun = await reader.browser.get(f"/link/{provider}", follow_redirects=False)
    assert begun.status_code == 302, begun.text
    answer = await world.consent(begun.headers["location"], provider, button=button)
    return await reader.browser.get(f"/link/{provider}/callback", params=answer, follow_redirects=False)


async def whose(reader: Reader) -> list[str]:
    listed = (await reader.browser.get("/api/v1/accounts", headers={"accept": "application/json"})).json()
    return [account["id"] for account in listed["accounts"]]


async def test_a_stranger_is_offered_the_providers_and_no_command(stranger: Reader) -> None:
    page = await stranger.open("/history")
    assert page.status == 401
    assert page.texts("main a.button") == ["Continue with Google", "Continue with Microsoft"]
    assert "aftertouch sign-in" not in page.text()
    assert "this machine" not in page.text()
    told = await stranger.browser.get("/api/v1/accounts", headers={"accept": "application/json"})
    assert told.status_code == 401
    assert "aftertouch sign-in" not in told.text


async def test_who_deleted_everything_is_shown_the_way_back_in(world: World, stranger: Reader) -> None:
    await sign_in(world, stranger, "google")
    page = await stranger.send("/privacy/delete", confirmation="delete everything")
    assert "Everything is deleted" in page.text("h1")
    assert page.one("main a").attributes["href"] == "/"
    assert "aftertouch sign-in" not in page.text()


async def test_who_holds_a_mailbox_comes_home_in_any_browser(world: World, stranger: Reader, other: Reader) -> None:
    assert (await sign_in(world, stranger, "google")).headers["location"] == "/accounts"
    first = await whose(stranger)
    assert len(first) == 1
    await sign_in(world, other, "google")
    assert await whose(other) == first


async def test_another_mailbox_is_another_person_unless_it_joins_a_house(
    world: World, stranger: Reader, other: Reader
) -> None:
    await sign_in(world, stranger, "google")
    await sign_in(world, other, "microsoft")
    assert not set(await whose(stranger)) & set(await whose(other))
    await sign_in(world, stranger, "microsoft")
    assert len(await whose(stranger)) == 2
    assert len(await whose(other)) == 1


async def test_a_mailbox_that_joined_a_house_does_not_open_it(world: World, stranger: Reader, other: Reader) -> None:
    await sign_in(world, stranger, "google")
    await sign_in(world, stranger, "microsoft")
    await sign_in(world, other, "microsoft")
    assert len(await whose(other)) == 1
    assert not set(await whose(stranger)) & set(await whose(other))


async def test_the_session_a_visitor_came_with_ends_at_the_door(world: World, stranger: Reader) -> None:
    await stranger.browser.get("/link/google", follow_redirects=False)
    before = stranger.browser.cookies[COOKIE]
    await sign_in(world, stranger, "google")
    assert stranger.browser.cookies[COOKIE] != before
    stranger.browser.cookies.clear()
    answer = await stranger.browser.get("/api/v1/accounts", headers={"cookie": f"{COOKIE}={before}"})
    assert answer.status_code == 401


async def test_a_visitor_who_does_not_consent_is_not_let_stay(world: World, stranger: Reader) -> None:
    await stranger.browser.get("/link/google", follow_redirects=False)
    for minutes in (10, 4, 1):
        world.clock.advance(minutes=minutes)
        left = (await stranger.open("/accounts")).status
    assert left == 401


async def test_a_callback_carried_to_another_browser_signs_nobody_in(
    world: World, stranger: Reader, other: Reader
) -> None:
    begun = await stranger.browser.get("/link/google", follow_redirects=False)
    answer = await world.consent(begun.headers["location"], "google")
    assert (await other.browser.get("/link/google/callback", params=answer)).status_code == 401
    await other.browser.get("/link/microsoft", follow_redirects=False)
    assert (await other.browser.get("/link/google/callback", params=answer)).status_code == 400
    assert await whose(other) == []


async def test_saying_no_leaves_an_empty_house_that_the_next_visitor_clears(world: World, stranger: Reader) -> None:
    def houses() -> int:
        with world.parts.database.read() as tx:
            return int(tx.execute(select(func.count()).select_from(people)).scalar_one())

    await sign_in(world, stranger, "google", button="deny")
    assert await whose(stranger) == []
    before = houses()
    world.clock.advance(hours=1)
    stranger.browser.cookies.clear()
    await stranger.browser.get("/link/google", follow_redirects=False)
    assert houses() <= before


async def test_visitors_do_not_come_without_end(stranger: Reader) -> None:
    answers = []
    for _ in range(31):
        stranger.browser.cookies.clear()
        answers.append((await stranger.browser.get("/link/google", follow_redirects=False)).status_code)
    assert answers == [302] * 30 + [429]


@pytest.mark.parametrize(
    "command", [["sign-in"], ["device", "add", "--name", "x"], ["export"], ["erase", "--yes"], ["sync"]]
)
def test_no_command_takes_one_of_many_for_the_only_one(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AFTERTOUCH_SIGN_IN", "provider")
    assert main(command) == 2
    assert "Many people share this server" in capsys.readouterr().err
