"""Real processes for the end-to-end tests: the backend with its simulator, Chromium with the built extension."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, Worker, expect, sync_playwright

from tests.e2e.mail_origins import MailOrigins
from tests.e2e.recorder import Recorder
from tests.e2e.stub_backend import StubBackend

if TYPE_CHECKING:
    from tests.e2e.house import House

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "extension" / "dist" / "chrome-test"
PICTURES = ROOT / ".run" / "pictures"


@dataclass(frozen=True)
class Backend:
    """A running `aftertouch serve` behind the recorder. `url` is its address, `log` what it wrote."""

    url: str
    sign_in: str
    data_dir: Path
    log: Path
    recorder: Recorder
    environment: dict[str, str]


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("Chromium is needed: sudo apt-get install chromium")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path) -> Iterator[Backend]:
    """`aftertouch serve` on an empty data folder, without credentials: the simulator stands behind it."""
    port = free_port()
    recorder = Recorder(port)
    url = f"http://127.0.0.1:{recorder.port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AFTERTOUCH_")}
    environment |= {
        "AFTERTOUCH_DATA_DIR": str(folder / "data"),
        "AFTERTOUCH_BASE_URL": url,
        "AFTERTOUCH_POLL_SECONDS": "5",
        "AFTERTOUCH_TIME_ZONE": "Europe/Berlin",
    }
    log = folder / "server.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=sink, stderr=sink,
        )  # fmt: skip
        try:
            yield Backend(url, _sign_in_line(log, process), folder / "data", log, recorder, environment)
        finally:
            process.terminate()
            process.wait(timeout=15)
            recorder.close()


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The backend most tests share."""
    with serving(tmp_path_factory.mktemp("backend")) as running:
        yield running


@pytest.fixture
def fresh_backend(tmp_path: Path) -> Iterator[Backend]:
    """A backend of a test's own, with nothing linked."""
    with serving(tmp_path) as running:
        yield running


def _sign_in_line(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = re.search(r"Sign in: (\S+)", log.read_text())
        if found and _answers(found[1]):
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"the backend did not start:\n{log.read_text()}")


def _answers(sign_in: str) -> bool:
    try:
        with urllib.request.urlopen(sign_in.partition("/sign-in")[0] + "/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def mail_origins() -> Iterator[MailOrigins]:
    origins = MailOrigins()
    yield origins
    origins.close()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(
    driver: Playwright, mail_origins: MailOrigins, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Chromium with the test build of the extension, mail hosts resolved to our pages and counted as public."""
    if not (EXTENSION / "manifest.json").exists():
        pytest.fail("The extension is not built: AFTERTOUCH_TEST=1 make extension")
    context = open_browser(driver, mail_origins, tmp_path_factory.mktemp("profile"), EXTENSION)
    yield context
    context.close()


def open_browser(
    playwright: Playwright, mail_origins: MailOrigins, profile: Path, extension: Path | None, *others: Path
) -> BrowserContext:
    """Chromium on a fresh profile, with the unpacked `extension` (and `others` beside it) or with none."""
    folders = ",".join(map(str, [extension, *others]))
    loaded = [f"--disable-extensions-except={folders}", f"--load-extension={folders}"] if extension else []
    return playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        headless=True,
        chromium_sandbox=False,
        ignore_https_errors=True,
        viewport={"width": 1280, "height": 860},
        args=[
            *loaded,
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            *mail_origins.browser_flags(),
        ],
    )


def worker_of(browser: BrowserContext) -> Worker:
    """The extension's worker: another one after the extension was switched off and on."""
    return browser.service_workers[0] if browser.service_workers else browser.wait_for_event("serviceworker")


@pytest.fixture(scope="module")
def stub(browser: BrowserContext) -> Iterator[StubBackend]:
    """The extension asks this backend for the length of this file; what it asked before comes back afterwards."""
    before = worker_of(browser).evaluate("() => chrome.storage.local.get(['backend', 'token'])")
    backend = StubBackend()
    given = {"backend": backend.url, "token": "stub-token"}
    worker_of(browser).evaluate("(given) => chrome.storage.local.set(given)", given)
    yield backend
    worker = worker_of(browser)
    worker.evaluate("() => chrome.storage.local.remove(['backend', 'token', 'dismissed', 'queue'])")
    worker.evaluate("(given) => chrome.storage.local.set(given)", before)
    backend.close()


@pytest.fixture
def fresh(stub: StubBackend, browser: BrowserContext) -> None:
    """Nothing kept from the test before."""
    stub.clear()
    browser.service_workers[0].evaluate(
        "() => Promise.all([chrome.storage.session.clear(), chrome.storage.local.remove(['dismissed', 'queue'])])"
    )


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def picture(shown: Page | Locator, name: str) -> None:
    """Keep a screenshot among the run's pictures; `make pictures` takes those of the README from there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture(scope="session")
def house(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator["House"]:
    """Signed in, the sample linked by its one click and read to the end, for all tests of the pages."""
    from tests.e2e.house import House

    with serving(tmp_path_factory.mktemp("house")) as backend:
        browser = driver.chromium.launch(executable_path=chromium(), chromium_sandbox=False)
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(backend.sign_in)
            page.get_by_role("button", name="Use the sample mailbox").click()
            expect(page.locator(".account[data-state=live]")).to_have_count(2, timeout=60_000)
            yield House(backend, browser, context.cookies())
        browser.close()
