"""F45: the browser puts the extension's worker away in the middle of a request; nothing is lost, doubled or broken."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.banner import banner_of
from tests.e2e.reports import GMAIL, open_page
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh")]

DANA = "dana@acme.example"
EXTENSION = "chrome-extension://odcdjmfcpclbbnoboplhinpbheadbhcj"
SLOW = 3.0  # seconds: longer than it takes to put a worker away


@pytest.fixture
def put_away(browser: BrowserContext) -> Callable[[], None]:
    """Stop every service worker at once, as a browser short of memory does."""

    def stop() -> None:
        beside = browser.new_page()
        beside.goto(f"{EXTENSION}/options.html")
        session = browser.new_cdp_session(beside)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        beside.close()

    return stop


def arrived(page: Page, stub: StubBackend, path: str, number: int = 1) -> None:
    for _ in range(200):
        if len([one for one in stub.arrived if one.path == path]) >= number:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{path} was not asked {number} times")


def test_a_worker_put_away_while_it_asks_leaves_the_compose_alone(
    page: Page, stub: StubBackend, put_away: Callable[[], None]
) -> None:
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    stub.answers["POST /api/v1/advice"] = Told(json=CAUTION, delay=SLOW)
    open_page(page, GMAIL, to=DANA)
    arrived(page, stub, "/api/v1/advice")
    put_away()
    page.wait_for_timeout(int(SLOW * 1000))
    assert page.locator("aftertouch-banner[data-level=clear]").count() == 0
    stub.answers["POST /api/v1/advice"] = Told(json=CAUTION)
    page.evaluate("() => mail.chip(0, 'to', 'Rita <rita@acme.example>')")
    banner_of(page)
    assert broken == []


def test_a_call_on_its_way_when_the_worker_is_put_away_is_logged_once(
    page: Page, stub: StubBackend, put_away: Callable[[], None]
) -> None:
    stub.answers["POST /api/v1/touches"] = Told(201, {"id": "t1"}, delay=SLOW)
    page.goto(f"{EXTENSION}/popup.html")
    page.fill("#recipient", DANA)
    page.get_by_role("button", name="Spoke").click()
    arrived(page, stub, "/api/v1/touches")
    put_away()
    stub.answers["POST /api/v1/touches"] = Told(201, {"id": "t1"})
    page.goto(f"{EXTENSION}/popup.html")
    arrived(page, stub, "/api/v1/touches", 2)
    expect(page.locator("#queue")).to_have_text("")
    sent = [one for one in stub.arrived if one.path == "/api/v1/touches"]
    assert len({one.headers["Idempotency-Key"] for one in sent}) == 1, "the backend takes a key once"
    page.reload()
    expect(page.locator("#queue")).to_have_text("")
    assert len([one for one in stub.arrived if one.path == "/api/v1/touches"]) == len(sent)
