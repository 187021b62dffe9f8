"""The door: one-time links, what a stranger sees, and the first page."""

from datetime import timedelta

import pytest

from app.services import signing_in
from app.services.parts import SESSION_LIFE, SESSION_REST, SIGN_IN_LINK_LIFE
from app.web.session_cookie import COOKIE
from tests.builders import Reader
from tests.world import World

PAGES = ("/", "/accounts", "/set-up", "/history", "/report", "/devices", "/pair", "/rules", "/privacy", "/try")


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_learns_how_to_sign_in_on_every_page(stranger: Reader, path: str) -> None:
    page = await stranger.open(path)
    assert page.status == 401
    assert "aftertouch sign-in" in page.text()
    assert not page.all("nav")


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_opens_before_anything_is_linked(reader: Reader, path: str) -> None:
    page = await reader.open(path)
    assert page.status == 200
    assert len(page.all("h1")) == 1
    assert [node.attributes["href"] for node in page.all("nav a[aria-current=page]")] in ([], [path])


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_carries_script_or_style_within_itself(reader: Reader, path: str) -> None:
    page = await reader.open(path)
    assert not page.all("style, [style], script:not([src])")
    assert all(str(node.attributes["src"]).startswith("/static/") for node in page.all("script"))


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(stranger: Reader, world: World) -> None:
    answer = await stranger.browser.get(signing_in.new_link(world.parts, world.clock()), follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))
    assert "secure" not in cookie


async def test_a_sign_in_link_works_once(stranger: Reader, world: World) -> None:
    link = signing_in.new_link(world.parts, world.clock())
    assert (await stranger.open(link)).status == 200
    stranger.browser.cookies.clear()
    second = await stranger.open(link)
    assert second.status == 401
    assert "used already or is too old" in second.text()


async def test_a_sign_in_link_is_too_old_after_half_an_hour(stranger: Reader, world: World) -> None:
    link = signing_in.new_link(world.parts, world.clock())
    world.clock.now += SIGN_IN_LINK_LIFE
    assert (await stranger.open(link)).status == 401


async def test_a_session_ends_by_itself_and_by_signing_out(reader: Reader, world: World) -> None:
    assert (await reader.send("/sign-out")).status == 401
    await reader.open(signing_in.new_link(world.parts, world.clock()))
    for _ in range(SESSION_LIFE // SESSION_REST):
        world.clock.now += SESSION_REST - timedelta(hours=2)
        assert (await reader.open("/")).status == 200
    world.clock.now += SESSION_LIFE % SESSION_REST + timedelta(hours=2) * (SESSION_LIFE // SESSION_REST)
    assert (await reader.open("/")).status == 401


async def test_a_session_nobody_uses_ends_after_a_week(reader: Reader, world: World) -> None:
    world.clock.now += SESSION_REST
    assert (await reader.open("/")).status == 401


async def test_signing_out_leaves_nothing_of_ours_in_the_browser(reader: Reader) -> None:
    answer = await reader.browser.post(
        "/sign-out", headers={"origin": str(reader.browser.base_url).rstrip("/")}, follow_redirects=False
    )
    assert answer.headers["clear-site-data"] == '"storage"'
    assert COOKIE not in reader.browser.cookies


async def test_signing_out_ends_the_session_on_the_server_too(reader: Reader) -> None:
    session = reader.browser.cookies[COOKIE]
    await reader.send("/sign-out")
    reader.browser.cookies.set(COOKIE, session)
    assert (await reader.open("/")).status == 401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
async def test_a_form_on_another_site_is_refused(reader: Reader, origin: str) -> None:
    answer = await reader.browser.post("/sign-out", headers={"origin": origin})
    assert answer.status_code == 403
    assert (await reader.open("/")).status == 200


async def test_our_own_forms_keep_their_origin(reader: Reader) -> None:
    answer = await reader.browser.get("/")
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_the_first_page_says_in_three_sentences_what_is_read_what_never_and_how_to_delete(reader: Reader) -> None:
    page = await reader.open("/")
    said = page.text(".hero .lead")
    assert said.count(". ") == 2
    assert "sent mail and the replies" in said
    assert "never" in said
    assert "delete" in said


async def test_the_first_page_names_each_scope_in_plain_words_before_linking(reader: Reader) -> None:
    page = await reader.open("/")
    assert [node.attributes["href"] for node in page.all(".cards a.button")] == ["/link/google", "/link/microsoft"]
    assert "read your mail" in page.texts(".cards .card")[0]
    assert "read your mail (Mail.Read)" in page.texts(".cards .card")[1]
    assert page.one("form[action='/sample'] button").text() == "Use the sample mailbox"


async def test_the_first_page_shows_where_things_stand_once_mail_is_linked(reader: Reader, world: World) -> None:
    await world.link_both()
    page = await reader.open("/")
    assert not page.all("form[action='/sample']")
    assert page.texts(".tile")[0].endswith("Your turn")
    assert "2 mailboxes" in page.text()


async def test_an_address_that_does_not_exist_is_told_to_a_browser_as_a_page(reader: Reader) -> None:
    page = await reader.open("/history/0123456789abcdef")
    assert page.status == 404
    assert "There is no such recipient." in page.text()
    assert page.answer.headers["x-correlation-id"] in page.text()


async def test_a_program_still_gets_the_problem_as_json(reader: Reader) -> None:
    answer = await reader.browser.get("/api/v1/recipients/none", headers={"accept": "text/html,*/*"})
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_foreign_callback_links_nothing_and_leads_back(reader: Reader, world: World) -> None:
    page = await reader.open("/link/google/callback?state=made-up&code=none")
    assert page.status == 400
    assert "Nothing was linked" in page.text("h1")
    assert world.accounts() == []
