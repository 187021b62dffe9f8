"""Every page in a real Chromium: nothing wider than the window, no complaint in the console, pictures to look at."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".run" / "screenshots"
PATHS = ("/", "/accounts", "/history", "/devices", "/pair", "/rules", "/privacy", "/try")
DANA = "dana@northwind.example"
SCHEMES = ("light", "dark")
WIDTHS = (375, 1280)


@dataclass(frozen=True)
class Served:
    """A running `aftertouch serve` with its simulator; `sign_in` is the one-time link it printed."""

    url: str
    sign_in: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    url = f"http://127.0.0.1:{_free_port()}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AFTERTOUCH_")}
    settings = {"AFTERTOUCH_DATA_DIR": str(folder), "AFTERTOUCH_BASE_URL": url, "AFTERTOUCH_TIME_ZONE": "Europe/Berlin"}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"],
        cwd=ROOT,
        env=kept | settings | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    while not (found := re.search(r"^Sign in: (\S+)$", said, re.M)):
        line = process.stdout.readline()
        assert line, f"the server ended: {said}"
        said += line
    yield Served(url, found[1])
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is needed: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path)


@pytest.fixture(scope="module")
def cookies(served: Served, chromium: Browser) -> Iterator[list[dict[str, object]]]:
    """Signed in, the sample linked by its one click and read to the end by the live page."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(served.sign_in)
        _photograph(page, "first-sight-1280-light")
        page.get_by_role("button", name="Use the sample mailbox").click()
        expect(page).to_have_url(f"{served.url}/accounts")
        expect(page.locator(".account[data-state=live]")).to_have_count(2, timeout=60_000)
        yield context.cookies()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_fits_and_stays_silent(
    served: Served, chromium: Browser, cookies: list[dict[str, object]], scheme: str, width: int
) -> None:
    with chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        context.add_cookies(cookies)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for path in (*PATHS, _recipient(page, served)):
            page.goto(f"{served.url}{path}")
            assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), path
            name = "recipient" if path.count("/") == 2 else path.strip("/") or "home"
            _photograph(page, f"{name}-{width}-{scheme}")
        assert complaints == []


def test_the_banner_speaks_on_the_try_page_and_nothing_typed_leaves_it(
    served: Served, chromium: Browser, cookies: list[dict[str, object]]
) -> None:
    with chromium.new_context() as context:
        context.add_cookies(cookies)
        page = context.new_page()
        sent: list[str] = []
        page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
        page.goto(f"{served.url}/try")
        page.get_by_label("Subject").fill("canary-subject-7413")
        page.get_by_role("textbox", name="Message").type("Just checking in. canary-body-7413")
        page.get_by_label("To").fill(DANA)
        banner = page.locator("aftertouch-banner")
        expect(banner).to_have_attribute("data-level", re.compile("caution|hold|stop"), timeout=10_000)
        _photograph(page, "try-banner-1280-light")
        page.get_by_label("To").press("Enter")
        page.get_by_role("button", name="Send").click()
        assert any("/api/v1/advice" in request for request in sent)
        assert not [request for request in sent if "canary" in request]


def test_an_offered_recipient_is_filled_in_without_leaving_the_page(
    served: Served, chromium: Browser, cookies: list[dict[str, object]]
) -> None:
    with chromium.new_context() as context:
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(f"{served.url}/try")
        offer = page.locator("[data-fill]").first
        offer.click()
        expect(page.get_by_label("To")).to_have_value(offer.get_attribute("data-fill") or "")
        expect(page).to_have_url(f"{served.url}/try")


def test_forms_work_without_any_script(served: Served, chromium: Browser, cookies: list[dict[str, object]]) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(f"{served.url}/rules")
        switch = page.get_by_role("switch", name="Too much at once")
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "false")
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "true")
        page.goto(f"{served.url}/try")
        page.locator("[data-fill]").first.click()
        expect(page.get_by_label("To")).not_to_have_value("")


def test_a_double_click_sends_a_form_once(served: Served, chromium: Browser, cookies: list[dict[str, object]]) -> None:
    with chromium.new_context() as context:
        context.add_cookies(cookies)
        page = context.new_page()
        posts: list[str] = []
        page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
        page.goto(f"{served.url}/accounts")
        page.get_by_role("button", name="Make a calendar address").dblclick()
        expect(page.locator("#calendar code")).to_be_visible()
        assert posts == [f"{served.url}/accounts/calendar"]


def test_every_mark_of_the_time_line_is_reached_by_the_keyboard(
    served: Served, chromium: Browser, cookies: list[dict[str, object]]
) -> None:
    with chromium.new_context() as context:
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(f"{served.url}{_recipient(page, served)}")
        marks = page.locator("svg.wide a")
        page.get_by_role("link", name="History").last.focus()
        for number in range(marks.count()):
            page.keyboard.press("Tab")
            expect(marks.nth(number)).to_be_focused()
        page.keyboard.press("Enter")
        assert "#entry-" in page.url


def _recipient(page: Page, served: Served) -> str:
    page.goto(f"{served.url}/history?q={DANA}")
    return page.locator(".row .who").get_attribute("href") or ""


def _photograph(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
