"""The journeys of a person through the pages, in a real Chromium: link, quiet, look, log, call, leave, wait."""

import json
import re
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Backend
from tests.e2e.house import DANA, House

pytestmark = pytest.mark.browser

PETRA = "petra@oldmill.example"
OMAR = "omar@by-hand.example"


def test_linking_says_what_is_asked_and_cancelling_links_nothing(fresh_backend: Backend, page: Page) -> None:
    """Scopes before the provider's screen, cancel, link, progress that survives a reload, unlink with a receipt."""
    page.goto(fresh_backend.sign_in)
    page.goto(f"{fresh_backend.url}/accounts")
    gmail = page.locator("article.card", has_text="Gmail").first
    expect(gmail).to_contain_text("read your mail and its settings (gmail.readonly)")
    gmail.get_by_role("link", name="Link Gmail").click()
    page.click("#account-0")
    page.click("#deny")
    expect(page.get_by_role("status").first).to_contain_text("Nothing was linked: you cancelled")
    expect(page.locator("article.account")).to_have_count(0)

    page.goto(f"{fresh_backend.url}/link/google")
    page.click("#account-0")
    page.click("#allow")
    card = page.locator("article.account")
    expect(card).to_contain_text(re.compile("Being read|Linked, about|Up to date"))
    page.reload()
    expect(card).to_have_attribute("data-state", "live", timeout=60_000)
    expect(card).not_to_contain_text("none yet")

    page.get_by_text("Unlink …").click()
    page.get_by_role("button", name="Unlink and delete").dblclick()
    receipt = page.locator(".receipt")
    expect(receipt).to_contain_text("given back")
    expect(receipt.locator("tr", has_text="messages")).to_contain_text(re.compile(r"[1-9]\d+"))
    expect(card).to_have_count(0)


def test_quiet_is_for_one_recipient_listed_and_taken_back(house: House) -> None:
    """Quiet and "this is wrong", each undone with one click."""
    with house.visit() as page:
        path = house.recipient(page)
        page.goto(path)
        unanswered = page.locator("dl.facts.wide dd").first
        before = unanswered.inner_text()
        page.get_by_role("button", name="Quiet for this recipient").click()
        expect(page.get_by_role("status")).to_contain_text("Quiet from now on")
        page.goto("/history?state=muted")
        expect(page.locator(".row", has_text=DANA)).to_have_count(1)
        page.goto(path)
        page.get_by_role("button", name="Speak up again about them").click()
        page.get_by_text("This is wrong").last.click()
        page.get_by_role("button", name="Not a follow-up").last.click()
        expect(unanswered).to_have_text(str(int(before) - 1))
        page.locator(".notice").get_by_role("button", name="Undo").click()
        expect(unanswered).to_have_text(before)


