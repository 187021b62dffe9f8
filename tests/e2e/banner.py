"""What a person reads in a banner: its words, although the page itself cannot read them (closed shadow root)."""

from typing import Any

from playwright.sync_api import Page


def words(page: Page) -> str:
    """All text inside the page's banners, through the debugger, which alone sees into closed shadow roots."""
    debugger = page.context.new_cdp_session(page)
    try:
        root = debugger.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    finally:
        debugger.detach()
    return " ".join(text for banner in _named(root, "AFTERTOUCH-BANNER") for text in _texts(banner))


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
