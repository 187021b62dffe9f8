"""The stores' pictures, 1280 by 800: what is seen in Gmail, in Outlook and in the panel. `make pictures` keeps them."""

import struct
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.banner import banner_of, says
from tests.e2e.conftest import PICTURES, ROOT, picture
from tests.e2e.reports import GMAIL, OUTLOOK, open_page, press
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh")]

SIZE = (1280, 800)
STORE = ROOT / "extension" / "store"
OWN = "chrome-extension://odcdjmfcpclbbnoboplhinpbheadbhcj"
DANA = "Dana Hiring <dana@acme.example>"
LINE: list[dict[str, Any]] = [
    {"at": "2026-11-09T09:00:00Z", "direction": "out", "title": "Application: Product Designer", "link": "/history/r1"},
    {"at": "2026-11-16T09:00:00Z", "direction": "out", "title": "Following up", "link": "/history/r1"},
    {"at": "2026-11-19T09:02:00Z", "direction": "out", "title": "Following up again", "link": "/history/r1"},
]


@pytest.mark.parametrize(("host", "name"), [(GMAIL, "gmail"), (OUTLOOK, "outlook")])
def test_the_banner_in_a_mail_page(page: Page, host: str, name: str) -> None:
    page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    open_page(
        page,
        host,
        to=DANA,
        subject="Product Designer",
        body="Hi Dana, just checking in. Any news?",
        dressed="1",
    )
    banner_of(page)
    says(page, CAUTION["headline"])
    press(page, "Why?")
    box = page.locator("aftertouch-banner").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= SIZE[0]
    assert box["y"] + box["height"] <= SIZE[1]
    picture(page, f"store-{name}")
    assert _size(PICTURES / f"store-{name}.png") == SIZE


def test_the_panel(page: Page, stub: StubBackend, browser: BrowserContext) -> None:
    waiting = [
        {"id": "r1", "address": "dana@acme.example", "name": "Dana", "next_good_date": "2026-12-03"},
        {"id": "r2", "address": "rita@northwind.example", "name": "Rita", "next_good_date": "2026-12-09"},
    ]
    stub.answers["GET /api/v1/recipients"] = Told(json={"recipients": waiting, "next_cursor": None})
    stub.answers["GET /api/v1/recipients/r1"] = Told(json={"next_good_date": "2026-12-03", "time_line": LINE})
    call = {"answer": "wait", "until": "2026-12-03", "reasons": ["Two follow-ups stand without an answer."]}
    stub.answers["POST /api/v1/advice"] = Told(json={**CAUTION, "call": call})
    page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    page.goto(f"{OWN}/panel.html")
    page.evaluate("() => { document.documentElement.style.zoom = '1.6'; }")
    page.fill("#recipient", "dana@acme.example")
    page.locator("#may-call").click()
    expect(page.locator("#answer")).to_contain_text("Wait.")
    expect(page.locator("#line li")).to_have_count(3)
    picture(page, "store-panel")
    assert _size(PICTURES / "store-panel.png") == SIZE


def test_the_pictures_kept_are_those_taken() -> None:
    assert {path.name for path in STORE.glob("*.png")} == {"gmail.png", "outlook.png", "panel.png"}
    assert {_size(path) for path in STORE.glob("*.png")} == {SIZE}


def _size(path: Path) -> tuple[int, int]:
    """Width and height from a PNG's first chunk."""
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height
