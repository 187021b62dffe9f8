"""An evil page, in a real browser that is signed in: nothing changes, nothing is read, and no banner shows."""

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.banner import banner_of
from tests.e2e.conftest import ROOT
from tests.e2e.house import House
from tests.e2e.mail_origins import PAGES
from tests.e2e.reports import GMAIL, open_page
from tests.e2e.stub_backend import StubBackend

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=\"document.title='hacked'\"><b>Rita</b>{{7*7}}"
KNOCKS = (PAGES / "knocks.js").read_text()
SEND_FORM = """(url) => {
    document.body.innerHTML = `<iframe name=away></iframe><form method=post target=away action="${url}/privacy/delete">
        <input name=confirmation value="delete everything"></form>`;
    document.forms[0].submit();
}"""


@pytest.fixture(scope="module")
def evil() -> Iterator[int]:
    """A server of somebody else's pages, the copied compose pages among them; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(PAGES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def refusals(house: House) -> Iterator[None]:
    """What a browser complains of while it is attacked is no fault of our pages."""
    before = list(house.complaints)
    yield
    house.complaints[:] = before


@pytest.fixture(scope="module")
def token(house: House) -> str:
    added = subprocess.run(
        [sys.executable, "-m", "app", "device", "add", "--name", "attacks"],
        cwd=ROOT, env=house.backend.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return added.stdout.strip()


def _known(house: House, token: str) -> dict[str, Any]:
    """What the person has, but for what passes by itself: mail that is read meanwhile."""
    asked = urllib.request.Request(f"{house.url}/api/v1/export", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        exported = json.load(answer)
    kept = {"people", "recipients", "recipient_addresses", "logged_touches", "corrections", "devices", "rule_switches"}
    assert kept & exported.keys()
    told = {name: exported[name] for name in kept & exported.keys()}
    for device in told.get("devices", []):
        device.pop("last_used_at", None)
    return told


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.localhost"])
def test_a_page_of_another_origin_reads_and_changes_nothing(house: House, evil: int, token: str, host: str) -> None:
    before = _known(house, token)
    with house.visit() as page:
        page.goto(f"http://{host}:{evil}/")
        outcomes = dict(page.evaluate(KNOCKS, house.url))
        with page.expect_response(f"{house.url}/privacy/delete") as told:
            page.evaluate(SEND_FORM, house.url)
        assert told.value.status == 403
        page.goto(f"{house.url}/accounts")
        expect(page.locator(".account")).to_have_count(2)
    assert set(outcomes.values()) <= {"refused", "opaque"}, outcomes
    assert outcomes["read the export"] == outcomes["read a page"] == "refused"
    assert _known(house, token) == before


def test_a_page_without_an_origin_is_refused(house: House, evil: int, token: str) -> None:
    before = _known(house, token)
    with house.visit() as page:
        page.goto(f"http://127.0.0.1:{evil}/")
        page.evaluate(
            """() => new Promise((loaded) => {
                const frame = document.createElement('iframe');
                frame.sandbox = 'allow-scripts allow-forms';
                frame.srcdoc = '<p>null';
                frame.onload = loaded;
                document.body.append(frame);
            })"""
        )
        outcomes = dict(page.frames[-1].evaluate(KNOCKS, house.url))
    assert set(outcomes.values()) <= {"refused", "opaque"}, outcomes
    assert _known(house, token) == before


def test_a_name_that_is_bound_to_this_machine_later_serves_nothing(house: House, evil: int) -> None:
    port = house.url.rpartition(":")[2]
    with house.visit() as page:
        answer = page.goto(f"http://rebound.localhost:{port}/history")
        assert answer is not None
        assert answer.status == 403
        outcomes = dict(page.evaluate(KNOCKS, f"http://rebound.localhost:{port}"))
    assert all("This address is not served here" in told or told == "refused" for told in outcomes.values()), outcomes


@pytest.mark.parametrize("path", ["/", "/history", "/privacy", "/pair", "/try", "/sign-in?token=x"])
def test_no_page_of_ours_shows_inside_another(house: House, evil: int, path: str) -> None:
    with house.visit() as page:
        page.goto(f"http://127.0.0.1:{evil}/")
        page.evaluate(
            """(address) => new Promise((loaded) => {
                const frame = document.createElement('iframe');
                frame.src = address;
                frame.onload = loaded;
                document.body.append(frame);
            })""",
            house.url + path,
        )
        assert page.frames[-1].url.startswith("chrome-error://")


FORGED = [
    {"type": "unpair"},
    {"type": "pair", "name": "evil"},
    {"type": "devices"},
    {"type": "forget-device", "id": "d1"},
    {"type": "recipients", "q": ""},
    {"type": "muted"},
    {"type": "set-muted", "recipient": "r1", "muted": True},
    {"type": "rules"},
    {"type": "switch-rule", "id": "voicemail-streak", "on": False},
    {"type": "switch-site", "host": "mail.google.com", "on": False},
    {"type": "status"},
    {"type": "advise", "request": {"to": ["evil@attacker.example"], "text": "words of a draft"}},
    {"type": "load", "name": "../options/options"},
    {"type": "no-such-thing"},
    "unpair",
]
"""What the worker takes from the extension's own pages alone, or in another shape, or not at all."""


