"""Small things several folders of tests build: a signed-in browser, its forms, what a page shows."""

from collections.abc import Iterator
from typing import Any

import httpx
from fastapi import FastAPI
from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.services import signing_in
from app.services.parts import Parts


def visitor(app: FastAPI, parts: Parts) -> httpx.AsyncClient:
    """A browser that is not signed in; like a real one it sends the page's origin and asks for HTML."""
    base_url = parts.settings.base_url
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=base_url,
        headers={"origin": base_url, "accept": "text/html"},
        follow_redirects=True,
    )


async def sign_in(browser: httpx.AsyncClient, parts: Parts) -> None:
    answer = await browser.get(signing_in.new_link(parts, parts.clock()))
    assert answer.status_code == 200, answer.text


class Page:
    """A parsed answer: `status`, `path` after redirects, and CSS access to what it shows."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.path = answer.url.path
        self.html = answer.text
        self.answer = answer
        self._tree = LexborHTMLParser(answer.text)

    def all(self, selector: str) -> list[LexborNode]:
        return self._tree.css(selector)

    def one(self, selector: str) -> LexborNode:
        found = self.all(selector)
        assert len(found) == 1, f"{selector}: {len(found)} on {self.path}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [" ".join(node.text().split()) for node in self.all(selector)]

    def text(self, selector: str = "main") -> str:
        return " ".join(self.one(selector).text().split())

    def fields(self, form: str) -> dict[str, Any]:
        """What a form would send as it stands: hidden and text fields, checked boxes, chosen options."""
        return dict(_fields(self.one(form)))


def _fields(form: LexborNode) -> Iterator[tuple[str, str]]:
    for field in form.css("input"):
        kind, said = field.attributes.get("type", "text"), field.attributes
        if kind in {"radio", "checkbox"} and "checked" not in said:
            continue
        yield str(said.get("name")), str(said.get("value") or "")
    for select in form.css("select"):
        chosen = select.css("option[selected]") or select.css("option")
        yield str(select.attributes.get("name")), str(chosen[0].attributes.get("value") or "")


class Reader:
    """A person at their browser: opens pages and sends forms."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser

    async def open(self, path: str) -> Page:
        return Page(await self.browser.get(path))

    async def send(self, path: str, **fields: Any) -> Page:
        return Page(await self.browser.post(path, data=fields))
