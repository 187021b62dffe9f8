"""When the backend fails: the compose and Send work, the line says why, nobody is asked twice about the same people."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.banner import banner_of, says
from tests.e2e.reports import GMAIL, open_page, press
from tests.e2e.stub_backend import CAUTION, ShutDoor, StubBackend, Told

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh")]

DANA = "Dana Hiring <dana@acme.example>"
EDITOR = "[g_editable=true]"
COME_BACK = "() => { for (const type of ['blur', 'focus']) window.dispatchEvent(new Event(type)); }"
SAID = {
    "off": (None, "Aftertouch is not running."),
    "401": (Told(401, {}), "Pair this browser again in the settings."),
    "429": (Told(429, {}), "Aftertouch is busy; it will answer again shortly."),
    "500": (Told(500, {}), "Aftertouch has a fault of its own."),
    "10 s": (Told(delay=10), "Aftertouch takes too long to answer."),
}


@pytest.mark.parametrize(("told", "said"), SAID.values(), ids=list(SAID))
def test_a_failing_backend_leaves_the_compose_working_and_is_asked_once_per_change(
    page: Page, stub: StubBackend, browser: BrowserContext, told: Told | None, said: str
) -> None:
    door = ShutDoor()
    asked = (lambda: door.knocks) if told is None else (lambda: len(stub.asked()))
    stub.answers["POST /api/v1/advice"] = told or Told(json=CAUTION)
    worker = browser.service_workers[0]
    worker.evaluate("(backend) => chrome.storage.local.set({backend})", door.url if told is None else stub.url)
    open_page(page, GMAIL, to=DANA)
    page.locator(EDITOR).click()
    page.keyboard.type("Just checking in, any news?", delay=15)
    page.evaluate("() => { for (let i = 0; i < 50; i++) document.body.append(document.createElement('i')); }")
    page.evaluate("() => mail.send(0)")
    banner_of(page, "unknown")
    says(page, said)
    page.wait_for_timeout(500)
    assert page.locator(EDITOR).text_content() == "Just checking in, any news?"
    assert page.evaluate("() => mail.sent") == 1
    assert asked() == 1
    assert page.evaluate("() => document.querySelector('aftertouch-banner').offsetHeight") > 0
    if told is None or not told.delay:
        page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
        until(page, lambda: asked() == 2)  # a backend that is busy is left alone for three seconds first
        page.wait_for_timeout(400)
        assert asked() == 2
    worker.evaluate("(backend) => chrome.storage.local.set({backend})", stub.url)
    door.close()


def until(page: Page, holds: Callable[[], bool], *, seconds: float = 6) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def test_what_failed_is_tried_again_when_the_person_comes_back_or_asks_for_it(page: Page, stub: StubBackend) -> None:
    stub.answers["POST /api/v1/advice"] = Told(500, {})
    open_page(page, GMAIL, to=DANA)
    banner_of(page, "unknown")
    stub.answers["POST /api/v1/advice"] = Told(json=CAUTION)
    page.evaluate(COME_BACK)
    banner_of(page)
    stub.answers["POST /api/v1/advice"] = Told(500, {})
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    banner_of(page, "unknown")
    press(page, "Try again")
    stub.wait_for_asked(4)
    banner_of(page, "unknown")
    stub.answers["POST /api/v1/advice"] = Told(json=CAUTION)
    press(page, "Try again")
    banner_of(page)
    page.evaluate(COME_BACK)
    page.wait_for_timeout(300)
    assert [body["cc"] for body in stub.asked()] == [[], [], *[["cc@acme.example"]] * 3]
