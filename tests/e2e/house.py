"""A house lived in: one backend with the sample linked, and signed-in browsers without any extension."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Backend

DANA = "dana@northwind.example"


@dataclass
class House:
    """`complaints` are errors and warnings any page wrote to its console."""

    backend: Backend
    browser: Browser
    cookies: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.backend.url

    @contextmanager
    def visit(self, path: str = "/", **settings: Any) -> Iterator[Page]:
        """A page of a fresh, signed-in browser; `settings` as for a Playwright context."""
        with self.browser.new_context(base_url=self.url, **settings) as context:
            context.add_cookies(self.cookies)
            page = context.new_page()
            page.on("console", self._heard)
            page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
            page.goto(path)
            yield page

    def _heard(self, said: Any) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{said.location.get('url')}: {said.text}")

    def recipient(self, page: Page, address: str = DANA) -> str:
        """The path of a recipient's page."""
        page.goto(f"/history?q={address}")
        return page.locator(".row .who").first.get_attribute("href") or ""