def test_messages_from_another_window_do_not_even_arrive(house: House, evil: int) -> None:
    with house.visit() as page:
        page.context.add_init_script("window.heard = []; addEventListener('message', (one) => heard.push(one.data))")
        page.goto(f"http://127.0.0.1:{evil}/")
        with page.expect_popup() as opened:
            page.evaluate("(address) => { window.ours = window.open(address); }", f"{house.url}/try")
        ours = opened.value
        ours.wait_for_load_state("load")
        page.evaluate(
            "(said) => said.forEach((one) => { try { window.ours.postMessage(one, '*'); } catch {} })", FORGED
        )
        ours.evaluate("() => new Promise((after) => setTimeout(after, 300))")
        assert ours.url == f"{house.url}/try"
        assert ours.evaluate("() => window.heard") == []


def test_messages_and_events_made_in_the_mail_page_move_nothing(
    stub: StubBackend, fresh: None, browser: BrowserContext, page: Page
) -> None:
    open_page(page, GMAIL, composes="docked", to="dana@acme.example")
    banner_of(page)
    asked = len(stub.arrived)
    page.evaluate(
        """(forged) => {
            for (const said of forged) {
                window.postMessage(said, '*');
                for (const name of ['aftertouch', 'aftertouch:report', 'message'])
                    for (const target of [document, window, document.querySelector('aftertouch-banner')])
                        target.dispatchEvent(new CustomEvent(name, {detail: JSON.stringify(said), bubbles: true}));
            }
        }""",
        FORGED,
    )
    page.wait_for_timeout(500)
    banner_of(page)
    assert stub.arrived[asked:] == []
    assert _token_kept(browser)


def test_a_content_script_that_was_taken_over_can_forge_no_message_of_our_own_pages(
    stub: StubBackend, fresh: None, browser: BrowserContext, page: Page
) -> None:
    open_page(page, GMAIL, composes="docked", to="dana@acme.example")
    banner_of(page)
    asked = len(stub.arrived)
    answers = {json.dumps(said): _from_content_script(page, said) for said in FORGED}
    assert set(answers.values()) == {None}, answers
    assert stub.arrived[asked:] == []
    assert _token_kept(browser)
    allowed = {"type": "mute", "recipient": "r1", "muted": True}
    assert _from_content_script(page, allowed) is not None, "the way itself is open, for what a banner may ask"


