"""What the extension reads in the pages of Gmail and Outlook, in every form a compose takes there."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.reports import GMAIL, OUTLOOK, composes, open_page, reports

pytestmark = pytest.mark.browser

THREAD = "18c0ffee12345678"
CONV = "AAQkAD+x/y="
RITA = "Rita Recruiter <Rita@Acme.example>"
TO_RITA: dict[str, Any] = {"to": ["rita@acme.example"], "roles_known": True, "visible": True, "unresolved": []}


@pytest.fixture(autouse=True)
def _no_decoy_is_ever_reported(page: Page) -> Iterator[None]:
    yield
    seen = [each for report in reports(page) for each in report["composes"]]
    assert not [each for each in seen if "decoy.example" in str(each)]


def test_gmail_gives_roles_names_and_a_subject(page: Page) -> None:
    open_page(
        page,
        GMAIL,
        to=f"{RITA};Hiring team",
        cc="cc@acme.example;rita@acme.example",
        bcc="b@acme.example",
        subject="Hi",
    )
    wanted = {"to": ["rita@acme.example"], "cc": ["cc@acme.example"], "bcc": ["b@acme.example"], "roles_known": True}
    composes(page, [{**wanted, "subject_present": True, "unresolved": ["Hiring team"]}])


def test_gmail_composes_beside_each_other_stay_apart(page: Page) -> None:
    open_page(page, GMAIL, composes="docked,inline", to=RITA, to2="dana@acme.example", thread=THREAD, decoys="1")
    found = composes(
        page,
        [
            {"to": ["rita@acme.example"], "provider_thread_id": None},
            {"to": ["dana@acme.example"], "provider_thread_id": THREAD},
        ],
    )
    assert len({each["key"] for each in found}) == 2


def test_a_reopened_draft_in_gmail_is_named_by_the_address(page: Page) -> None:
    token = "FMfcgzGrbHrBdFGBXqpFZvSkcQpKkvrM"
    open_page(page, GMAIL, f"#drafts?compose={token}", to=RITA)
    composes(page, [{**TO_RITA, "provider_thread_id": "184a87a7b32dd009"}])


def test_a_gmail_compose_is_one_through_moving_minimising_and_rebuilding(page: Page) -> None:
    open_page(page, GMAIL, to=RITA)
    (first,) = composes(page, [TO_RITA])
    page.evaluate("() => mail.full(0)")
    page.evaluate("() => mail.rebuild(0)")
    page.evaluate("() => mail.minimise(0)")
    (hidden,) = composes(page, [{**TO_RITA, "visible": False}])
    page.evaluate("() => mail.restore(0)")
    (last,) = composes(page, [TO_RITA])
    assert first["key"] == hidden["key"] == last["key"]
    assert all(each["to"] == ["rita@acme.example"] for report in reports(page) for each in report["composes"])
    page.evaluate("() => mail.close(0)")
    composes(page, [])


def test_gmail_recipients_are_followed_as_they_come_and_go(page: Page) -> None:
    open_page(page, GMAIL, to=RITA)
    composes(page, [TO_RITA])
    page.evaluate("() => mail.chip(0, 'cc', 'Dana <dana@acme.example>')")
    composes(page, [{**TO_RITA, "cc": ["dana@acme.example"]}])
    page.evaluate("() => mail.unchip(0, 'Rita@Acme.example')")
    composes(page, [{"to": [], "cc": ["dana@acme.example"]}])


def test_a_reply_left_behind_in_another_thread_is_gone(page: Page) -> None:
    open_page(page, GMAIL, composes="inline", to=RITA, thread=THREAD)
    composes(page, [TO_RITA])
    page.evaluate("() => mail.openThread('2222222222222222')")
    composes(page, [])


@pytest.mark.parametrize(
    ("account", "wanted"),
    [("late", "ana@example.com"), ("title", "ana@example.com"), ("none", None), ("Me@Example.com", "me@example.com")],
)
def test_gmail_tells_its_account(page: Page, account: str, wanted: str | None) -> None:
    open_page(page, GMAIL, to=RITA, account=account)
    page.wait_for_function("(wanted) => window.reports.at(-1)?.account === wanted", arg=wanted)


@pytest.mark.parametrize("host", [GMAIL, OUTLOOK])
def test_chats_notes_and_empty_shells_are_no_composes(page: Page, host: str) -> None:
    kinds = "shell" if host == GMAIL else ""
    open_page(page, host, composes=kinds, notes="1", decoys="1", stale="1", thread=THREAD)
    page.wait_for_function("() => window.reports.length > 0")
    page.get_by_role("textbox", name="Chat").click()
    page.keyboard.type("Just checking in with rita@acme.example, any news?")
    page.wait_for_timeout(400)
    assert not [each for report in reports(page) for each in report["composes"]]
    assert page.locator("aftertouch-banner").count() == 0


def test_outlook_gives_roles_and_what_has_no_address(page: Page) -> None:
    given = {"to": f"{RITA};Directory Two", "cc": "cc@acme.example", "bcc": "b@acme.example", "typed": "dan"}
    open_page(page, OUTLOOK, **given, subject="Hi", composes="new,hidden", to2="old@decoy.example")
    roles = {"to": ["rita@acme.example"], "cc": ["cc@acme.example"], "bcc": ["b@acme.example"], "roles_known": True}
    composes(page, [{**roles, "unresolved": ["Directory Two", "dan"], "subject_present": True}])


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_collapsed_reply_in_outlook_gives_what_it_shows(page: Page, lang: str) -> None:
    open_page(page, OUTLOOK, composes="reply", to=RITA, collapsed="address", pane="1", conv=CONV, lang=lang)
    wanted = {"to": ["rita@acme.example"], "roles_known": False, "provider_thread_id": "AAQkAD_x-y="}
    (first,) = composes(page, [wanted])
    page.locator("[role=button]").filter(has_text=":").first.focus()
    (second,) = composes(page, [{**wanted, "roles_known": True}])
    assert first["key"] == second["key"]


def test_an_outlook_compose_is_one_through_commits_and_remounting(page: Page) -> None:
    open_page(page, OUTLOOK, to=RITA, subject="Hi")
    (first,) = composes(page, [TO_RITA])
    page.evaluate("() => mail.chip(0, 'to', 'dana@acme.example')")
    (second,) = composes(page, [{"to": ["rita@acme.example", "dana@acme.example"]}])
    page.evaluate("() => mail.remount(0)")
    page.wait_for_function("() => document.querySelector('[id$=_SUBJECT]')?.id.startsWith('MSG_7002')")
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    (third,) = composes(page, [{"to": ["rita@acme.example", "dana@acme.example"], "cc": ["cc@acme.example"]}])
    assert first["key"] == second["key"] == third["key"]
    assert all("rita@acme.example" in each["to"] for report in reports(page) for each in report["composes"])


@pytest.mark.parametrize(
    ("account", "wanted"),
    [("me@example.com", "me@example.com"), ("name", None), ("tree", "ana@example.com"), ("trees", None)],
)
def test_outlook_tells_its_account_when_it_can(page: Page, account: str, wanted: str | None) -> None:
    open_page(page, OUTLOOK, to=RITA, account=account)
    composes(page, [TO_RITA])
    assert reports(page)[-1]["account"] == wanted


def test_a_window_of_its_own_in_outlook_is_read(page: Page, browser: BrowserContext) -> None:
    open_page(page, OUTLOOK, composes="", account="ana@example.com")
    with browser.expect_page() as opened:
        page.evaluate("() => mail.popout()")
    opened.value.locator("#docking_InitVisiblePart_0").wait_for()
    opened.value.evaluate(
        "() => { window.reports = [];"
        " document.addEventListener('aftertouch:report', (event) => window.reports.push(JSON.parse(event.detail))); }"
    )
    opened.value.evaluate("() => document.querySelector('[id$=_SUBJECT]').replaceWith(document.createElement('i'))")
    composes(opened.value, [{"to": ["popout@acme.example"], "subject_present": False}])
    assert reports(opened.value)[-1]["account"] == "ana@example.com"
    assert reports(opened.value)[-1]["host"] == "outlook.office.com"
    opened.value.close()
