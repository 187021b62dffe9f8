"""Real Firefox with the built extension, driven over WebDriver BiDi, which it speaks without a driver program."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.e2e.mail_origins import HOSTS, MailOrigins

OWN_UUID = "7b0c8a52-6f0e-4f0b-9d3a-2f6f1f3f9a11"
OWN = f"moz-extension://{OWN_UUID}"
STARTED = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
ANSWER_WITHIN = 20.0
NOBODY = 9  # the discard port, where nothing listens


class Firefox:
    """One browser with one tab. Values cross as JSON, as with Playwright's `evaluate`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._count = 0
        self.command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self.tab: str = self.command("browsingContext.getTree")["contexts"][0]["context"]

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and wait for its answer; an error of the browser is an AssertionError with its words."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv(timeout=ANSWER_WITHIN))).get("id") != self._count:
            pass
        if answer["type"] != "success":
            raise AssertionError(f"{method}: {answer['error']}: {answer['message']}")
        return dict(answer["result"])

    def open(self, url: str) -> None:
        self.command("browsingContext.navigate", context=self.tab, url=url, wait="complete")
        self.command("browsingContext.activate", context=self.tab)

    def install(self, extension: Path) -> None:
        data = {"type": "path", "path": str(extension)}
        self.extension: str = self.command("webExtension.install", extensionData=data)["extension"]

    def tabs(self) -> list[str]:
        return [one["context"] for one in self.command("browsingContext.getTree", maxDepth=0)["contexts"]]

    def evaluate(self, function: str, *given: Any) -> Any:
        """Call a function of the page with JSON arguments; what it answers (a promise is awaited)."""
        wrapped = f"async () => JSON.stringify([await ({function})(...{json.dumps(given)})])"
        told = self.command(
            "script.callFunction", functionDeclaration=wrapped, target={"context": self.tab}, awaitPromise=True
        )
        if told["type"] != "success":
            raise AssertionError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])[0]

    def until(self, function: str, *given: Any, seconds: float = 8) -> Any:
        """Ask again until the page answers something true."""
        deadline = time.monotonic() + seconds
        while not (answer := self.evaluate(function, *given)):
            assert time.monotonic() < deadline, f"never true in Firefox: {function}"
        return answer

    def keys(self, text: str, *, pause_ms: int = 0) -> None:
        """Press and release each key of `text`, so many milliseconds apart."""
        actions = [
            step
            for key in text
            for step in (
                {"type": "keyDown", "value": key},
                {"type": "keyUp", "value": key},
                {"type": "pause", "duration": pause_ms},
            )
        ]
        self.command("input.performActions", context=self.tab, actions=[{"type": "key", "id": "k", "actions": actions}])

    def click(self, node: dict[str, Any]) -> None:
        """Click a node as `banners` gave it."""
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        actions: list[dict[str, Any]] = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        pointer = {"type": "pointer", "id": "p", "actions": actions}
        self.command("input.performActions", context=self.tab, actions=[pointer])

    def find(self, selector: str) -> dict[str, Any]:
        """The only node of this CSS selector."""
        locator = {"type": "css", "value": selector}
        (node,) = self.command("browsingContext.locateNodes", context=self.tab, locator=locator)["nodes"]
        return dict(node)

    def banners(self) -> list[dict[str, Any]]:
        """The page's banners with what is in their closed shadow roots, which only the debugger sees."""
        found = self.command(
            "browsingContext.locateNodes",
            context=self.tab,
            locator={"type": "css", "value": "aftertouch-banner"},
            serializationOptions={"includeShadowTree": "all", "maxDomDepth": 12},
        )
        return list(found["nodes"])

    def words(self) -> str:
        """All text inside the page's banners."""
        return " ".join(text for banner in self.banners() for text in _texts(banner))

    def press(self, label: str) -> None:
        nodes = [node for banner in self.banners() for node in _walk(banner)]
        buttons = [node for node in nodes if node["value"].get("localName") == "button"]
        self.click(next(node for node in buttons if "".join(_texts(node)) == label))


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    inner = node["value"].get("shadowRoot")
    for child in [*([inner] if inner else []), *node["value"].get("children", [])]:
        yield from _walk(child)


def _texts(node: dict[str, Any]) -> list[str]:
    if node["value"].get("localName") == "style":
        return []
    own = node["value"].get("nodeValue") if node["value"].get("nodeType") == 3 else None
    inner = node["value"].get("shadowRoot")
    children = [*([inner] if inner else []), *node["value"].get("children", [])]
    return [*([own.strip()] if own and own.strip() else []), *(text for child in children for text in _texts(child))]


def firefox() -> str:
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        pytest.fail("Firefox is needed: sudo apt-get install firefox-esr")
    return found


@contextmanager
def running(profile: Path, origins: MailOrigins, extension: Path) -> Iterator[Firefox]:
    """Firefox without a window, on a fresh profile, with the unpacked `extension`. It reaches this machine alone."""
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "user.js").write_text(_preferences(origins.port))
    log = profile / "log.txt"
    command = [firefox(), "--headless", "--no-remote", "--profile", str(profile)]
    command += ["--remote-debugging-port=0", "--remote-allow-system-access"]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
        try:
            with connect(f"{_address(log, process)}/session", max_size=None) as socket:
                browser = Firefox(socket)
                browser.install(extension)
                yield browser
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if found := STARTED.search(log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.1)
    pytest.fail(f"Firefox did not start:\n{log.read_text(errors='replace')}")


def _preferences(port: int) -> str:
    """The mail hosts are our server and no other host is reached; the extension's own address is known beforehand."""
    uuids = json.dumps({"aftertouch@aftertouch.example": OWN_UUID})
    given = {
        "network.dns.localDomains": ",".join(HOSTS),
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": NOBODY,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": NOBODY,
        "network.proxy.no_proxies_on": ",".join([*HOSTS, "127.0.0.1"]),
        "network.socket.forcePort": f"443={port}",
        "network.stricttransportsecurity.preloadlist": False,
        "security.cert_pinning.enforcement_level": 0,
        "extensions.webextensions.uuids": uuids,
        "datareporting.policy.dataSubmissionEnabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "browser.startup.page": 0,
        "dom.disable_open_during_load": False,
        "app.normandy.enabled": False,
    }
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in given.items())
