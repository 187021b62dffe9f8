"""What a person reads in a banner: its words, although the page itself cannot read them (closed shadow root)."""

import time
from typing import Any

from playwright.sync_api import Page, expect


def banner_of(page: Page, level: str = "caution") -> None:
    expect(page.locator(f"aftertouch-banner[data-level={level}]")).to_have_count(1, timeout=20_000)


def says(page: Page, text: str) -> None:
    """Wait until the banner says `text`."""
    deadline = time.monotonic() + 4
    while text not in words(page):
        assert time.monotonic() < deadline, words(page)
        page.wait_for_timeout(20)


def noted(page: Page) -> None:
    """Wait until the worker has noted what was put away: noted later it would silence the next test's banner."""
    kept = "() => chrome.storage.local.get('dismissed').then(({dismissed}) => dismissed?.length > 0)"
    deadline = time.monotonic() + 10
    while not page.context.service_workers[0].evaluate(kept):
        assert time.monotonic() < deadline, "what was put away was not noted"
        page.wait_for_timeout(20)


def words(page: Page) -> str:
    """All text inside the page's banners."""
    return " ".join(text for banner in _banners(page) for text in _texts(banner))


def announced(page: Page) -> str:
    """What the banner's status region holds now: what a screen reader reads out when it appears."""
    regions = [each for banner in _banners(page) for each in _named(banner, "P") if "status" in each["attributes"]]
    return " ".join(text for region in regions for text in _texts(region))


def _banners(page: Page) -> list[dict[str, Any]]:
    """Through the debugger, which alone sees into closed shadow roots."""
    debugger = page.context.new_cdp_session(page)
    try:
        root = debugger.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    finally:
        debugger.detach()
    return _named(root, "AFTERTOUCH-BANNER")


def _named(node: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = [node] if node.get("nodeName") == name else []
    return found + [each for child in _children(node) for each in _named(child, name)]


def _texts(node: dict[str, Any]) -> list[str]:
    if node.get("nodeName") == "STYLE":
        return []
    own = [node["nodeValue"].strip()] if node.get("nodeName") == "#text" and node["nodeValue"].strip() else []
    return own + [text for child in _children(node) for text in _texts(child)]


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [*node.get("shadowRoots", []), *node.get("children", [])]