def test_the_history_is_read_and_set_right_by_keyboard_alone(house: House) -> None:
    """Without a mouse: find somebody, walk the marks, open one, log a mail, undo it, set the stage."""
    with house.visit("/history") as page:
        tab_to(page, page.get_by_label("Name or address"))
        page.keyboard.type(DANA)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("q=dana"))
        tab_to(page, page.locator(".row .who"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Dana Reyes")

        marks = page.locator("svg.wide a.mark")
        for number in range(marks.count()):
            tab_to(page, marks.nth(number))
            expect(marks.nth(number)).to_have_accessible_name(re.compile(r"Your mail, \w+ Nov \d+, \d\d:\d\d"))
            expect(marks.nth(number).locator(".fact")).to_be_visible()
            expect(page.locator("svg.wide .fact:visible")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#entry-2$"))

        tab_to(page, page.locator("#log input[type=radio]").first)
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        expect(page.get_by_label("I sent a mail")).to_be_checked()
        tab_to(page, page.get_by_role("button", name="Log it"))
        page.keyboard.press("Enter")
        unanswered = page.locator("dl.facts.wide dd").first
        expect(unanswered).to_have_text("4")
        tab_to(page, page.get_by_role("button", name="Undo"))
        page.keyboard.press("Enter")
        expect(unanswered).to_have_text("3")

        tab_to(page, page.get_by_label("Stage"))
        page.keyboard.type("inter")
        tab_to(page, page.get_by_role("button", name="Save", exact=True).last)
        page.keyboard.press("Enter")
        expect(page.locator("dl.facts.wide")).to_contain_text("interview")
        tab_to(page, page.get_by_role("button", name="Undo"))
        page.keyboard.press("Enter")
        expect(page.locator("dl.facts.wide")).to_contain_text("applied")


def test_list_and_recipient_count_what_the_banner_counts(house: House) -> None:
    """One count, whoever is asked."""
    with house.visit("/history") as page:
        for row in page.locator(".row").all()[::6]:
            address = row.locator(".who .muted").or_(row.locator(".who")).last.inner_text()
            listed = re.search(r"(\d+) unanswered", row.inner_text())
            advised = page.request.post(
                "/api/v1/advice", data={"channel": "email", "to": [address]}, headers={"Origin": house.url}
            ).json()
            assert listed
            assert int(listed[1]) == advised["recipients"][0]["unanswered"], address


def test_a_call_is_logged_in_two_clicks_and_its_date_becomes_a_promise(house: House) -> None:
    """Asking whether to call writes nothing down."""
    with house.visit() as page:
        path = house.recipient(page, PETRA)
        page.goto(path)
        entries = page.locator(".entries tbody tr")
        before = entries.count()
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("#call [role=status]")).to_contain_text(re.compile("Yes|Not now|Better by mail|No"))
        assert page.locator("#call li").count() <= 2
        expect(entries).to_have_count(before)
        asked = page.request.post(
            "/api/v1/advice", data={"channel": "call", "to": [PETRA]}, headers={"Origin": house.url}
        ).json()
        expect(page.locator("#call")).to_contain_text(asked["call"]["say"])

        page.get_by_label("We spoke").check()
        page.get_by_label("What they said, if anything").fill("by December 18")
        page.get_by_role("button", name="Log it").dblclick()
        expect(page.get_by_role("status").first).to_contain_text("It is logged.")
        expect(entries).to_have_count(before + 2)
        expect(page.locator(".entries td.what").last).to_have_text("They said by Fri Dec 18")
        page.locator(".notice").get_by_role("button", name="Undo").click()
        expect(entries).to_have_count(before)


def test_a_double_click_without_any_script_logs_once(house: House) -> None:
    with house.visit(java_script_enabled=False) as page:
        page.goto(house.recipient(page, PETRA))
        entries = page.locator(".entries tbody tr")
        before = entries.count()
        page.get_by_role("button", name="Log it").dblclick()
        expect(entries).to_have_count(before + 1)
        page.locator(".notice").get_by_role("button", name="Undo").click()
        expect(entries).to_have_count(before)


def test_waiting_is_a_calendar_that_can_be_switched_off(house: House) -> None:
    """J10."""
    with house.visit("/accounts") as page:
        page.get_by_role("button", name=re.compile("calendar address|new address")).click()
        address = page.locator("#calendar code").inner_text()
        feed = Calendar.from_ical(page.request.get(address).text())
        listed = page.request.get("/api/v1/recipients?limit=200").json()["recipients"]
        good = {row["next_good_date"] for row in listed if row["state"] in ("your_turn", "waiting")} - {None}
        days = [
            event["dtstart"].dt.isoformat() for event in feed.walk("VEVENT") if str(event["uid"]).startswith("good")
        ]
        assert set(days) == good
        page.get_by_role("button", name="Switch the calendar off").click()
        expect(page.get_by_role("status").first).to_contain_text("opens nothing any more")
        assert page.request.get(address).status == 404


def test_it_works_by_hand_and_leaves_in_one_click(fresh_backend: Backend, page: Page) -> None:
    """Without any mailbox: three sentences, log by hand, take everything along, delete with a receipt."""
    page.goto(fresh_backend.sign_in)
    lead = page.locator(".hero .lead").inner_text()
    assert len(re.findall(r"\.(?:\s|$)", lead)) == 3
    page.get_by_role("link", name=re.compile("Use it without a mailbox")).click()
    page.get_by_label("Their address").fill(OMAR)
    page.get_by_label("I left a voice mail").check()
    page.get_by_role("button", name="Log it").click()
    expect(page.locator("dl.facts.wide dd").first).to_have_text("1")

    page.goto(f"{fresh_backend.url}/privacy")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Export everything (JSON)").click()
    told: dict[str, Any] = json.loads(taken.value.path().read_text())
    assert [row["address"] for row in told["recipient_addresses"]] == [OMAR]

    page.get_by_label("Type delete everything").fill("delete everything")
    page.get_by_role("button", name="Delete everything").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is deleted")
    expect(page.locator(".receipt tr", has_text="logged touches")).to_contain_text("1")
    held = [path for path in fresh_backend.data_dir.rglob("*") if path.is_file()]
    assert held
    assert not [path for path in held if OMAR.encode() in path.read_bytes()]


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it is focused; fails when a whole round did not reach it."""
    for _ in range(150):
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {wanted}")
