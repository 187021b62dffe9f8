"""What is shipped: small, the same bytes every time, no more rights than said, and nothing of the tests in it."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.browser

DIST = ROOT / "extension" / "dist"
HOSTS = {
    f"https://{host}/*"
    for host in (
        "mail.google.com",
        "outlook.live.com",
        "outlook.office.com",
        "outlook.office365.com",
        "outlook.cloud.microsoft",
    )
}
PERMISSIONS = {"chrome": ["storage", "scripting", "sidePanel"], "firefox": ["storage", "scripting"]}
WORKER_LIMIT = 8_000
PAGE_LIMIT = 8_000
COMING_BACK = ("blur", "focus", "visibilitychange")
LEXICON = ROOT / "app" / "reading" / "lexicon"


def manifest(build: str) -> dict[str, object]:
    return dict(json.loads((DIST / build / "manifest.json").read_text()))


@pytest.mark.parametrize("build", ["chrome", "firefox"])
def test_a_release_says_nothing_to_the_page(build: str) -> None:
    for path in (DIST / build).rglob("*.js"):
        assert "aftertouch:report" not in path.read_text(), path
    assert any("aftertouch:report" in path.read_text() for path in (DIST / f"{build}-test").rglob("*.js"))


@pytest.mark.parametrize("build", ["chrome", "firefox"])
def test_a_release_asks_for_what_the_store_text_gives_reasons_for_and_its_hosts_alone(build: str) -> None:
    asked = manifest(build)
    assert asked["permissions"] == PERMISSIONS[build]
    reasons = (ROOT / "extension" / "store" / "en.md").read_text()
    assert all(f"| `{permission}` |" in reasons for permission in PERMISSIONS[build])
    assert set(asked["host_permissions"]) == {*HOSTS, "http://127.0.0.1/*"}  # type: ignore[call-overload]
    scripts = asked["content_scripts"]
    assert isinstance(scripts, list)
    assert {match for script in scripts for match in script["matches"]} == HOSTS
    assert all(script["match_about_blank"] and script["match_origin_as_fallback"] for script in scripts)
    assert "optional_permissions" not in asked
    assert "web_accessible_resources" not in asked


@pytest.mark.parametrize("build", ["chrome", "firefox"])
def test_a_release_lets_in_no_code_and_no_page(build: str) -> None:
    asked = manifest(build)
    for door in ("externally_connectable", "web_accessible_resources", "sandbox", "content_security_policy.sandbox"):
        assert door not in asked
    policy = asked["content_security_policy"]
    assert policy == {
        "extension_pages": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src http://127.0.0.1:8025 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }
    for path in (DIST / build).rglob("*.js"):
        code = path.read_text()
        assert not re.search(
            r"\beval\(|new Function|importScripts|\bimport\(|innerHTML|outerHTML|insertAdjacentHTML", code
        )
        assert "document.write" not in code
    for path in (DIST / build).glob("*.html"):
        assert not re.search(r"<script(?! src=\"\w+\.js\")|\son\w+=|https?://", path.read_text())


@pytest.mark.parametrize("build", ["chrome", "firefox"])
def test_a_release_listens_to_no_send(build: str) -> None:
    """In mail pages: typing (passively), focus, coming and going, keys in the banner; clicks on its own buttons."""
    code = (DIST / build / "gmail.js").read_text() + (DIST / build / "outlook.js").read_text()
    heard = set(re.findall(r"addEventListener\(\"(\w+)\"", code))
    assert heard == {
        "input",
        "compositionstart",
        "compositionend",
        "focusin",
        *COMING_BACK,
        "abort",
        "DOMContentLoaded",
    }
    assert not re.search(r"preventDefault|\.submit\(|\.requestSubmit|onclick|\.click\(|dispatchEvent", code)


@pytest.mark.parametrize("build", ["chrome", "firefox"])
def test_the_zip_holds_the_unpacked_build(build: str) -> None:
    with zipfile.ZipFile(DIST / f"{build}.zip") as packed:
        assert packed.testzip() is None
        names = set(packed.namelist())
        assert names == {str(path.relative_to(DIST / build)) for path in (DIST / build).rglob("*") if path.is_file()}
        assert all(packed.read(name) == (DIST / build / name).read_bytes() for name in names)


def test_the_firefox_store_finds_no_error() -> None:
    """What `web-ext lint` runs. Known warnings: Android, which we do not offer, and Chromium's panel in shared code."""
    linter = ROOT / "extension" / "node_modules" / ".bin" / "addons-linter"
    told = subprocess.run([linter, DIST / "firefox.zip", "--output", "json"], capture_output=True, text=True)
    found = json.loads(told.stdout)
    assert found["errors"] == []
    assert found["notices"] == []
    assert {(one["code"], one["file"]) for one in found["warnings"]} <= {
        ("KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION", "manifest.json"),
        ("UNSUPPORTED_API", "popup.js"),
    }


def build_elsewhere(place: Path, **settings: str) -> Path:
    """A build of the same sources in another folder, so that what is installed here stays untouched."""
    extension = place / "extension"
    shutil.copytree(ROOT / "extension", extension, ignore=shutil.ignore_patterns("dist", "node_modules", "tests"))
    shutil.copytree(LEXICON, place / "app" / "reading" / "lexicon")
    (extension / "node_modules").symlink_to(ROOT / "extension" / "node_modules")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AFTERTOUCH_")}
    built = ["node", "build.mjs"]
    subprocess.run(built, cwd=extension, env=environment | settings, check=True, capture_output=True)
    return extension / "dist"


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (build_elsewhere(tmp_path / turn) for turn in ("one", "two"))
    for name in ("chrome.zip", "firefox.zip"):
        assert _sum(one / name) == _sum(two / name)


def test_the_backend_is_the_one_it_was_built_for(tmp_path: Path) -> None:
    chrome = build_elsewhere(tmp_path, AFTERTOUCH_BASE_URL="https://after.example/") / "chrome"
    built = json.loads((chrome / "manifest.json").read_text())
    assert "https://after.example/*" in built["host_permissions"]
    assert "connect-src https://after.example 'self';" in built["content_security_policy"]["extension_pages"]
    assert "https://after.example" in (chrome / "background.js").read_text()


def test_the_scripts_are_small() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in (DIST / "chrome").glob("*.js")}
    assert sizes["background.js"] <= WORKER_LIMIT
    assert max(sizes["gmail.js"], sizes["outlook.js"]) <= PAGE_LIMIT, sizes


def test_the_lexicon_comes_with_the_reader_alone() -> None:
    word = next(iter(json.loads((LEXICON / "de.json").read_text())["groups"]))
    holding = {path.name for path in (DIST / "chrome").glob("*.js") if len(path.read_text()) > 50_000}
    assert holding == {"reader.js"}
    assert word in (DIST / "chrome" / "reader.js").read_text()


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
