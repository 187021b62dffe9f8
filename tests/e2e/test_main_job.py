"""The main job, as a person does it: link both mailboxes, pair the extension, write to somebody, read the banner."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.banner import words
from tests.e2e.conftest import ROOT, Backend, picture

pytestmark = pytest.mark.browser

GMAIL = "https://mail.google.com/mail/u/0/"
OUTLOOK = "https://outlook.office.com/mail/"
CHASED_TWICE = "dana@northwind.example"
CANARY = "canary-7f3a9c21-ptarmigan"

T = TypeVar("T")


@dataclass(frozen=True)
class Paired:
    """A browser whose extension is paired, and the device token for asking the backend directly."""

    browser: BrowserContext
    backend: Backend
    token: str

    def advice(self, **question: Any) -> dict[str, Any]:
        body = json.dumps({"channel": "email", **question}).encode()
        asked = urllib.request.Request(
            f"{self.backend.url}/api/v1/advice",
            body,
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return dict(json.load(answer))


@pytest.fixture(scope="session")
def linked(browser: BrowserContext, backend: Backend) -> Backend:
    """Signed in, and both sample mailboxes linked through their consent screens."""
    page = browser.new_page()
    page.goto(backend.sign_in)
    for provider in ("google", "microsoft"):
        page.goto(f"{backend.url}/link/{provider}")
        page.click("#account-0")
        page.click("#allow")
        expect(page).to_have_url(re.compile(r"/accounts$"))
    states = until(
        lambda: [each["state"] for each in page.request.get(f"{backend.url}/api/v1/accounts").json()["accounts"]],
        lambda states: states == ["live", "live"],
        seconds=60,
    )
    assert states == ["live", "live"]
    page.reload()
    picture(page, "accounts")
    page.goto(f"{backend.url}/history")
    picture(page, "history")
    page.close()
    return backend


@pytest.fixture(scope="session")
def paired(browser: BrowserContext, linked: Backend) -> Paired:
    added = subprocess.run(
        [sys.executable, "-m", "app", "device", "add", "--name", "end-to-end"],
        cwd=ROOT, env=linked.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    token = added.stdout.strip()
    worker = browser.service_workers[0] if browser.service_workers else browser.wait_for_event("serviceworker")
    worker.evaluate("(given) => chrome.storage.local.set(given)", {"backend": linked.url, "token": token})
    return Paired(browser, linked, token)


def until(look: Callable[[], T], holds: Callable[[T], bool], *, seconds: float = 5) -> T:
    """Look again until it holds or the time is up; what was seen last."""
    deadline = time.monotonic() + seconds
    while not holds(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def level(page: Page) -> str:
    banner = page.locator("aftertouch-banner").first
    expect(banner).to_be_attached(timeout=10_000)
    return banner.get_attribute("data-level") or ""


@pytest.mark.parametrize(
    ("host", "name", "account", "compose"),
    [
        (GMAIL, "gmail", "ana@example.com", "[role=dialog]"),
        (OUTLOOK, "outlook", "ana.berg@outlook.example", "body"),
    ],
)
def test_the_banner_says_what_the_advice_says(
    paired: Paired, page: Page, host: str, name: str, account: str, compose: str
) -> None:
    page.set_viewport_size({"width": 1000, "height": 480})
    page.goto(f"{host}?to={CHASED_TWICE}&account={account}&subject=Product%20Designer&dressed=1")
    shown = level(page)
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    advice = paired.advice(account=account, to=[CHASED_TWICE], time_zone=zone)
    assert shown == advice["level"]
    assert advice["level"] in {"caution", "hold"}
    assert advice["coverage"] == "complete"
    text = until(lambda: words(page), lambda text: advice["headline"] in text)
    assert advice["headline"] in text
    assert "2 follow-ups" in advice["headline"]
    assert advice["next_good_date"]
    picture(page.locator(compose).first, f"banner-{name}")


def test_a_recipient_who_answered_brings_no_banner(paired: Paired, page: Page) -> None:
    answered = paired.advice(to=["friend@elsewhere.example"])
    assert answered["level"] == "clear"
    page.goto(f"{GMAIL}?to=friend@elsewhere.example")
    page.wait_for_function("() => window.mail && window.mail.ready")
    page.evaluate("() => window.mail.ready")
    page.evaluate(f"() => window.mail.chip(0, 'to', '{CHASED_TWICE}')")
    assert level(page) in {"caution", "hold"}
    page.evaluate(f"() => window.mail.unchip(0, '{CHASED_TWICE}')")
    expect(page.locator("aftertouch-banner")).to_have_count(0)


def test_what_is_typed_in_a_draft_stays_in_the_page(paired: Paired, page: Page) -> None:
    page.goto(f"{GMAIL}?to={CHASED_TWICE}&subject={CANARY}")
    level(page)
    before = len(paired.backend.recorder.sent)
    editor = page.locator("[g_editable=true]").first
    editor.click()
    page.keyboard.type(f"Just checking in again. {CANARY} Any news?", delay=5)
    expect(editor).to_contain_text(CANARY)
    sent = until(lambda: paired.backend.recorder.sent, lambda sent: b'"asks_for_news":true' in sent[before:])
    assert b'"asks_for_news":true' in sent[before:], "the draft was read and its signals were sent"
    assert CANARY.encode() not in sent
    assert CANARY not in paired.backend.log.read_text()
    for path in paired.backend.data_dir.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
    worker = paired.browser.service_workers[0]
    kept = worker.evaluate(
        "async () => JSON.stringify([await chrome.storage.local.get(), await chrome.storage.session.get()])"
    )
    assert CANARY not in kept


def test_send_is_untouched(paired: Paired, page: Page) -> None:
    page.goto(f"{GMAIL}?to={CHASED_TWICE}")
    level(page)
    page.evaluate("() => window.mail.ready")
    page.evaluate("() => window.mail.send(0)")
    assert page.evaluate("() => window.mail.sent") == 1


def test_the_page_itself_cannot_reach_the_backend(paired: Paired, page: Page) -> None:
    """The mail origin counts as public here, as in life; otherwise the other tests would prove little."""
    page.goto(f"{GMAIL}?to={CHASED_TWICE}")
    reached = page.evaluate(
        "(url) => fetch(url, {mode: 'no-cors'}).then(() => 'reached', () => 'refused')", f"{paired.backend.url}/health"
    )
    assert reached == "refused"


def test_the_try_page_shows_the_banner_without_the_extension(paired: Paired, page: Page) -> None:
    page.goto(f"{paired.backend.url}/try")
    page.fill("#compose input[name=to]", CHASED_TWICE)
    page.keyboard.press("Tab")
    assert level(page) in {"caution", "hold"}
    picture(page, "try")


def test_the_history_counts_what_the_banner_counts(paired: Paired, page: Page) -> None:
    advised = paired.advice(to=[CHASED_TWICE])["recipients"][0]
    page.goto(f"{paired.backend.url}/history/{advised['id']}")
    line = page.evaluate("(id) => fetch(`/api/v1/recipients/${id}`).then((answer) => answer.json())", advised["id"])
    assert line["unanswered"] == advised["unanswered"] == sum(entry["counted"] for entry in line["time_line"])
    picture(page, "time-line")
