"""The banner in mail pages: it speaks before Send, does no harm to the page, and fails in silence."""

from statistics import median

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.banner import banner_of, noted, says
from tests.e2e.conftest import ROOT
from tests.e2e.reports import GMAIL, OUTLOOK, composes, open_page, press
from tests.e2e.stub_backend import CAUTION, CLEAR, StubBackend, Told

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh")]

DANA = "Dana Hiring <dana@acme.example>"
BODY = "Just checking in, any news?"
IN_VIEW_BESIDE_SEND = """() => {
    const box = document.querySelector('aftertouch-banner').getBoundingClientRect();
    const send = document.querySelector('[role=button]').getBoundingClientRect();
    const isSeen = box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
    return isSeen && (box.bottom <= send.top || box.top >= send.bottom);
}"""
CAPTURE = ROOT.parent / "shared" / "data" / "pages" / "gmail-compose-2020.html"


@pytest.mark.parametrize(
    ("host", "query"),
    [
        (GMAIL, {"composes": "docked"}),
        (GMAIL, {"composes": "full", "theme": "dark"}),
        (GMAIL, {"composes": "inline", "thread": "18c0ffee12345678", "lang": "ar"}),
        (GMAIL, {"composes": "popout"}),
        (GMAIL, {"composes": "docked", "policy": "strict"}),
        (OUTLOOK, {"composes": "new"}),
        (OUTLOOK, {"composes": "new", "layout": "row"}),
        (OUTLOOK, {"composes": "deeplink"}),
    ],
)
def test_it_speaks_and_leaves_the_compose_as_it_was(page: Page, host: str, query: dict[str, str]) -> None:
    open_page(page, host, **query, subject="Hi", body=BODY)
    editor = page.locator("[g_editable=true], [id^=editorParent_] [contenteditable=true]")
    editor.focus()
    page.evaluate("() => getSelection().collapse(getSelection().anchorNode, 0)")
    as_it_was = """() => { const {anchorNode, anchorOffset} = getSelection(); const active = document.activeElement;
        const editor = document.querySelector('[g_editable=true], [id^=editorParent_] [contenteditable=true]');
        return [editor.innerHTML, active === editor, anchorNode && anchorNode.textContent, anchorOffset,
                [...document.querySelectorAll('input')].map((input) => input.value)]; }"""
    before = page.evaluate(as_it_was)
    page.evaluate(f"() => mail.chip(0, 'to', '{DANA}')")
    banner_of(page)
    page.wait_for_function("() => document.querySelector('aftertouch-banner').getBoundingClientRect().height > 0")
    height = page.evaluate("() => document.querySelector('aftertouch-banner').getBoundingClientRect().height")
    assert height <= 44
    assert page.evaluate(as_it_was) == before
    says(page, CAUTION["headline"])
    page.evaluate("() => mail.send(0)")
    assert page.evaluate("() => mail.sent") == 1


@pytest.mark.skipif(not CAPTURE.exists(), reason="the captured page is kept beside the repository, in ../shared/data")
def test_it_speaks_in_a_compose_that_others_captured(page: Page) -> None:
    """A real dialog of 2020, with the recipients' row that Gmail has had since 2021."""
    page.route(f"{GMAIL}captured", lambda route: route.fulfill(body=CAPTURE.read_text(), content_type="text/html"))
    page.goto(f"{GMAIL}captured")
    page.evaluate(
        """(address) => { const made = (tag, given, ...inner) => { const one = document.createElement(tag);
                for (const [name, value] of Object.entries(given)) one.setAttribute(name, value);
                one.append(...inner); return one; };
            const chip = made('div', {role: 'option', 'data-name': 'Dana', 'data-hovercard-id': address}, 'Dana');
            const row = made('div', {name: 'to'}, made('div', {role: 'listbox'}, made('div', {}, chip)));
            document.querySelector('textarea[name=to]').parentElement.replaceChildren(made('div', {}, row)); }""",
        "dana@acme.example",
    )
    page.locator("[g_editable=true]").focus()
    banner_of(page)
    says(page, CAUTION["headline"])
    box = page.locator("aftertouch-banner").bounding_box()
    assert box
    assert 0 < box["height"] <= 44
    assert page.evaluate(
        "() => !document.querySelector('[g_editable=true]').contains(document.querySelector('aftertouch-banner'))"
    )


def test_it_speaks_in_a_window_of_its_own(page: Page, browser: BrowserContext) -> None:
    """Outlook's pop-outs are about:blank and drawn by the window that opened them."""
    open_page(page, OUTLOOK, composes="")
    with browser.expect_page() as opened:
        page.evaluate("() => mail.popout()")
    banner_of(opened.value)
    says(opened.value, CAUTION["headline"])
    opened.value.close()


