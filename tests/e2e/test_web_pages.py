"""Every page in a real Chromium, light and dark, on a telephone and a desk: looked at by axe and by whoever cares."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT
from tests.e2e.house import DANA, House

pytestmark = pytest.mark.browser

AXE = (ROOT / "extension" / "node_modules" / "axe-core" / "axe.min.js").read_text()
SCREENSHOTS = ROOT / ".run" / "screenshots"
PATHS = {
    "home": "/",
    "accounts": "/accounts",
    "set-up": "/set-up",
    "history": "/history",
    "history-empty": "/history?q=nobody-is-called-this",
    "company": "/companies/northwind.example",
    "report": "/report",
    "devices": "/devices",
    "pair": "/pair",
    "rules": "/rules",
    "privacy": "/privacy",
    "try": "/try",
    "not-found": "/history/0123456789abcdef0123456789abcdef",
}
SCHEMES = ("light", "dark")
WIDTHS = (375, 1280)
CLIPPED = """() => [...document.querySelectorAll('main *')].filter((node) => {
  const style = getComputedStyle(node);
  const hides = style.overflowX === 'hidden' || style.textOverflow === 'ellipsis';
  return hides && !node.closest('.hidden, thead') && node.scrollWidth > node.clientWidth + 1 && node.innerText;
}).map((node) => node.outerHTML.slice(0, 120))"""
OUTSIDE = """() => [...document.querySelectorAll('main *, header *, footer *')].filter((node) => {
  const box = node.getBoundingClientRect();
  if (!box.width || node.closest('.scroll, .hidden, .skip, thead, svg')) return false;
  return box.right > innerWidth + 1 || box.left < -1;
}).map((node) => node.outerHTML.slice(0, 120))"""
OVERLAPPING = """() => {
  const all = document.querySelectorAll('svg.chart text, svg.picture text');
  const words = [...all].filter((node) => node.checkVisibility({ visibilityProperty: true }));
  const found = [];
  for (const [place, one] of words.entries()) for (const other of words.slice(place + 1)) {
    if (one.ownerSVGElement !== other.ownerSVGElement) continue;
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 4) found.push(`${one.textContent} over ${other.textContent}`);
  }
  return found;
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_fits_reads_well_and_stays_silent(house: House, scheme: str, width: int) -> None:
    faults: list[str] = []
    with house.visit(color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        recipient = house.recipient(page)
        for name, path in (PATHS | {"recipient": recipient}).items():
            page.goto(path)
            photograph(page, f"{name}-{width}-{scheme}")
            if name == "recipient":
                page.get_by_text("This is wrong").last.click()
                photograph(page, f"recipient-open-{width}-{scheme}")
            faults += [f"{path}: clipped {found}" for found in page.evaluate(CLIPPED)]
            faults += [f"{path}: outside {found}" for found in page.evaluate(OUTSIDE)]
            faults += [f"{path}: overlapping {found}" for found in page.evaluate(OVERLAPPING)]
            if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
                faults.append(f"{path}: wider than the window")
            faults += [f"{path}: axe {found}" for found in axe(page, colours_only=scheme == "dark")]
    assert not faults, "\n".join(faults)
    assert [said for said in house.complaints if "404" not in said] == []


def test_the_door_and_the_last_page_read_well_too(house: House) -> None:
    with house.browser.new_context(base_url=house.url, viewport={"width": 375, "height": 800}) as context:
        page = context.new_page()
        page.goto("/history")
        photograph(page, "signed-out-375-light")
        assert axe(page) == []


def test_the_banner_speaks_on_the_try_page_and_nothing_typed_leaves_it(house: House) -> None:
    with house.visit() as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
        page.goto("/try")
        page.get_by_label("Subject").fill("canary-subject-7413")
        page.get_by_role("textbox", name="Message").type("Just checking in. canary-body-7413")
        page.get_by_label("To").fill(DANA)
        banner = page.locator("aftertouch-banner")
        expect(banner).to_have_attribute("data-level", re.compile("caution|hold|stop"), timeout=10_000)
        photograph(page, "try-banner-1280-light")
        assert axe(page) == []
        page.get_by_label("To").press("Enter")
        page.get_by_role("button", name="Send").click()
        assert any("/api/v1/advice" in request for request in sent)
        assert not [request for request in sent if "canary" in request]


def test_an_offered_recipient_is_filled_in_without_leaving_the_page(house: House) -> None:
    with house.visit("/try") as page:
        offer = page.locator("[data-fill]").first
        offer.click()
        expect(page.get_by_label("To")).to_have_value(offer.get_attribute("data-fill") or "")
        expect(page).to_have_url(f"{house.url}/try")


def test_forms_work_without_any_script(house: House) -> None:
    with house.visit("/rules", java_script_enabled=False) as page:
        switch = page.get_by_role("switch", name="Too much at once")
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "false")
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "true")
        page.goto("/try")
        page.locator("[data-fill]").first.click()
        expect(page.get_by_label("To")).not_to_have_value("")


def test_a_double_click_sends_a_form_once(house: House) -> None:
    with house.visit("/accounts") as page:
        posts: list[str] = []
        page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
        page.get_by_role("button", name=re.compile("calendar address|new address")).dblclick()
        expect(page.locator("#calendar code")).to_be_visible()
        assert posts == [f"{house.url}/accounts/calendar"]


def axe(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds, one line each; through the debugger, so that the page's policy does not matter."""
    page.evaluate(AXE)
    asked = {"runOnly": ["color-contrast", "link-in-text-block"]} if colours_only else {}
    found = page.evaluate("async (asked) => (await axe.run(document, asked)).violations", asked)
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def photograph(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(SCREENSHOTS / f"{name}.png"), full_page=True)
