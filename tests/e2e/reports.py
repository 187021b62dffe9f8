"""What the test build of the extension reports of a mail page, and the person's hands in its banner."""

import json
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

GMAIL = "https://mail.google.com/mail/u/0/"
OUTLOOK = "https://outlook.office.com/mail/inbox"

KEEP_REPORTS = """
window.reports = [];
document.addEventListener('aftertouch:report', (event) => window.reports.push(JSON.parse(event.detail)));
"""


def open_page(page: Page, host: str, fragment: str = "", **query: str) -> None:
    """Open a synthetic mail page and wait until it has built everything asked for."""
    page.add_init_script(KEEP_REPORTS)
    page.goto(f"{host}?{urlencode(query)}{fragment}")
    page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")


def reports(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate("() => window.reports"))


def composes(page: Page, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Wait until the last report has composes with (at least) these fields, in any order; answers them as reported."""
    last = "(window.reports.at(-1) || {composes: []}).composes"
    same = (
        "(wanted) => { const sorted = (list) => list.map((one) => JSON.stringify(one)).sort().join();"
        f" const found = {last};"
        " const pick = (one, like) => Object.fromEntries(Object.keys(like).map((name) => [name, one[name]]));"
        " return found.length === wanted.length &&"
        " sorted(found.map((one) => pick(one, wanted[0] || {}))) === sorted(wanted); }"
    )
    try:
        page.wait_for_function(same, arg=wanted, timeout=4_000)
    except Exception as error:
        shown = json.dumps(reports(page)[-1:], indent=1)
        raise AssertionError(f"wanted {json.dumps(wanted)}, the last report is {shown}") from error
    return list(page.evaluate(f"() => {last}"))


def press(page: Page, label: str) -> None:
    """Click the banner's button of this label, found through the debugger: the page cannot see it."""
    debugger = page.context.new_cdp_session(page)
    try:
        root = debugger.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        node = next(each for each in _walk(root) if each["nodeName"] == "BUTTON" and _text(each) == label)
        box = debugger.send("DOM.getBoxModel", {"backendNodeId": node["backendNodeId"]})["model"]["content"]
    finally:
        debugger.detach()
    page.mouse.click((box[0] + box[4]) / 2, (box[1] + box[5]) / 2)


def _walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*node.get("shadowRoots", []), *node.get("children", [])]
    return [node, *(each for child in inner for each in _walk(child))]


def _text(node: dict[str, Any]) -> str:
    return "".join(each.get("nodeValue", "") for each in _walk(node))
