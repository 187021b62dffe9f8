"""In German: the banner, the popup and the options page speak it throughout.

Debian's Chromium comes without language packs, so the browser's own surface stays English. The build here has German as
its only catalogue, which Chromium then serves as it serves a German reader; dates follow the tab's locale.
"""

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.e2e.banner import banner_of, says, words
from tests.e2e.conftest import EXTENSION, open_browser, worker_of
from tests.e2e.mail_origins import MailOrigins
from tests.e2e.reports import GMAIL, open_page, press
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

pytestmark = pytest.mark.browser

OWN = "chrome-extension://odcdjmfcpclbbnoboplhinpbheadbhcj"
CATALOGUES = {lang: EXTENSION / "_locales" / lang / "messages.json" for lang in ("en", "de")}
PEOPLE = {"recipients": [{"id": "r1", "address": "dana@acme.example", "name": "Dana", "next_good_date": "2026-12-03"}]}
ENTRY = {"at": "2026-11-09T09:00:00Z", "direction": "in", "title": "Bewerbung", "link": ""}
ANSWERS: dict[str, Any] = {
    "GET /api/v1/recipients": PEOPLE,
    "GET /api/v1/recipients/r1": {"next_good_date": "2026-12-03", "time_line": [ENTRY]},
    "GET /api/v1/devices": {"devices": [{"id": "d1", "name": "Laptop"}]},
    "GET /api/v1/rules": {"rules": [{"id": "touch-burst", "title": "Zu viel auf einmal", "on": True}]},
}


def catalogue(lang: str) -> dict[str, str]:
    return {word: entry["message"] for word, entry in json.loads(CATALOGUES[lang].read_text()).items()}


@pytest.fixture(scope="module")
def german(
    driver: Playwright, mail_origins: MailOrigins, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BrowserContext, StubBackend]]:
    folder = tmp_path_factory.mktemp("german")
    shutil.copytree(EXTENSION, folder / "extension")
    shutil.rmtree(folder / "extension" / "_locales" / "en")
    manifest = folder / "extension" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "default_locale": "de"}))
    backend = StubBackend()
    backend.answers |= {asked: Told(json=answer) for asked, answer in ANSWERS.items()}
    context = open_browser(driver, mail_origins, folder / "profile", folder / "extension")
    given = {"backend": backend.url, "token": "stub-token"}
    worker_of(context).evaluate("(given) => chrome.storage.local.set(given)", given)
    yield context, backend
    context.close()
    backend.close()


@pytest.fixture
def page(german: tuple[BrowserContext, StubBackend]) -> Iterator[Page]:
    opened = german[0].new_page()
    german[0].new_cdp_session(opened).send("Emulation.setLocaleOverride", {"locale": "de-DE"})
    yield opened
    opened.close()


def english_in(shown: str) -> list[str]:
    """What `shown` has of the English catalogue and not of the German one."""
    english, german = catalogue("en"), catalogue("de")
    foreign = {text for text in english.values() if "$" not in text} - set(german.values())
    return [text for text in sorted(foreign) if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", shown)]


def test_the_banner_speaks_german(page: Page, german: tuple[BrowserContext, StubBackend]) -> None:
    say, backend = catalogue("de"), german[1]
    open_page(page, GMAIL, to="dana@acme.example", lang="de")
    banner_of(page)
    says(page, f"{say['caution']}:")
    press(page, say["why"])
    for word in ("quiet", "mute", "wrong", "history"):
        says(page, say[word])
    says(page, f"{say['next']}: Do., 3. Dez.")
    press(page, say["wrong"])
    for word in ("answered_elsewhere", "not_job_search", "other_recipient", "not_a_touch"):
        says(page, say[word])
    told = words(page).replace(CAUTION["headline"], "").replace(CAUTION["warnings"][0]["message"], "")
    assert english_in(told) == []
    backend.answers["POST /api/v1/advice"] = Told(500, {})
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    banner_of(page, "unknown")
    says(page, f"{say['unknown']}: {say['page_server']}")
    says(page, say["again"])


@pytest.mark.parametrize("name", ["popup", "panel", "options"])
def test_our_own_pages_speak_german(page: Page, german: tuple[BrowserContext, StubBackend], name: str) -> None:
    german[1].answers["POST /api/v1/advice"] = Told(
        json={**CAUTION, "call": {"answer": "wait", "until": "2026-12-03T08:00:00Z"}}
    )
    say = catalogue("de")
    page.goto(f"{OWN}/{name}.html")
    if name == "options":
        expect(page.locator("#rules li, #devices button, #mutes button")).to_have_count(3)
        expected = ["pair_title", "check_title", "devices_title", "sites_title", "mutes_title", "rules_title", "forget"]
    else:
        page.fill("#recipient", "dana@acme.example")
        page.locator("summary").click()
        page.locator("#may-call").click()
        expect(page.locator("#line li, #answer .strong, #dates button")).to_have_count(3)
        expect(page.locator("#answer")).to_contain_text("Do., 3. Dez.")
        expected = ["log_title", "no_answer", "message_left", "spoke", "may_call", "call_wait", "when", "dates_title"]
    shown = page.inner_text("body")
    assert [word for word in expected if say[word].upper() not in shown.upper()] == []
    assert english_in(shown) == []
    assert page.evaluate("() => document.documentElement.lang") == "de"
