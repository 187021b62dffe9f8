"""Every form of a compose on both hosts, classes renamed, among decoys, in four languages: found, and read exactly."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.reports import GMAIL, KEEP_REPORTS, OUTLOOK, composes, reports

pytestmark = pytest.mark.browser

THREAD = "18c0ffee12345678"
LANGUAGES = ["en", "de", "es", "ar"]
RITA = "Rita Recruiter <Rita@Acme.example>"
DANA = "dana@acme.example"
TO_RITA: dict[str, Any] = {"to": ["rita@acme.example"], "cc": [], "bcc": [], "unresolved": [], "visible": True}
NEW = {**TO_RITA, "roles_known": True, "provider_thread_id": None}
REPLY = {**NEW, "provider_thread_id": THREAD}
SHAPELESS = {"to": ["rita@acme.example", DANA], "roles_known": False}
CONV = "AAQkAD+x/y="
GRAPH_CONV = "AAQkAD_x-y="

GMAIL_FORMS: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {
    "docked": ({}, [NEW]),
    "docked over an open thread": ({"thread": THREAD}, [NEW]),
    "full screen, dark": ({"composes": "full", "theme": "dark"}, [NEW]),
    "minimised": ({"composes": "minimised"}, [{**NEW, "visible": False}]),
    "window of its own": ({"composes": "popout"}, [NEW]),
    "old form": ({"composes": "classic"}, [NEW]),
    "reply in a thread": ({"composes": "inline", "thread": THREAD}, [REPLY]),
    "reply, thread named late": ({"composes": "inline", "thread": THREAD, "perm": "undefined"}, [REPLY]),
    "reply in a pane beside the list": ({"composes": "inline", "thread": THREAD, "pane": "1"}, [REPLY]),
    "forward in a thread": ({"composes": "forward", "thread": THREAD, "subject": "Fwd: Hi"}, [REPLY]),
    "three at once": (
        {"composes": "docked,inline,minimised", "thread": THREAD, "to2": DANA},
        [NEW, {**REPLY, "to": [DANA]}, {**NEW, "to": [DANA], "visible": False}],
    ),
    "by its classes": ({"anchors": "lost", "tokens": "", "cc": DANA, "lts": THREAD}, [{**REPLY, **SHAPELESS}]),
    "by its shape alone": ({"anchors": "lost", "cc": DANA}, [{**NEW, **SHAPELESS}]),
    "reply beside a hidden view": ({"composes": "inline", "thread": THREAD, "perm": "absent", "stale": "1"}, [REPLY]),
    "reply taken out of its thread": ({"lts": "1111111111111111"}, [{**NEW, "provider_thread_id": "1111111111111111"}]),
    "collapsed row": ({"collapsed": "chips"}, [NEW]),
    "collapsed row without chips": ({"collapsed": "nochips"}, [{**NEW, "roles_known": False}]),
    "in slow steps, beside notes": ({"step": "80", "notes": "1"}, [NEW]),
    "two, beside a shell": ({"composes": "docked,docked,shell", "to2": DANA}, [NEW, {**NEW, "to": [DANA]}]),
    "a name without an address": ({"cc": "Hiring team"}, [{**NEW, "unresolved": ["Hiring team"]}]),
    "nobody yet": ({"to": ""}, [{**NEW, "to": []}]),
}
OUTLOOK_FORMS: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {
    "address on the chip": ({"chips": "bare"}, [NEW]),
    "name and address on the chip": ({"chips": "named"}, [NEW]),
    "address in a title": ({"chips": "title"}, [NEW]),
    "presence and name": ({"to": "Directory Two"}, [{**NEW, "to": [], "unresolved": ["Directory Two"]}]),
    "still being typed": ({"typed": "dan"}, [{**NEW, "unresolved": ["dan"]}]),
    "deep link": ({"composes": "deeplink"}, [NEW]),
    "beside an open conversation": ({"pane": "1", "conv": CONV}, [NEW]),
    "panes in a row, beside notes": ({"layout": "row", "notes": "1"}, [NEW]),
    "a hidden older draft": ({"composes": "new,hidden", "to2": "old@decoy.example"}, [NEW]),
    "reply": (
        {"composes": "reply", "pane": "1", "conv": CONV},
        [{**NEW, "provider_thread_id": GRAPH_CONV}],
    ),
    "collapsed reply": (
        {"composes": "reply", "pane": "1", "conv": CONV, "collapsed": "address"},
        [{**NEW, "roles_known": False, "provider_thread_id": GRAPH_CONV}],
    ),
    "collapsed reply of names": (
        {"composes": "reply", "pane": "1", "conv": CONV, "collapsed": "names", "to": "Rita Recruiter;Dana"},
        [
            {
                **NEW,
                "roles_known": False,
                "to": [],
                "unresolved": ["Rita Recruiter", "Dana"],
                "provider_thread_id": GRAPH_CONV,
            }
        ],
    ),
    "forward": (
        {"composes": "forward", "pane": "1", "conv": CONV},
        [{**NEW, "provider_thread_id": GRAPH_CONV}],
    ),
    "by its classes": ({"anchors": "lost", "tokens": "", "cc": DANA, "chips": "named"}, [{**NEW, **SHAPELESS}]),
    "by its shape alone": ({"anchors": "lost", "cc": DANA, "chips": "named"}, [{**NEW, **SHAPELESS}]),
    "copies": (
        {"cc": "cc@acme.example", "bcc": "b@acme.example"},
        [{**NEW, "cc": ["cc@acme.example"], "bcc": ["b@acme.example"]}],
    ),
}
SCENARIOS = [
    pytest.param(host, {**query, "lang": lang}, wanted, id=f"{name}, {lang}")
    for host, forms in ((GMAIL, GMAIL_FORMS), (OUTLOOK, OUTLOOK_FORMS))
    for turn, (name, (query, wanted)) in enumerate(forms.items())
    for lang in (LANGUAGES[turn % 3], "ar")
]


@pytest.fixture(scope="module")
def tab(browser: BrowserContext) -> Iterator[Page]:
    opened = browser.new_page()
    opened.add_init_script(KEEP_REPORTS)
    yield opened
    opened.close()


@pytest.mark.parametrize(("host", "query", "wanted"), SCENARIOS)
def test_every_compose_is_found_and_every_recipient_exact(
    tab: Page, host: str, query: dict[str, str], wanted: list[dict[str, Any]]
) -> None:
    given = {"to": RITA, "tokens": "renamed", "decoys": "1", "step": "5", **query}
    tab.goto(host + "?" + "&".join(f"{name}={_quoted(value)}" for name, value in given.items()))
    tab.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    composes(tab, wanted)
    assert "decoy.example" not in str(reports(tab))


def test_there_are_enough_of_them() -> None:
    assert len(SCENARIOS) >= 40


def _quoted(value: str) -> str:
    return value.replace("+", "%2B").replace("&", "%26").replace(" ", "%20")
