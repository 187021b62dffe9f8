"""Pages that are not ours: what misleads a reader that only knows one way of building a mail page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.e2e.reports import GMAIL, KEEP_REPORTS, OUTLOOK, composes, reports
from tests.e2e.strangers import STRANGERS, Stranger

pytestmark = pytest.mark.browser

HOSTS = {"gmail": GMAIL, "outlook": f"{OUTLOOK}/"}


@pytest.fixture(scope="module")
def tab(browser: BrowserContext) -> Iterator[Page]:
    opened = browser.new_page()
    opened.add_init_script(KEEP_REPORTS)
    opened.route("**/stranger/*", _serve)
    yield opened
    opened.close()


def _serve(route: Route) -> None:
    number = int(route.request.url.rpartition("/")[2])
    route.fulfill(body=list(STRANGERS.values())[number].html, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(("number", "stranger"), list(enumerate(STRANGERS.values())), ids=list(STRANGERS))
def test_a_page_of_strangers_is_read_as_it_is_meant(tab: Page, number: int, stranger: Stranger) -> None:
    tab.goto(f"{HOSTS[stranger.host]}stranger/{number}")
    if stranger.act:
        tab.evaluate(stranger.act)
    if not stranger.wanted:
        tab.wait_for_function("() => window.reports.length > 0")
        tab.locator("[contenteditable]").first.click()
        tab.wait_for_timeout(250)  # what is found by shape comes with a second look
    composes(tab, stranger.wanted)
    assert stranger.act or "decoy.example" not in str(reports(tab))
