"""The set-up check: each wrong field is named, and only it, by what the provider itself says."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.services import checking
from app.services.checking import Credentials, Found
from app.settings import Settings
from connectors.http import Transport
from tests.world import BASE_URL, World

PROVIDERS = ("google", "microsoft")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    yield opened
    await opened.close()


def right(world: World, provider: str) -> Credentials:
    config = world.config
    given = {
        "google": (config.google_client_id, config.google_client_secret),
        "microsoft": (config.microsoft_client_id, config.microsoft_client_secret),
    }
    return Credentials(provider, *given[provider], f"{BASE_URL}/link/{provider}/callback")


async def found(world: World, asked: Credentials) -> dict[str, Found]:
    config = world.config
    settings = Settings(google_issuer=config.google_issuer, microsoft_authority=config.microsoft_authority)
    transport = Transport((config.base_url,), wire=httpx.ASGITransport(app=world.simulator))
    try:
        return {each.field: each for each in await checking.check(transport, settings, asked)}
    finally:
        await transport.close()


def fine(told: dict[str, Found]) -> dict[str, bool | None]:
    return {field: each.fine for field, each in told.items()}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_what_is_right_is_said_to_be_fine(world: World, provider: str) -> None:
    told = await found(world, right(world, provider))
    assert fine(told) == {"client_id": True, "client_secret": True, "redirect": True}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_wrong_client_id_is_named_and_nothing_is_said_of_the_rest(world: World, provider: str) -> None:
    told = await found(world, replace(right(world, provider), client_id="Aftertouch"))
    assert fine(told) == {"client_id": False, "client_secret": None, "redirect": None}
    assert (
        ".apps.googleusercontent.com" in told["client_id"].words or "Application (client) ID" in told["client_id"].words
    )


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_wrong_secret_is_named_alone(world: World, provider: str) -> None:
    told = await found(world, replace(right(world, provider), client_secret="1b4e28ba-2fa1-11d2-883f-0016d3cca427"))
    assert fine(told) == {"client_id": True, "client_secret": False, "redirect": True}
    assert ("Secret ID" in told["client_secret"].words) == (provider == "microsoft")


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_address_that_is_not_registered_is_named_alone(world: World, provider: str) -> None:
    asked = replace(right(world, provider), redirect=f"http://127.0.0.1:9/link/{provider}/callback")
    told = await found(world, asked)
    assert fine(told) == {"client_id": True, "client_secret": True, "redirect": False}
    assert asked.redirect in told["redirect"].words
    assert ("localhost only" in told["redirect"].words) == (provider == "microsoft")


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
async def test_an_empty_field_is_named(world: World, missing: str) -> None:
    asked = replace(right(world, "google"), **{missing: ""})
    assert (await found(world, asked))[missing] == Found(missing, False, "It is missing.")


async def test_a_provider_that_cannot_be_reached_condemns_no_field(world: World) -> None:
    async def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    transport = Transport((world.config.base_url,), wire=httpx.MockTransport(down))
    settings = Settings(google_issuer=world.config.google_issuer)
    told = await checking.check(transport, settings, right(world, "google"))
    assert {each.fine for each in told} == {None}
    assert "could not be asked" in told[0].words


def packed(code: str) -> str:
    return base64.urlsafe_b64encode(b"\n\x15" + code.encode() + b"\x12\x10words").decode().rstrip("=")


@pytest.mark.parametrize(("code", "field"), [("redirect_uri_mismatch", "redirect"), ("invalid_client", "client_id")])
async def test_the_refusal_google_packs_into_an_address_is_unpacked(world: World, code: str, field: str) -> None:
    async def google(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            root = world.config.google_issuer
            return httpx.Response(
                200, json={"authorization_endpoint": f"{root}/auth", "token_endpoint": f"{root}/token"}
            )
        if request.url.path.endswith("/auth"):
            return httpx.Response(302, headers={"location": f"/signin/oauth/error?authError={packed(code)}&flowName=x"})
        return httpx.Response(400, json={"error": "invalid_grant"})

    transport = Transport((world.config.base_url,), wire=httpx.MockTransport(google))
    settings = Settings(google_issuer=world.config.google_issuer)
    told = {each.field: each.fine for each in await checking.check(transport, settings, right(world, "google"))}
    assert told[field] is False


async def test_neither_secret_nor_code_is_in_a_repr(world: World) -> None:
    assert world.config.google_client_secret not in repr(right(world, "google"))
