"""The README keeps up: every setting and command stands in it, and no page names a package registry."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from app.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_readme() -> None:
    names = {f"AFTERTOUCH_{name.upper()}" for name in Settings.model_fields} - {"AFTERTOUCH_SSL_CERT_FILE"}
    told = set(re.findall(r"^\| `(AFTERTOUCH_\w+)` \|", README, re.MULTILINE))
    assert told == names
    assert "| `SSL_CERT_FILE` |" in README


def test_every_command_is_in_the_readme() -> None:
    said = subprocess.run([sys.executable, "-m", "app", "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^    ([a-z-]+) ", said, re.MULTILINE)
    assert {"serve", "judge", "doctor"} <= set(commands)
    for command in commands:
        assert f"`aftertouch {command}" in README, command


def test_every_make_target_people_use_is_in_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("run", "install", "test", "check", "bench", "extension"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
        assert f"make {target}" in README


def test_every_picture_of_the_readme_exists() -> None:
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_lock_files_pin_hashes_and_name_no_address() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==")
    packages = (ROOT / "extension" / "package-lock.json").read_text()
    assert '"resolved"' not in packages
    assert '"integrity"' in packages


def test_every_dependency_has_its_line_in_the_decision_log() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    page = (ROOT / "docs/decisions/0009-dependencies.md").read_text()
    named = re.findall(r"[a-z0-9][\w-]*", " ".join(re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)))
    assert {re.split(r"[\[=]", one)[0] for one in wanted} <= set(named)


def test_code_cites_only_pages_that_are_in_the_repository() -> None:
    ours = {"README.md", *(path.name for top in ("docs", "extension/store") for path in (ROOT / top).rglob("*.md"))}
    for top in ("app", "connectors", "tests", "scripts", "extension/src"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix in (".py", ".ts") and path != Path(__file__):
                for page in re.findall(r"[\w/-]+\.md\b", path.read_text()):
                    assert Path(page).name in ours, (path, page)
