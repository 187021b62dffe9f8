"""Pairing in the browser: the code shown, approved or denied once, and removed at will."""

from datetime import timedelta

import pytest

from app.services import pairing
from app.services.errors import PairingPending
from app.services.scopes import Scope
from tests.builders import Reader, sign_in
from tests.world import World


async def test_a_device_is_shown_by_name_and_approved(reader: Reader, world: World) -> None:
    code = pairing.begin(world.parts, "Chrome on <the> desk", world.clock())
    page = await reader.open(f"/pair?user_code={code.user_code}")
    assert "Chrome on <the> desk" in page.text()
    assert page.text(".code") == code.user_code
    assert "neither take everything out, nor unlink a mailbox, nor delete" in page.text()
    done = await reader.send("/pair", user_code=code.user_code, answer="approve")
    assert done.path == "/devices"
    assert "Approved" in done.text(".notice")
    assert pairing.claim(world.parts, code.device_code, world.clock())
    assert (await reader.open("/devices")).texts(".device h2") == ["Chrome on <the> desk"]


async def test_each_device_is_listed_with_what_it_may_do_and_until_when(reader: Reader, world: World) -> None:
    pairing.add_device(world.parts, "Whole", world.clock())
    pairing.add_device(world.parts, "Narrow", world.clock() + timedelta(seconds=1), [Scope.ADVICE, Scope.HISTORY])
    page = await reader.open("/devices")
    narrow, whole = page.texts(".device")
    assert "ask what to say before you send or call" in narrow
    assert "delete everything" not in narrow
    assert "delete everything" in whole
    assert "Good untilMon Nov 22, 2027" in narrow


async def test_a_denied_device_gets_no_token(reader: Reader, world: World) -> None:
    code = pairing.begin(world.parts, "Somebody else", world.clock())
    done = await reader.send("/pair", user_code=code.user_code, answer="deny")
    assert "was not paired" in done.text(".notice")
    with pytest.raises(PairingPending) as refusal:
        pairing.claim(world.parts, code.device_code, world.clock())
    assert refusal.value.code == "access_denied"


async def test_a_code_typed_small_and_without_its_dash_is_found(reader: Reader, world: World) -> None:
    code = pairing.begin(world.parts, "Firefox", world.clock())
    page = await reader.open(f"/pair?user_code={code.user_code.lower().replace('-', '')}")
    assert "Firefox" in page.text()


async def test_a_wrong_code_keeps_what_was_typed(reader: Reader) -> None:
    page = await reader.open("/pair?user_code=BBBBB-BBBBB")
    assert page.status == 404
    assert "not known" in page.text(".fault")
    assert page.one("#user_code").attributes["value"] == "BBBBB-BBBBB"


async def test_after_five_wrong_codes_not_even_the_right_one_opens_for_five_minutes(
    reader: Reader, world: World
) -> None:
    code = pairing.begin(world.parts, "Chrome", world.clock())
    for _ in range(5):
        assert (await reader.send("/pair", user_code="BBBBB-BBBBB", answer="approve")).status == 404
    refused = await reader.send("/pair", user_code=code.user_code, answer="approve")
    assert refused.status == 429
    assert int(refused.answer.headers["retry-after"]) in range(1, 301)
    world.clock.advance(minutes=5)
    later = pairing.begin(world.parts, "Chrome", world.clock())
    assert (await reader.send("/pair", user_code=later.user_code, answer="approve")).path == "/devices"


async def test_codes_are_not_given_out_without_end(stranger: Reader) -> None:
    given = [
        (await stranger.browser.post("/api/v1/device/code", json={"name": f"Laptop {number}"})).status_code
        for number in range(31)
    ]
    assert given == [200] * 30 + [429]


async def test_a_removed_device_can_ask_nothing_any_more(reader: Reader, stranger: Reader, world: World) -> None:
    token = pairing.add_device(world.parts, "Old laptop", world.clock())
    with_token = {"authorization": f"Bearer {token}"}
    assert (await stranger.browser.get("/api/v1/recipients", headers=with_token)).status_code == 200
    page = await reader.open("/devices")
    done = await reader.send(str(page.one("form[action$='/remove']").attributes["action"]))
    assert "No browser is paired yet." in done.text()
    assert (await stranger.browser.get("/api/v1/recipients", headers=with_token)).status_code == 401


async def test_a_device_token_opens_no_page(stranger: Reader, world: World) -> None:
    token = pairing.add_device(world.parts, "Laptop", world.clock())
    answer = await stranger.browser.get("/accounts", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_another_browser_is_listed_and_signed_out_alone(reader: Reader, stranger: Reader, world: World) -> None:
    world.clock.advance(minutes=1)
    await sign_in(stranger.browser, world.parts)
    page = await reader.open("/devices")
    assert ["this browser" in row for row in page.texts(".browsers li")] == [False, True]
    done = await reader.send(str(page.one(".browsers form").attributes["action"]))
    assert "That browser is signed out." in done.text(".notice")
    assert (await stranger.open("/accounts")).status == 401
    assert (await reader.open("/accounts")).status == 200


async def test_signing_out_everywhere_ends_every_browsers_session(
    reader: Reader, stranger: Reader, world: World
) -> None:
    await sign_in(stranger.browser, world.parts)
    assert (await stranger.open("/accounts")).status == 200
    await reader.send("/devices/sign-out")
    assert (await stranger.open("/accounts")).status == 401
    assert (await reader.open("/accounts")).status == 401
