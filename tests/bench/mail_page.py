"""Chromium on a synthetic mail page, measured from outside: CPU of the main thread, long tasks, times to paint."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from tests.e2e.conftest import open_browser
from tests.e2e.mail_origins import MailOrigins
from tests.e2e.stub_backend import StubBackend

GMAIL = "https://mail.google.com/mail/u/0/"
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({type: 'longtask'});
"""


@dataclass(frozen=True)
class MailPage:
    """One tab and the debugger on it."""

    page: Page
    debugger: CDPSession

    def open(self, **query: str) -> None:
        self.page.goto(GMAIL + "?" + "&".join(f"{name}={value}" for name, value in query.items()))
        self.page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")

    def spent(self, metric: str = "TaskDuration") -> float:
        """Milliseconds of CPU the main thread has used since the page was opened."""
        metrics = self.debugger.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == metric)) * 1000

    def stop_worker(self) -> None:
        """As the browser does to an extension's worker after half a minute."""
        self.debugger.send("ServiceWorker.enable")
        self.debugger.send("ServiceWorker.stopAllWorkers")

    def long_tasks(self) -> int:
        return int(self.page.evaluate("() => window.longTasks.length"))


@contextmanager
def browsers(extension: Path, *others: Path) -> Iterator[tuple[list[BrowserContext], StubBackend]]:
    """A bare browser, one with the extension, one with each other; and the backend the extension is paired with."""
    backend, origins = StubBackend(), MailOrigins()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        opened = [
            open_browser(playwright, origins, Path(folder) / f"{turn}", loaded)
            for turn, loaded in enumerate((None, extension, *others))
        ]
        fitted = opened[1]
        worker = fitted.service_workers[0] if fitted.service_workers else fitted.wait_for_event("serviceworker")
        worker.evaluate("(given) => chrome.storage.local.set(given)", {"backend": backend.url, "token": "bench"})
        yield opened, backend
        for browser in opened:
            browser.close()
    backend.close()
    origins.close()


def tab(browser: BrowserContext) -> MailPage:
    page = browser.new_page()
    page.add_init_script(LONG_TASKS)
    debugger = browser.new_cdp_session(page)
    debugger.send("Performance.enable", {"timeDomain": "threadTicks"})
    return MailPage(page, debugger)
