"""The README keeps up: every setting and command stands in it, and no page names a package registry."""

import re
import subprocess
import sys
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


def test_every_obligation_to_the_providers_has_a_place_and_a_test_that_exist() -> None:
    page = (ROOT / "docs/providers.md").read_text()
    rows = re.findall(r"^\| ([GMW]\d+) \|[^|]+\|([^|]+)\|([^|]+)\|$", page, re.MULTILINE)
    wanted = (("G", 32), ("M", 32), ("W", 22))
    assert [name for name, _, _ in rows] == [f"{kind}{one}" for kind, last in wanted for one in range(1, last + 1)]
    files = [f"/{path.relative_to(ROOT)}" for top in ("app", "connectors", "tests") for path in (ROOT / top).rglob("*")]
    table = "".join(path.read_text() for path in (ROOT / "tests/faults").glob("faults_*.py"))
    faults = set(re.findall(r"^@fault\((\d+)", table, re.MULTILINE))
    for name, places, held_by in rows:
        tests = re.findall(r"(?:\w+/)?(?:test_\w+|contract_suite)", held_by)
        for place in (*re.findall(r"[\w/]+\.(?:py|json)\b", places), *(f"{test}.py" for test in tests)):
            assert any(path.endswith(f"/{place}") for path in files), (name, place)
        assert faults.issuperset(re.findall(r"\bF(\d+)", held_by)), name
