"""Do no harm: whatever the extension does, the mail page, its editor and its Send stay what they were."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from playwright.sync_api import Error as BrowserError

from tests.e2e.banner import announced, banner_of, noted, says
from tests.e2e.conftest import EXTENSION, ROOT, Backend, open_browser
from tests.e2e.mail_origins import MailOrigins
from tests.e2e.reports import GMAIL, OUTLOOK, open_page, press
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh")]

DANA = "Dana Hiring <dana@acme.example>"
OWN = "chrome-extension://odcdjmfcpclbbnoboplhinpbheadbhcj"
AXE = ROOT / "extension" / "node_modules" / "axe-core" / "axe.min.js"
EDITOR = "[g_editable=true], [id^=editorParent_] [contenteditable=true]"
SENDING = """() => { const all = [...document.querySelectorAll('[role=button], button')];
    window.send = all.find((one) => /\\(.*\\)/.test(one.title + one.ariaLabel));
    window.sends = [];
    window.send.addEventListener('click', (event) => window.sends.push(
        [event.isTrusted, event.defaultPrevented, performance.now() - event.timeStamp < 300]));
    return window.send.outerHTML; }"""
STYLES = """() => [document.styleSheets.length, document.adoptedStyleSheets.length, document.head.innerHTML,
    document.documentElement.getAttribute('style'), document.body.getAttribute('style'), document.body.className]"""


@pytest.mark.parametrize("host", [GMAIL, OUTLOOK])
def test_the_editor_is_not_written_to_before_during_or_after(page: Page, host: str) -> None:
    open_page(page, host, body="Just checking in, any news?")
    page.evaluate(
        """(editor) => { window.touched = 0; const all = {childList: true, subtree: true, attributes: true};
            new MutationObserver((list) => { window.touched += list.length; })
                .observe(document.querySelector(editor), {...all, characterData: true}); }""",
        EDITOR,
    )
    before = page.evaluate(f"() => document.querySelector('{EDITOR}').outerHTML")
    page.evaluate(f"() => mail.chip(0, 'to', '{DANA}')")
    banner_of(page)
    assert page.evaluate(f"() => document.querySelector('{EDITOR}').outerHTML") == before
    press(page, "×")
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    assert page.evaluate(f"() => document.querySelector('{EDITOR}').outerHTML") == before
    assert page.evaluate("() => window.touched") == 0
    noted(page)


def test_a_fast_typist_loses_no_character_while_the_banner_comes(page: Page) -> None:
    open_page(page, GMAIL)
    page.locator(EDITOR).click()
    page.evaluate(
        """([editor, chip]) => { window.carets = []; const typed = document.querySelector(editor);
            typed.addEventListener('input', () => window.carets.push(
                [typed.textContent.length, getSelection().anchorOffset, document.activeElement === typed]));
            setTimeout(() => mail.chip(0, 'to', chip), 400); }""",
        [EDITOR, DANA],
    )
    text = "I wanted to ask"
    page.keyboard.type(text, delay=125)
    banner_of(page)
    assert page.locator(EDITOR).text_content() == text
    assert page.evaluate("() => window.carets") == [[count, count, True] for count in range(1, len(text) + 1)]


def test_a_word_being_put_together_is_neither_cut_nor_lost(page: Page) -> None:
    open_page(page, GMAIL)
    page.locator(EDITOR).click()
    debugger = page.context.new_cdp_session(page)
    for part in ("に", "にほ", "にほん"):
        debugger.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
        if part == "に":
            page.evaluate(f"() => mail.chip(0, 'to', '{DANA}')")
        page.wait_for_timeout(150)
        assert page.locator("aftertouch-banner").count() == 0, "nothing moves while a word is put together"
    debugger.send("Input.insertText", {"text": "日本"})
    banner_of(page)
    assert page.locator(EDITOR).text_content() == "日本"


@pytest.mark.parametrize("host", [GMAIL, OUTLOOK])
@pytest.mark.parametrize("told", [Told(json=CAUTION), Told(delay=10)], ids=["well", "10 s"])
def test_send_is_the_pages_alone(page: Page, stub: StubBackend, host: str, told: Told) -> None:
    stub.answers["POST /api/v1/advice"] = told
    open_page(page, host)
    before = page.evaluate(SENDING)
    page.evaluate(f"() => mail.chip(0, 'to', '{DANA}')")
    banner_of(page) if not told.delay else page.wait_for_timeout(300)
    assert page.evaluate("() => [window.send.isConnected, window.send.outerHTML]") == [True, before]
    box = page.evaluate("() => { const at = window.send.getBoundingClientRect(); return [at.x + 5, at.y + 5]; }")
    page.mouse.click(*box)
    page.locator(EDITOR).press("Control+Enter")
    assert page.evaluate("() => window.sends") == [[True, False, True]]
    assert page.evaluate("() => mail.sent") == 1
    assert "keydown:Enter" in page.evaluate("() => mail.keys")


def test_the_token_is_out_of_reach_even_for_our_own_script_in_the_page(page: Page) -> None:
    """What a page that broke into the content script's world would find."""
    debugger = page.context.new_cdp_session(page)
    worlds: list[dict[str, Any]] = []
    debugger.on("Runtime.executionContextCreated", lambda event: worlds.append(event["context"]))
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    debugger.send("Runtime.enable")
    (ours,) = [world for world in worlds if world["origin"] == OWN]
    asked = {"awaitPromise": True, "returnByValue": True, "contextId": ours["id"]}
    reading = "chrome.storage.local.get().then(JSON.stringify, (error) => `refused: ${error.message}`)"
    read = debugger.send("Runtime.evaluate", {"expression": reading, **asked})["result"]["value"]
    assert read.startswith("refused")
    assert "stub-token" not in page.content()