def _from_content_script(page: Page, said: object) -> object:
    """What the worker answers to a message sent in the extension's own world of the mail page."""
    session = page.context.new_cdp_session(page)
    worlds: list[dict[str, Any]] = []
    session.on("Runtime.executionContextCreated", lambda told: worlds.append(told["context"]))
    session.send("Runtime.enable")
    [ours] = [one["id"] for one in worlds if one["origin"].startswith("chrome-extension://")]
    send = f"chrome.runtime.sendMessage({json.dumps(said)}).then((told) => told ?? null, () => null)"
    wanted = {"expression": send, "contextId": ours, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", wanted)
    session.detach()
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


def _token_kept(browser: BrowserContext) -> bool:
    return bool(
        browser.service_workers[0].evaluate("() => chrome.storage.local.get('token').then((all) => !!all.token)")
    )


def test_markup_in_a_name_is_shown_as_it_was_written(house: House, token: str) -> None:
    typed = (f"/try?to={MARKUP}", f"/history?q={MARKUP}", f"/pair?user_code={MARKUP}")
    with house.visit("/history") as page:
        path = house.recipient(page)
        named = page.goto(path) and page.locator("h1").inner_text()
        _name(house, token, path, MARKUP)
        for shown in (path, "/history", "/", "/report", *typed):
            page.goto(shown)
            page.wait_for_load_state("load")
            assert page.title() != "hacked", shown
            assert page.locator("img[src=x], main b:text-is('Rita')").count() == 0, shown
        page.goto(path)
        assert page.locator("h1").inner_text() == MARKUP
        _name(house, token, path, str(named))


def _name(house: House, token: str, path: str, name: str) -> None:
    asked = urllib.request.Request(
        f"{house.url}/api/v1/recipients/{path.rpartition('/')[2]}",
        json.dumps({"name": name}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method="PATCH",
    )
    urllib.request.urlopen(asked, timeout=10).close()


def test_a_look_alike_compose_on_another_origin_brings_no_banner(
    stub: StubBackend, fresh: None, browser: BrowserContext, page: Page, evil: int
) -> None:
    for host in ("127.0.0.1", "mail.google.com.localhost"):
        for copied in ("gmail.html", "outlook.html"):
            page.goto(f"http://{host}:{evil}/{copied}?to=dana@northwind.example")
            page.wait_for_function("() => window.mail && window.mail.ready")
            page.evaluate("() => window.mail.ready")
            _banner_elsewhere(browser)
            expect(page.locator("aftertouch-banner")).to_have_count(0)
    stub.arrived.clear()
    page.evaluate("() => window.mail.chip(0, 'to', 'Rita <rita@acme.example>')")
    _banner_elsewhere(browser)
    assert "rita@acme.example" not in "".join(asked.body for asked in stub.arrived)


def _banner_elsewhere(browser: BrowserContext) -> None:
    """Wait until a banner shows in a mail page: whatever was to happen in another tab has happened."""
    mail = browser.new_page()
    open_page(mail, GMAIL, composes="docked", to="dana@acme.example")
    banner_of(mail)
    mail.close()


def test_a_page_cannot_talk_to_the_extension(
    stub: StubBackend, fresh: None, browser: BrowserContext, page: Page
) -> None:
    """Not from a mail page either: no worker listens to pages, so there is nothing to forge."""
    extension = browser.service_workers[0].url.split("/")[2]
    for address in ("https://mail.google.com/mail/u/0/", "http://127.0.0.1:1/"):
        if address.startswith("https"):
            page.goto(address)
        said = page.evaluate(
            """async (id) => {
                if (!globalThis.chrome?.runtime?.sendMessage) return 'no way';
                try { return await chrome.runtime.sendMessage(id, {kind: 'token'}) ?? 'nothing'; }
                catch { return 'refused'; }
            }""",
            extension,
        )
        assert said in {"no way", "refused", "nothing"}
    for path in ("manifest.json", "options.html", "popup.html", "background.js"):
        seen = page.evaluate(
            "(address) => fetch(address).then(() => 'read', () => 'refused')", f"chrome-extension://{extension}/{path}"
        )
        assert seen == "refused", path