def test_it_stands_there_at_once(page: Page) -> None:
    open_page(page, GMAIL)
    taken = []
    for _ in range(3):
        page.evaluate(
            """(chip) => { window.seen = new Promise((done) => {
                const start = performance.now();
                const watch = new MutationObserver(() => {
                    if (!document.querySelector('aftertouch-banner')) return;
                    watch.disconnect();
                    done(performance.now() - start);
                });
                watch.observe(document, {childList: true, subtree: true});
                mail.chip(0, 'to', chip); }); }""",
            DANA,
        )
        taken.append(page.evaluate("() => window.seen"))
        page.evaluate("() => mail.unchip(0, 'dana@acme.example')")
        expect(page.locator("aftertouch-banner")).to_have_count(0)
    assert median(taken) <= 300, taken


def test_nothing_is_said_when_all_is_clear(page: Page, stub: StubBackend) -> None:
    stub.answers["POST /api/v1/advice"] = Told(json=CLEAR)
    open_page(page, GMAIL, to=DANA)
    composes(page, [{"to": ["dana@acme.example"]}])
    stub.wait_for_asked(1)
    assert len(stub.asked()) == 1
    expect(page.locator("aftertouch-banner")).to_have_count(0)


@pytest.mark.parametrize(("host", "account"), [(GMAIL, "none"), (OUTLOOK, "name")])
def test_without_an_account_no_verdict_is_given_but_the_reason(
    page: Page, stub: StubBackend, host: str, account: str
) -> None:
    two = [{"id": "1", "address": "ana@example.com"}, {"id": "2", "address": "ana.berg@outlook.example"}]
    stub.answers["GET /api/v1/accounts"] = Told(json={"accounts": two})
    open_page(page, host, to=DANA, account=account)
    banner_of(page, "unknown")
    says(page, "This page does not show which mailbox it is.")
    assert stub.asked() == []
    page.evaluate(
        """() => { const one = document.createElement('a'); one.href = 'https://accounts.google.com/SignOutOptions';
            one.id = 'mectrl_currentAccount_secondary'; one.setAttribute('aria-label', 'Ana (ana@example.com)');
            one.textContent = 'ana@example.com'; document.body.append(one); }"""
    )
    banner_of(page)
    page.evaluate("() => document.querySelector('#mectrl_currentAccount_secondary').remove()")
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    composes(page, [{"cc": ["cc@acme.example"]}])
    banner_of(page)


def test_an_account_shown_late_is_waited_for(page: Page, stub: StubBackend) -> None:
    open_page(page, GMAIL, to=DANA, account="late")
    banner_of(page)
    assert [one.path for one in stub.arrived] == ["/api/v1/advice"]


def test_one_question_is_asked_per_change(page: Page, stub: StubBackend) -> None:
    open_page(page, GMAIL, to=DANA, body=BODY)
    banner_of(page)
    page.evaluate("() => { for (let i = 0; i < 200; i++) document.body.append(document.createElement('i')); }")
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    composes(page, [{"cc": ["cc@acme.example"]}])
    page.locator("[g_editable=true]").click()
    page.keyboard.type("some words that I would like to say to you", delay=20)
    page.wait_for_function("() => document.querySelector('[g_editable=true]').textContent.includes('to say to you')")
    stub.wait_for_asked(3)
    bodies = stub.asked()
    assert len(bodies) == 3, "the recipients, one more recipient, the words typed"
    assert [body["cc"] for body in bodies] == [[], ["cc@acme.example"], ["cc@acme.example"]]
    assert bodies[1]["signals"] != bodies[2]["signals"]
    assert all("some words" not in one.body for one in stub.arrived)


@pytest.mark.parametrize(
    "told", [Told(200, text="<html>"), Told(200, {"level": "loud"})], ids=["html", "unknown level"]
)
def test_an_answer_that_cannot_be_read_is_told_and_mail_goes_on(page: Page, stub: StubBackend, told: Told) -> None:
    stub.answers["POST /api/v1/advice"] = told
    open_page(page, GMAIL, to=DANA)
    banner_of(page, "unknown")
    page.wait_for_function("() => document.querySelector('aftertouch-banner').getBoundingClientRect().height > 0")
    page.evaluate("() => mail.send(0)")
    assert page.evaluate("() => mail.sent") == 1
    says(page, "Can't check")


def test_without_pairing_the_page_stays_untouched(page: Page, stub: StubBackend, browser: BrowserContext) -> None:
    worker = browser.service_workers[0]
    worker.evaluate("() => chrome.storage.local.remove('token')")
    open_page(page, GMAIL, to=DANA)
    composes(page, [{"to": ["dana@acme.example"]}])
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    composes(page, [{"cc": ["cc@acme.example"]}])
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    assert stub.arrived == []
    worker.evaluate("() => chrome.storage.local.set({token: 'stub-token'})")


