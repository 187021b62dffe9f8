"""Do no harm in real Firefox: the compose, its editor and its Send stay what they were, and the banner speaks."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.firefox import OWN, Firefox, running
from tests.e2e.mail_origins import MailOrigins
from tests.e2e.reports import GMAIL, OUTLOOK
from tests.e2e.stub_backend import CAUTION, StubBackend, Told

pytestmark = pytest.mark.browser

EXTENSION = ROOT / "extension" / "dist" / "firefox-test"
DANA = "Dana Hiring <dana@acme.example>"
EDITOR = "[g_editable=true], [id^=editorParent_] [contenteditable=true]"
BANNER = (
    "(level) => document.querySelector(`aftertouch-banner[data-level=${level}]`)?.getBoundingClientRect().height > 0"
)
GONE = "() => !document.querySelector('aftertouch-banner')"
WATCH = """(editor) => { window.touched = 0;
    const all = {childList: true, subtree: true, attributes: true, characterData: true};
    new MutationObserver((list) => { window.touched += list.length; })
        .observe(document.querySelector(editor), all); }"""
SEND = "[...document.querySelectorAll('[role=button], button')].find((one) => /Enter/.test(one.title + one.ariaLabel))"
SENDING = f"""() => {{ const send = {SEND}; window.sends = []; send.dataset.send = 'yes';
    send.addEventListener('click', (event) => window.sends.push(
        [event.isTrusted, event.defaultPrevented, performance.now() - event.timeStamp < 500])); }}"""


@pytest.fixture(scope="module")
def firefox(mail_origins: MailOrigins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with running(tmp_path_factory.mktemp("firefox"), mail_origins, EXTENSION) as browser:
        yield browser


@pytest.fixture
def backend(firefox: Firefox) -> Iterator[StubBackend]:
    stub = StubBackend()
    firefox.open(f"{OWN}/options.html")
    firefox.evaluate("() => Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear()])")
    firefox.evaluate("(given) => chrome.storage.local.set(given)", {"backend": stub.url, "token": "stub-token"})
    yield stub
    stub.close()


def opened(firefox: Firefox, url: str) -> None:
    firefox.open(url)
    firefox.until("() => document.documentElement.dataset.ready === 'yes'")


@pytest.mark.parametrize("host", [GMAIL, OUTLOOK])
def test_the_editor_and_send_stay_what_they_were(firefox: Firefox, backend: StubBackend, host: str) -> None:
    opened(firefox, f"{host}?body=Any+news%3F")
    before = firefox.evaluate("(editor) => document.querySelector(editor).outerHTML", EDITOR)
    send = firefox.evaluate(f"() => {SEND}.outerHTML")
    firefox.evaluate(WATCH, EDITOR)
    firefox.evaluate("(chip) => mail.chip(0, 'to', chip)", DANA)
    firefox.until(BANNER, "caution")
    assert CAUTION["headline"] in firefox.words()
    assert firefox.evaluate("(editor) => document.querySelector(editor).outerHTML", EDITOR) == before
    assert firefox.evaluate(f"() => {SEND}.outerHTML") == send
    firefox.press("×")
    firefox.until(GONE)
    assert firefox.evaluate("(editor) => document.querySelector(editor).outerHTML", EDITOR) == before
    assert firefox.evaluate("() => window.touched") == 0


@pytest.mark.parametrize("told", [Told(json=CAUTION), Told(500, {}), Told(delay=10)], ids=["well", "500", "10 s"])
def test_send_is_the_pages_alone(firefox: Firefox, backend: StubBackend, told: Told) -> None:
    backend.answers["POST /api/v1/advice"] = told
    opened(firefox, f"{GMAIL}?to=dana@acme.example")
    if not told.delay:
        firefox.until(BANNER, "caution" if told.status == 200 else "unknown")  # else it may come between aim and press
    firefox.evaluate(SENDING)
    firefox.click(firefox.find("[data-send]"))
    trusted, prevented, soon = firefox.until("() => window.sends[0]")
    assert (trusted, prevented, soon) == (True, False, True)
    assert firefox.evaluate("() => mail.sent") == 1
    assert len(backend.asked()) <= 1


def test_a_typist_loses_neither_character_nor_caret(firefox: Firefox, backend: StubBackend) -> None:
    opened(firefox, GMAIL)
    firefox.evaluate(
        """([editor, chip]) => { window.carets = []; const typed = document.querySelector(editor);
            typed.addEventListener('input', () => window.carets.push(
                [typed.textContent.length, getSelection().anchorOffset, document.activeElement === typed]));
            setTimeout(() => mail.chip(0, 'to', chip), 300); }""",
        [EDITOR, DANA],
    )
    firefox.click(firefox.find(EDITOR))
    text = "I wanted to ask"
    firefox.keys(text, pause_ms=125)
    firefox.until(BANNER, "caution")
    assert firefox.evaluate("(editor) => document.querySelector(editor).textContent", EDITOR) == text
    assert firefox.evaluate("() => window.carets") == [[count, count, True] for count in range(1, len(text) + 1)]
    assert all(text not in one.body for one in backend.arrived)


def test_the_page_cannot_look_into_it(firefox: Firefox, backend: StubBackend) -> None:
    opened(firefox, f"{GMAIL}?to=dana@acme.example&policy=strict")
    firefox.until(BANNER, "caution")
    seen = "() => { const it = document.querySelector('aftertouch-banner'); return [it.shadowRoot, it.textContent]; }"
    assert firefox.evaluate(seen) == [None, ""]
    assert firefox.evaluate("() => [...document.querySelector('aftertouch-banner').getAttributeNames()].sort()") == [
        "data-compose",
        "data-level",
    ]


def test_it_speaks_in_a_window_of_its_own(firefox: Firefox, backend: StubBackend) -> None:
    opened(firefox, f"{OUTLOOK}?composes=")
    before, main = firefox.tabs(), firefox.tab
    firefox.evaluate("() => { mail.popout(); }")
    (firefox.tab,) = [one for one in firefox.tabs() if one not in before]
    try:
        firefox.until(BANNER, "caution")
        assert CAUTION["headline"] in firefox.words()
        firefox.command("browsingContext.close", context=firefox.tab)
    finally:
        firefox.tab = main


def test_the_sidebar_logs_a_call_and_shows_what_passed(firefox: Firefox, backend: StubBackend) -> None:
    person = {"id": "r1", "address": "dana@acme.example", "name": "Dana", "next_good_date": "2026-12-03"}
    entry = {"at": "2026-11-09T09:00:00Z", "direction": "out", "title": "Application", "link": "/history/r1"}
    backend.answers["GET /api/v1/recipients"] = Told(json={"recipients": [person]})
    backend.answers["GET /api/v1/recipients/r1"] = Told(json={"next_good_date": "2026-12-03", "time_line": [entry]})
    backend.answers["POST /api/v1/touches"] = Told(201, {"id": "t1"})
    firefox.open(f"{OWN}/panel.html")
    assert firefox.evaluate("() => browser.runtime.getManifest().sidebar_action.default_panel").endswith("panel.html")
    firefox.until("() => document.querySelector('#dates button')?.click() ?? !!document.querySelector('#line a')")
    firefox.evaluate("() => document.querySelectorAll('#outcomes button')[1].click()")
    firefox.until("() => document.querySelector('#told').textContent === 'Logged.'")
    (touch,) = backend.asked("/api/v1/touches")
    assert (touch["recipient"], touch["outcome"]) == ("dana@acme.example", "message_left")


def test_after_it_is_taken_away_mail_goes_on(firefox: Firefox, backend: StubBackend) -> None:
    opened(firefox, f"{GMAIL}?to=dana@acme.example")
    firefox.until(BANNER, "caution")
    firefox.command("webExtension.uninstall", extension=firefox.extension)
    firefox.evaluate("() => mail.send(0)")
    assert firefox.evaluate("() => mail.sent") == 1
    firefox.until("() => !document.querySelector('aftertouch-banner')?.offsetHeight")
