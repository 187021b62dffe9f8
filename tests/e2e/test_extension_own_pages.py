"""The popup and the options page: log a call in two clicks, ask before calling, pair, see what fails."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.banner import banner_of
from tests.e2e.reports import GMAIL
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

pytestmark = pytest.mark.browser

EXTENSION = "chrome-extension://odcdjmfcpclbbnoboplhinpbheadbhcj"
ADDRESS = "dana@acme.example"


@pytest.fixture
def stub(browser: BrowserContext) -> Iterator[StubBackend]:
    """The extension asks this backend for the length of a test; what it kept before comes back afterwards."""
    worker = browser.service_workers[0] if browser.service_workers else browser.wait_for_event("serviceworker")
    before = worker.evaluate("() => chrome.storage.local.get(['backend', 'token'])")
    backend = StubBackend()
    worker.evaluate("() => Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()])")
    worker.evaluate("(given) => chrome.storage.local.set(given)", {"backend": backend.url, "token": "stub-token"})
    backend.answers["GET /api/v1/recipients"] = Told(
        json={"recipients": [{"id": "r1", "address": ADDRESS, "name": "Dana"}], "next_cursor": None}
    )
    yield backend
    worker.evaluate("() => Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()])")
    worker.evaluate("(given) => chrome.storage.local.set(given)", before)
    backend.close()


def test_a_call_is_logged_in_two_clicks(page: Page, stub: StubBackend, browser: BrowserContext) -> None:
    stub.answers["POST /api/v1/touches"] = Told(201, {"id": "t1"})
    browser.service_workers[0].evaluate(
        "(address) => chrome.storage.session.set({recent: ['x@y.example', address]})", ADDRESS
    )
    page.goto(f"{EXTENSION}/popup.html")
    page.get_by_role("button", name=ADDRESS).click()
    page.get_by_role("button", name="Voice mail").dblclick()
    expect(page.locator("#told")).to_have_text("Logged.")
    (touch,) = stub.asked("/api/v1/touches")
    assert touch["recipient"] == ADDRESS
    assert (touch["channel"], touch["outcome"]) == ("voicemail", "message_left")


def test_a_call_logged_offline_is_kept_and_sent_once(page: Page, stub: StubBackend) -> None:
    stub.answers["POST /api/v1/touches"] = Told(503, {})
    page.goto(f"{EXTENSION}/popup.html")
    page.fill("#recipient", ADDRESS)
    page.locator("summary").click()
    page.fill("#promise", "by Friday")
    page.get_by_role("button", name="Spoke").click()
    expect(page.locator("#queue")).to_contain_text("1")
    stub.answers["POST /api/v1/touches"] = Told(201, {"id": "t1"})
    page.reload()
    expect(page.locator("#queue")).to_have_text("")
    page.reload()
    expect(page.locator("#queue")).to_have_text("")
    sent = [one for one in stub.arrived if one.path == "/api/v1/touches"]
    assert len({one.headers["Idempotency-Key"] for one in sent}) == 1
    assert stub.asked("/api/v1/touches")[-1]["note_promise"] == "by Friday"


def test_may_i_call_now_is_answered_and_not_logged(page: Page, stub: StubBackend) -> None:
    call: dict[str, Any] = {"answer": "mail", "until": None, "reasons": ["They asked for mail."], "say": ""}
    stub.answers["POST /api/v1/advice"] = Told(json={**CAUTION, "call": call})
    page.goto(f"{EXTENSION}/popup.html")
    page.fill("#recipient", ADDRESS)
    page.locator("#may-call").click()
    expect(page.locator("#answer")).to_contain_text("Better by mail.")
    expect(page.locator("#answer")).to_contain_text("They asked for mail.")
    assert stub.asked()[0]["channel"] == "call"
    assert not stub.asked("/api/v1/touches")


def test_what_is_said_of_one_recipient_goes_when_another_is_named(page: Page, stub: StubBackend) -> None:
    stub.answers["POST /api/v1/advice"] = Told(json={**CAUTION, "call": {"answer": "yes", "until": None}})
    page.goto(f"{EXTENSION}/popup.html")
    page.fill("#recipient", ADDRESS)
    page.locator("#may-call").click()
    expect(page.locator("#answer")).to_contain_text("Yes, call now.")
    page.fill("#recipient", "rita@acme.example")
    expect(page.locator("#answer")).to_have_text("")
    expect(page.locator("#line")).to_have_text("No mail or calls with them yet.")
    page.fill("#recipient", "rita")
    expect(page.locator("#line")).to_have_text("")


def test_a_logged_call_stands_in_the_line_and_its_details_go_with_no_other(page: Page, stub: StubBackend) -> None:
    page.goto(f"{EXTENSION}/popup.html")
    page.fill("#recipient", ADDRESS)
    page.locator("summary").click()
    page.fill("#promise", "by Friday")
    stub.answers["POST /api/v1/touches"] = Told(422, {})
    page.get_by_role("button", name="No answer").click()
    expect(page.locator("#told")).to_have_text("That could not be saved.")
    expect(page.locator("#promise")).to_have_value("by Friday")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#queue")).to_have_text("")
    stub.answers["POST /api/v1/touches"] = Told(201, {"id": "t1"})
    entry = {"at": "2026-11-22T09:00:00Z", "direction": "out", "title": "Call: spoke", "link": ""}
    stub.answers["GET /api/v1/recipients/r1"] = Told(json={"next_good_date": None, "time_line": [entry]})
    page.get_by_role("button", name="Spoke").click()
    expect(page.locator("#told")).to_have_text("Logged.")
    expect(page.locator("#line")).to_contain_text("Call: spoke")
    expect(page.locator("#promise")).to_have_value("")


def test_a_list_that_could_not_be_read_says_why_and_not_that_it_is_empty(
    page: Page, stub: StubBackend, browser: BrowserContext
) -> None:
    stub.answers["GET /api/v1/recipients"] = stub.answers["GET /api/v1/devices"] = Told(500, {})
    page.goto(f"{EXTENSION}/options.html")
    for each in ("#devices", "#mutes"):
        expect(page.locator(each)).to_have_text("has a fault of its own: see its log")
    page.goto(f"{EXTENSION}/popup.html")
    expect(page.locator("#dates")).to_have_text("Aftertouch has a fault of its own.")
    browser.service_workers[0].evaluate("() => chrome.storage.local.remove('token')")
    page.goto(f"{EXTENSION}/options.html")
    expect(page.locator("#pairing")).to_have_text("This browser is not paired yet.")
    expect(page.get_by_text("Silent for these recipients")).to_be_hidden()
    expect(page.get_by_text("Mail pages")).to_be_visible()
    page.goto(f"{EXTENSION}/popup.html")
    expect(page.get_by_role("link", name="Pair this browser")).to_have_attribute("href", "options.html")


def test_this_browser_is_paired_with_a_code(page: Page, stub: StubBackend, browser: BrowserContext) -> None:
    browser.service_workers[0].evaluate("() => chrome.storage.local.remove('token')")
    stub.answers["POST /api/v1/device/code"] = Told(
        json={
            "device_code": "secret-device-code", "user_code": "WXYZ-1234", "verification_uri": f"{stub.url}/pair",
            "verification_uri_complete": f"{stub.url}/pair?code=WXYZ-1234", "expires_in": 600, "interval": 0.2,
        }
    )  # fmt: skip
    stub.answers["POST /api/v1/device/token"] = Told(400, {"error": "authorization_pending"})
    page.goto(f"{EXTENSION}/options.html")
    expect(page.locator("#pairing")).to_have_text("This browser is not paired yet.")
    with browser.expect_page() as opened:
        page.locator("#pair").click()
    assert opened.value.url == f"{stub.url}/pair?code=WXYZ-1234"
    expect(page.locator("#user-code")).to_have_text("WXYZ-1234")
    stub.answers["POST /api/v1/device/token"] = Told(json={"access_token": "fresh", "token_type": "Bearer"})
    expect(page.locator("#pairing")).to_have_text("Paired.")
    assert "secret-device-code" not in page.content()
    opened.value.close()


def test_the_options_page_names_what_fails(page: Page, stub: StubBackend) -> None:
    accounts = [{"id": "1", "address": "ana@example.com", "state": "needs_relink"}]
    stub.answers["GET /api/v1/accounts"] = Told(json={"accounts": accounts})
    stub.answers["GET /api/v1/devices"] = Told(json={"devices": [{"id": "d1", "name": "Laptop"}]})
    page.goto(f"{EXTENSION}/options.html")
    checks = page.locator("#checks")
    expect(checks.locator(".bad")).to_have_count(2)
    expect(checks).to_contain_text("Mailbox (ana@example.com: needs_relink): needs you")
    expect(checks).to_contain_text("Open message: none seen")
    expect(page.locator("#devices")).to_contain_text("Laptop")
    stub.answers["GET /api/v1/accounts"] = Told(401, {})
    page.locator("#check").click()
    expect(checks).to_contain_text("Pairing: the pairing was taken back")
    stub.answers["GET /api/v1/devices"] = Told(json={"devices": []})
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#devices")).to_have_text("None.")
    assert [one.path for one in stub.arrived if one.method == "DELETE"] == ["/api/v1/devices/d1"]


def test_this_browser_is_taken_back_and_the_others_are_one_click_away(
    page: Page, stub: StubBackend, browser: BrowserContext
) -> None:
    own = {"id": "d1", "name": "Chrome", "itself": True, "last_used_at": "2026-11-22T10:00:00Z"}
    stub.answers["GET /api/v1/devices"] = Told(json={"devices": [own]})
    stub.answers["DELETE /api/v1/devices/d1"] = Told(json={"removed": True})
    page.goto(f"{EXTENSION}/options.html")
    expect(page.locator("#devices")).to_contain_text("Chrome (this browser, last used 11/22/2026)")
    expect(page.locator("#all-devices")).to_have_attribute("href", f"{stub.url}/devices")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#pairing")).to_have_text("This browser is not paired yet.")
    assert browser.service_workers[0].evaluate("() => chrome.storage.local.get('token')") == {}


def test_a_mail_page_that_cannot_be_read_is_told_in_the_toolbar_and_the_self_check(
    page: Page, stub: StubBackend, browser: BrowserContext
) -> None:
    """A form of tomorrow: somebody writes in it, and nothing in it says where the recipients are."""
    mail = browser.new_page()
    mail.goto(f"{GMAIL}?composes=")
    mail.evaluate(
        """() => { const it = document.createElement('div'); it.setAttribute('role', 'dialog');
            it.innerHTML = '<div role="textbox" contenteditable="true">Hello</div>'; document.body.append(it); }"""
    )
    told = (
        "async () => { const [tab] = await chrome.tabs.query({url: 'https://mail.google.com/*'});"
        " return [await chrome.action.getBadgeText({tabId: tab.id}), await chrome.action.getTitle({tabId: tab.id})]; }"
    )
    worker = browser.service_workers[0]
    deadline = time.monotonic() + 8
    while (seen := worker.evaluate(told))[0] != "?" and time.monotonic() < deadline:
        mail.wait_for_timeout(50)
    assert seen == ["?", "a message is open that cannot be read: reload the mail page"]
    expect(mail.locator("aftertouch-banner")).to_have_count(0)
    page.goto(f"{EXTENSION}/options.html")
    expect(page.locator("#checks")).to_contain_text("Open message: a message is open that cannot be read")
    expect(page.locator("#sites li").filter(has_text="mail.google.com")).to_contain_text("0 / 0 / 0 / 0 / 0 / 0 / 1")
    mail.goto(f"{GMAIL}?to={ADDRESS}")
    banner_of(mail)
    assert worker.evaluate(told) == ["", "Aftertouch"]
    mail.close()


def test_the_popup_shows_what_passed_between_the_two(page: Page, stub: StubBackend) -> None:
    entries = [
        {"at": "2026-11-09T09:00:00Z", "direction": "out", "title": "Application", "link": "/history/r1"},
        {"at": "2026-11-16T09:00:00Z", "direction": "in", "title": "Thanks", "link": ""},
    ]
    stub.answers["GET /api/v1/recipients/r1"] = Told(json={"next_good_date": "2026-12-03", "time_line": entries})
    page.goto(f"{EXTENSION}/popup.html")
    page.fill("#recipient", ADDRESS)
    expect(page.locator("#line li")).to_have_count(2)
    expect(page.locator("#line li").first).to_contain_text("they: Thanks")
    expect(page.locator("#line a")).to_have_attribute("href", f"{stub.url}/history/r1")
    expect(page.locator("#next")).to_contain_text("Dec 3")


def test_a_muted_recipient_can_speak_again_and_be_muted_again(page: Page, stub: StubBackend) -> None:
    stub.answers["PATCH /api/v1/recipients/r1"] = Told(json={"id": "r1"})
    page.goto(f"{EXTENSION}/options.html")
    line = page.locator("#mutes li")
    line.get_by_role("button", name="Speak again").press("Enter")
    expect(line.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(line.get_by_role("button", name="Speak again")).to_be_focused()
    assert stub.asked("/api/v1/recipients/r1") == [{"muted": False}, {"muted": True}]


def test_a_rule_is_switched_off_and_stays_on_when_that_fails(page: Page, stub: StubBackend) -> None:
    rule = {"id": "touch-burst", "title": "Too much at once", "on": True}
    stub.answers["GET /api/v1/rules"] = Told(json={"rules": [rule]})
    page.goto(f"{EXTENSION}/options.html")
    box = page.get_by_label("Too much at once")
    box.click()
    expect(page.locator("#said")).to_have_text("That could not be saved.")
    expect(box).to_be_checked()
    stub.answers["PATCH /api/v1/rules/touch-burst"] = Told(json={**rule, "on": False})
    box.click()
    expect(page.locator("#said")).to_have_text("Saved.")
    expect(box).not_to_be_checked()
    assert stub.asked("/api/v1/rules/touch-burst")[-1] == {"on": False}


def test_the_panel_follows_the_compose_and_shows_the_next_good_dates(
    page: Page, stub: StubBackend, browser: BrowserContext
) -> None:
    waiting = [
        {"id": "r2", "address": "rita@acme.example", "name": None, "next_good_date": "2026-12-09"},
        {"id": "r1", "address": ADDRESS, "name": "Dana", "next_good_date": "2026-12-03"},
    ]
    stub.answers["GET /api/v1/recipients"] = Told(json={"recipients": waiting, "next_cursor": None})
    entry = {"at": "2026-11-09T09:00:00Z", "direction": "out", "title": "Application", "link": "/history/r1"}
    stub.answers["GET /api/v1/recipients/r1"] = Told(json={"next_good_date": "2026-12-03", "time_line": [entry]})
    page.goto(f"{EXTENSION}/panel.html")
    expect(page.locator("#dates li")).to_have_count(2)
    expect(page.locator("#dates li").first).to_contain_text(f"Dec 3: {ADDRESS}")
    mail = browser.new_page()
    mail.goto(f"{GMAIL}?to={ADDRESS}")
    banner_of(mail)
    mail.close()
    expect(page.locator("#recipient")).to_have_value(ADDRESS)
    expect(page.locator("#line")).to_contain_text("Application")
    page.get_by_role("button", name="rita@acme.example").click()
    expect(page.locator("#recipient")).to_have_value("rita@acme.example")
    expect(page.get_by_role("button", name="Open at the side")).to_be_hidden()


def test_the_panel_opens_at_the_side(page: Page, stub: StubBackend, browser: BrowserContext) -> None:
    worker = browser.service_workers[0]
    assert worker.evaluate("async () => (await chrome.sidePanel.getOptions({})).path") == "panel.html"
    page.goto(f"{EXTENSION}/popup.html")
    page.wait_for_function("() => document.querySelector('#outcomes button')")
    page.evaluate("() => { window.close = () => { window.closed_itself = true; }; }")
    page.get_by_role("button", name="Open at the side").click()
    page.wait_for_function("() => window.closed_itself")
    asked = "() => chrome.runtime.getContexts({contextTypes: ['SIDE_PANEL']}).then((all) => all.length)"
    assert worker.evaluate(asked) + sum(one.url.endswith("/panel.html") for one in browser.pages) >= 1


def test_a_site_is_switched_off_and_its_readings_are_counted_without_names(
    page: Page, stub: StubBackend, browser: BrowserContext
) -> None:
    mail = browser.new_page()
    mail.goto(f"{GMAIL}?to={ADDRESS};Hiring%20team")
    banner_of(mail)
    page.goto(f"{EXTENSION}/options.html")
    line = page.locator("#sites li").filter(has_text="mail.google.com")
    expect(line).to_contain_text("unreadable: 1 / 1 / 1 / 0 / 0 / 0 / 0")
    line.get_by_role("checkbox").click()
    expect(page.locator("#said")).to_have_text("Saved.")
    asked = len(stub.asked())
    mail.reload()
    mail.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    mail.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    mail.wait_for_timeout(600)
    expect(mail.locator("aftertouch-banner")).to_have_count(0)
    assert len(stub.asked()) == asked
    kept = browser.service_workers[0].evaluate("async () => JSON.stringify(await chrome.storage.local.get('health'))")
    assert "@" not in kept
    page.reload()
    line.get_by_role("checkbox").click()
    expect(page.locator("#said")).to_have_text("Saved.")
    mail.evaluate("() => mail.chip(0, 'cc', 'again@acme.example')")
    banner_of(mail)
    mail.close()