@pytest.mark.parametrize("host", [GMAIL, OUTLOOK])
def test_the_page_gets_no_style_of_ours(page: Page, host: str) -> None:
    open_page(page, host)
    before = page.evaluate(STYLES)
    page.evaluate(f"() => mail.chip(0, 'to', '{DANA}')")
    banner_of(page)
    assert page.evaluate(STYLES) == before


def test_it_is_announced_once(page: Page) -> None:
    open_page(page, GMAIL, to=DANA)
    heard = [""]
    turns, still = 0, 0
    while turns < 60 and still < 5:  # until it was emptied again and stayed so
        page.evaluate("(turn) => { document.body.dataset.turn = turn; }", turns)
        if (now := announced(page)) != heard[-1]:
            heard.append(now)
        turns, still = turns + 1, still + (len(heard) > 2)
        page.wait_for_timeout(100)
    assert heard == ["", f"Caution: {CAUTION['headline']}", ""]


@pytest.mark.parametrize(
    ("media", "width", "zoom"),
    [({"forced_colors": "active"}, 1280, 1), ({"reduced_motion": "reduce"}, 1280, 1), ({}, 1280, 2), ({}, 320, 1)],
    ids=["forced colours", "reduced motion", "200 % zoom", "320 px"],
)
def test_it_stays_readable_and_in_its_place(
    page: Page, browser: BrowserContext, media: dict[str, Any], width: int, zoom: int
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.emulate_media(**media)
    open_page(page, GMAIL, composes="popout", to=DANA)
    zoomed(browser, zoom)
    page.wait_for_function("(width) => innerWidth === width", arg=width / zoom)
    banner_of(page)
    says(page, CAUTION["headline"])
    press(page, "Why?")
    assert page.evaluate("() => document.activeElement.localName") == "aftertouch-banner", (
        "the button was there to press"
    )
    fits = "() => { const it = document.querySelector('aftertouch-banner'); return it.scrollWidth <= it.clientWidth; }"
    assert page.evaluate(fits)
    zoomed(browser, 1)


def zoomed(browser: BrowserContext, factor: int) -> None:
    """As with Ctrl and plus: the browser's own zoom, for the mail page."""
    zoom = """async (factor) => { const [tab] = await chrome.tabs.query({url: 'https://mail.google.com/*'});
        await chrome.tabs.setZoom(tab.id, factor); }"""
    browser.service_workers[0].evaluate(zoom, factor)


def test_nothing_in_it_moves() -> None:
    style = (ROOT / "extension" / "src" / "banner.css").read_text()
    assert "transition" not in style
    assert "animation" not in style


FILLED = {
    "GET /api/v1/recipients": {
        "recipients": [{"id": "r1", "address": "dana@acme.example", "name": "Dana", "next_good_date": "2026-12-03"}]
    },
    "GET /api/v1/recipients/r1": {
        "next_good_date": "2026-12-03",
        "time_line": [
            {"at": "2026-11-09T09:00:00Z", "direction": "out", "title": "Application", "link": "/history/r1"}
        ],
    },
    "GET /api/v1/rules": {"rules": [{"id": "touch-burst", "title": "Too much at once", "on": True}]},
    "GET /api/v1/devices": {"devices": [{"id": "d1", "name": "Laptop"}]},
    "GET /api/v1/accounts": {"accounts": [{"id": "1", "address": "ana@example.com", "state": "needs_relink"}]},
}


@pytest.mark.parametrize("name", ["popup", "panel", "options"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_own_pages_are_accessible_with_everything_in_them(
    page: Page, browser: BrowserContext, stub: StubBackend, name: str, scheme: Any
) -> None:
    stub.answers |= {asked: Told(json=answer) for asked, answer in FILLED.items()}
    call = {"answer": "wait", "until": "2026-12-03", "reasons": ["They asked for mail."]}
    stub.answers["POST /api/v1/advice"] = Told(json={**CAUTION, "call": call})
    sample = {
        "composes": 1,
        "by_class": 0,
        "by_shape": 0,
        "recipients": 2,
        "unresolved": 1,
        "no_account": 0,
        "thread": 1,
        "blind": 0,
    }
    browser.service_workers[0].evaluate(
        "(sample) => chrome.storage.local.set({health: {'mail.google.com': sample}})", sample
    )
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{OWN}/{name}.html")
    if name == "options":
        expect(page.locator("#rules li, #devices button, #mutes button, #sites small, .bad")).to_have_count(6)
    else:
        page.fill("#recipient", "dana@acme.example")
        page.locator("summary").click()
        page.locator("#may-call").click()
        expect(page.locator("#line a, #answer .strong, #dates button")).to_have_count(3)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    assert violations(page) == []


def test_the_banner_is_accessible(page: Page, backend: Backend) -> None:
    """On /try the banner runs in the page's own world, so its shadow root can be opened for the checker."""
    printed = subprocess.run(
        [sys.executable, "-m", "app", "sign-in"],
        cwd=ROOT, env=backend.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    page.add_init_script(
        "const attach = Element.prototype.attachShadow;"
        "Element.prototype.attachShadow = function (given) { return attach.call(this, {...given, mode: 'open'}); };"
    )
    page.route("**/api/v1/advice", lambda route: route.fulfill(json=CAUTION))
    page.goto(next(word for word in printed.stdout.split() if word.startswith("http")))
    page.goto(f"{backend.url}/try")
    page.fill("#compose input[name=to]", "dana@acme.example")
    page.keyboard.press("Tab")
    banner_of(page)
    assert violations(page) == []
    page.get_by_role("button", name="Why?").click()
    expect(page.get_by_text(CAUTION["warnings"][0]["message"])).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="This is wrong").click()
    expect(page.get_by_role("button", name="Someone else")).to_be_visible()
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    """What axe finds in the page, one line each; through the debugger, so that the page's policy does not matter."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {json.dumps([node['html'] for node in one['nodes']])[:300]}" for one in found]


@pytest.fixture(scope="module")
def crowded(
    driver: Playwright, mail_origins: MailOrigins, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser of its own with two strangers beside the extension, which both change every compose without rest."""
    others = [ROOT / "tests" / "e2e" / "others" / name for name in ("grammar", "toolbar")]
    context = open_browser(driver, mail_origins, tmp_path_factory.mktemp("crowded"), EXTENSION, *others)
    yield context
    context.close()


@pytest.fixture
def elbowed(crowded: BrowserContext, stub: StubBackend) -> Iterator[Page]:
    """A compose to Dana in which all three are at work, and the banner stands."""
    workers = crowded.service_workers
    worker = workers[0] if workers else crowded.wait_for_event("serviceworker")
    worker.evaluate("(given) => chrome.storage.local.set(given)", {"backend": stub.url, "token": "stub-token"})
    page = crowded.new_page()
    open_page(page, GMAIL, to=DANA, body="Just checking in, any news?")
    expect(page.locator("tool-bar, grammar-layer")).to_have_count(2)
    banner_of(page)
    yield page
    page.close()


def test_two_other_extensions_at_work_in_the_compose_break_nothing(elbowed: Page, stub: StubBackend) -> None:
    says(elbowed, CAUTION["headline"])
    elbowed.locator(EDITOR).click()
    elbowed.keyboard.type("One thing more. ", delay=40)
    elbowed.wait_for_timeout(800)
    assert "One thing more. " in elbowed.locator(EDITOR).inner_text().replace("\xa0", " ")
    banner_of(elbowed)
    assert elbowed.locator("aftertouch-banner").count() == 1
    assert len(stub.asked()) <= 2, "the recipients, the words typed"
    assert all("decoy.example" not in one.body for one in stub.arrived)
    elbowed.evaluate("() => mail.send(0)")
    assert elbowed.evaluate("() => mail.sent") == 1


def test_a_reloaded_extension_leaves_the_page_clean(elbowed: Page, crowded: BrowserContext) -> None:
    with suppress(BrowserError):
        crowded.service_workers[0].evaluate("() => chrome.runtime.reload()")
    expect(elbowed.locator("aftertouch-banner")).to_have_count(0)
    elbowed.evaluate("() => mail.send(0)")
    assert elbowed.evaluate("() => mail.sent") == 1


def test_turning_the_extension_off_leaves_the_page_clean(page: Page, browser: BrowserContext) -> None:
    open_page(page, GMAIL, body="Any news?")
    before = page.evaluate("() => document.documentElement.outerHTML")
    styles = page.evaluate(STYLES)
    page.evaluate(f"() => mail.chip(0, 'to', '{DANA}')")
    banner_of(page)
    switched(browser, on=False)
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    page.evaluate("() => mail.unchip(0, 'dana@acme.example')")
    assert page.evaluate("() => document.documentElement.outerHTML") == before
    assert page.evaluate(STYLES) == styles
    page.locator(EDITOR).press("e")
    page.evaluate("() => mail.send(0)")
    assert "keydown:e" in page.evaluate("() => mail.keys")
    assert page.evaluate("() => mail.sent") == 1
    with browser.expect_event("serviceworker"):
        switched(browser, on=True)


def switched(browser: BrowserContext, *, on: bool) -> None:
    """As with the switch on the browser's page of extensions."""
    beside = browser.new_page()
    beside.goto("chrome://extensions")
    identity = OWN.rpartition("/")[2]
    beside.evaluate("([id, on]) => new Promise((done) => chrome.management.setEnabled(id, on, done))", [identity, on])
    beside.close()