def test_keys_in_it_stay_in_it_and_esc_closes_it(page: Page) -> None:
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    press(page, "Why?")
    assert page.evaluate("() => document.activeElement.localName") == "aftertouch-banner"
    page.evaluate("() => { mail.keys.length = 0; }")
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    assert page.evaluate("() => mail.keys") == []
    page.locator("[g_editable=true]").press("e")
    assert "keydown:e" in page.evaluate("() => mail.keys")
    noted(page)


def test_a_key_leads_into_it_and_esc_back(page: Page, browser: BrowserContext) -> None:
    """The key is the browser's to hear; from there on all is real."""
    pressed = """async () => { const [tab] = await chrome.tabs.query({url: 'https://mail.google.com/*'});
        chrome.commands.onCommand.dispatch('to-banner', tab); }"""
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    editor = page.locator("[g_editable=true]")
    editor.click()
    browser.service_workers[0].evaluate(pressed)
    page.wait_for_function("() => document.activeElement.localName === 'aftertouch-banner'")
    page.keyboard.press("Escape")
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    expect(editor).to_be_focused()
    noted(page)


def test_a_finding_put_away_returns_only_when_its_facts_change(page: Page, stub: StubBackend) -> None:
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    press(page, "×")
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    noted(page)
    open_page(page, GMAIL, to=DANA)
    composes(page, [{"to": ["dana@acme.example"]}])
    page.evaluate("() => mail.chip(0, 'cc', 'cc@acme.example')")
    composes(page, [{"cc": ["cc@acme.example"]}])
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    changed = {**CAUTION, "recipients": [{**CAUTION["recipients"][0], "unanswered": 3}]}
    stub.answers["POST /api/v1/advice"] = Told(json=changed)
    page.evaluate("() => mail.chip(0, 'cc', 'more@acme.example')")
    banner_of(page)


def test_it_is_quiet_for_this_message_only(page: Page) -> None:
    open_page(page, GMAIL, to=DANA, composes="docked,docked", to2="rita@acme.example")
    expect(page.locator("aftertouch-banner")).to_have_count(2)
    press(page, "Why?")
    press(page, "Quiet for this message")
    expect(page.locator("aftertouch-banner")).to_have_count(1)


def test_what_was_said_last_stands_there_before_the_answer_comes(page: Page, stub: StubBackend) -> None:
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    stub.answers["POST /api/v1/advice"] = Told(json={**CAUTION, "level": "hold"}, delay=1)
    open_page(page, GMAIL, to=DANA)
    banner_of(page, "caution")
    banner_of(page, "hold")


def test_a_recipient_is_muted_from_it_and_that_can_be_undone(page: Page, stub: StubBackend) -> None:
    stub.answers["PATCH /api/v1/recipients/r1"] = Told(json={"id": "r1"})
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    press(page, "Why?")
    press(page, "Not for this recipient")
    says(page, "Quiet for this recipient from now on.")
    press(page, "Undo")
    says(page, "Undone.")
    assert stub.asked("/api/v1/recipients/r1") == [{"muted": True}, {"muted": False}]


def test_a_correction_is_sent_and_can_be_undone(page: Page, stub: StubBackend) -> None:
    stub.answers["POST /api/v1/corrections"] = Told(201, {"id": "c9"})
    stub.answers["DELETE /api/v1/corrections/c9"] = Told(200, None)
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    press(page, "Why?")
    press(page, "This is wrong")
    press(page, "They answered elsewhere")
    says(page, "Undo")
    assert stub.asked("/api/v1/corrections") == [{"recipient": "r1", "kind": "answered_elsewhere", "evidence": None}]
    press(page, "Undo")
    says(page, "Undone.")
    assert [one.path for one in stub.arrived if one.method == "DELETE"] == ["/api/v1/corrections/c9"]


def test_a_page_that_keeps_removing_it_gets_it_above_the_page(page: Page) -> None:
    open_page(page, GMAIL, to=DANA)
    for _ in range(2):
        banner_of(page)
        page.evaluate("() => document.querySelector('aftertouch-banner').remove()")
    page.wait_for_function("() => document.querySelector('html > aftertouch-banner')")
    for height in (860, 464):  # with room above the compose, and filled by it
        page.set_viewport_size({"width": 1280, "height": height})
        page.wait_for_function(IN_VIEW_BESIDE_SEND)
    page.evaluate("() => mail.minimise(0)")
    expect(page.locator("aftertouch-banner")).to_have_count(0)
    page.evaluate("() => mail.restore(0)")
    expect(page.locator("aftertouch-banner")).to_have_count(1)
    page.evaluate("() => mail.close(0)")
    expect(page.locator("aftertouch-banner")).to_have_count(0)


def test_the_page_learns_nothing_but_level_and_compose(page: Page) -> None:
    open_page(page, GMAIL, to=DANA)
    banner_of(page)
    assert page.evaluate(
        """() => { const it = document.querySelector('aftertouch-banner');
            return [it.shadowRoot, it.textContent, it.getAttributeNames().sort().join()]; }"""
    ) == [None, "", "data-compose,data-level"]
