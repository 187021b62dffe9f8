"""What every answer wears: safety headers even when something breaks, caching for static files alone, zipped pages."""

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs

from app.main import create_app
from app.services import pairing, signing_in
from app.services.parts import Parts
from app.services.scopes import Scope
from tests.builders import Reader

WORN = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def browser(app: FastAPI, parts: Parts, accept: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=parts.settings.base_url, headers={"accept": accept})


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_an_answer_to_an_unexpected_error_wears_the_safety_headers(
    app: FastAPI, parts: Parts, accept: str
) -> None:
    @app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("words of a letter")

    async with browser(app, parts, accept) as asking:
        answer = await asking.get("/breaks")
    assert answer.status_code == 500
    assert WORN.items() <= dict(answer.headers).items()
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-correlation-id"] in answer.text
    assert "words of a letter" not in answer.text


async def test_over_https_browsers_are_told_to_come_no_other_way(app: FastAPI, parts: Parts) -> None:
    safe = replace(parts, settings=parts.settings.model_copy(update={"base_url": "https://aftertouch.example"}))
    async with browser(app, parts, "text/html") as plain, browser(create_app(safe), safe, "text/html") as encrypted:
        assert "strict-transport-security" not in (await plain.get("/")).headers
        for path in ("/", "/api/v1/rules", "/static/style.css"):
            told = (await encrypted.get(path)).headers["strict-transport-security"]
            assert told == "max-age=31536000; includeSubDomains"


async def test_over_https_the_session_is_tied_to_this_very_host_until_signed_out(parts: Parts) -> None:
    safe = replace(parts, settings=parts.settings.model_copy(update={"base_url": "https://aftertouch.example"}))
    async with browser(create_app(safe), safe, "text/html") as encrypted:
        answer = await encrypted.get(signing_in.new_link(safe, safe.clock()), follow_redirects=False)
        assert set(answer.headers["set-cookie"].lower().split("; ")) >= {"secure", "httponly", "path=/"}
        assert "domain" not in answer.headers["set-cookie"].lower()
        assert list(encrypted.cookies) == ["__Host-aftertouch_session"]
        assert (await encrypted.get("/accounts")).status_code == 200
        await encrypted.post("/sign-out", headers={"origin": "https://aftertouch.example"})
        assert not list(encrypted.cookies)
        assert (await encrypted.get("/accounts")).status_code == 401


async def test_over_https_the_bare_name_of_the_cookie_opens_nothing(parts: Parts) -> None:
    safe = replace(parts, settings=parts.settings.model_copy(update={"base_url": "https://aftertouch.example"}))
    async with browser(create_app(safe), safe, "text/html") as encrypted:
        await encrypted.get(signing_in.new_link(safe, safe.clock()), follow_redirects=False)
        session = encrypted.cookies["__Host-aftertouch_session"]
        encrypted.cookies.clear()
        for name, status in (("aftertouch_session", 401), ("__Host-aftertouch_session", 200)):
            assert (await encrypted.get("/accounts", headers={"cookie": f"{name}={session}"})).status_code == status


async def test_who_was_not_let_in_stands_in_the_log_without_what_they_tried(app: FastAPI, parts: Parts) -> None:
    async with browser(app, parts, "application/json") as guessing:
        with capture_logs() as lines:
            await guessing.get("/sign-in?token=guessed-words")
            await guessing.get("/api/v1/rules", headers={"authorization": "Bearer guessed-words"})
            narrow = pairing.add_device(parts, "narrow", parts.clock(), [Scope.ADVICE])
            await guessing.get("/api/v1/export", headers={"authorization": f"Bearer {narrow}"})
            await guessing.post("/hooks/google", json={"guessed-words": 1})
    assert [line.get("kind", line.get("reason")) for line in lines] == [
        *("not-signed-in", "not-signed-in", "out-of-scope", "no_token"),
    ]
    assert "guessed-words" not in str(lines)


async def test_the_operators_token_opens_the_counters_and_nothing_else(parts: Parts) -> None:
    theirs = "o" * 32
    watched = replace(parts, settings=parts.settings.model_copy(update={"metrics_token": SecretStr(theirs)}))
    far = httpx.ASGITransport(app=create_app(watched), client=("203.0.113.9", 4444))
    async with httpx.AsyncClient(transport=far, base_url=parts.settings.base_url) as asking:
        for path, token, status in (
            ("/metrics", theirs, 200),
            ("/metrics", "p" * 32, 401),
            ("/metrics", "ö", 401),
            ("/api/v1/accounts", theirs, 401),
        ):
            answer = await asking.get(path, headers={"authorization": f"Bearer {token}".encode()})
            assert answer.status_code == status, (path, token)


async def test_a_foreign_host_is_refused_with_the_safety_headers(app: FastAPI, parts: Parts) -> None:
    async with browser(app, parts, "text/html") as asking:
        answer = await asking.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 403
    assert WORN.items() <= dict(answer.headers).items()


async def test_static_files_are_kept_by_the_browser_and_confirmed_by_etag(stranger: Reader) -> None:
    first = await stranger.browser.get("/static/style.css")
    assert first.headers["cache-control"] == "no-cache"
    again = await stranger.browser.get("/static/style.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_pages_and_static_files_travel_zipped_and_answers_of_the_api_do_not(reader: Reader) -> None:
    assert (await reader.browser.get("/static/style.css")).headers["content-encoding"] == "gzip"
    assert (await reader.browser.get("/rules")).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in (await reader.browser.get("/openapi.json")).headers


async def test_counters_are_for_this_machine_and_for_devices_and_not_through_a_proxy(
    app: FastAPI, parts: Parts
) -> None:
    async with browser(app, parts, "*/*") as near:
        assert "python_info" in (await near.get("/metrics")).text
        assert (await near.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})).status_code == 401
    far = httpx.ASGITransport(app=app, client=("203.0.113.9", 4444))
    async with httpx.AsyncClient(transport=far, base_url=parts.settings.base_url) as asking:
        assert (await asking.get("/metrics")).status_code == 401
        token = pairing.add_device(parts, "scraper", parts.clock())
        assert (await asking.get("/metrics", headers={"authorization": f"Bearer {token}"})).status_code == 200
