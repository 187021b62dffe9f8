"""What a missing tool says: the one command that installs it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("need-node", "apt-get install nodejs npm"),
        ("need-browser", "apt-get install chromium"),
        ("make-venv", "apt-get install python3 python3-venv"),
    ],
)
def test_a_missing_tool_is_named_with_the_command_that_installs_it(tmp_path: Path, script: str, command: str) -> None:
    for tool in ("bash", "id", "env"):
        os.symlink(str(shutil.which(tool)), tmp_path / tool)
    result = subprocess.run(
        [str(SCRIPTS / script)], env={"PATH": str(tmp_path)}, capture_output=True, text=True, cwd=tmp_path
    )
    assert result.returncode == 1
    assert command in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def _audited(folder: Path, *, pip: tuple[int, str], npm: tuple[int, str]) -> subprocess.CompletedProcess[str]:
    """The audit over a tree where every tool is well, and both sources of advisories answer as given."""
    answers = {"audit/pip-audit": pip, "audit/npm": npm, "bin/ruff": (0, "")}
    answers |= dict.fromkeys(("audit/detect-secrets-hook", "audit/cyclonedx-py", "audit/python"), (0, ""))
    for name, (code, said) in answers.items():
        tool = folder / ".venv" / name
        tool.parent.mkdir(parents=True, exist_ok=True)
        tool.write_text(f"#!/bin/sh\n[ \"$1\" = sbom ] && exit 0\ncat <<'END'\n{said}\nEND\nexit {code}\n")
        tool.chmod(0o755)
    for place in ("scripts", "extension"):
        (folder / place).mkdir()
    (folder / ".secrets.baseline").touch()
    shutil.copy(SCRIPTS / "audit", folder / "scripts")
    tools = folder / ".venv" / "audit"
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "AUDIT_BIN": str(tools)}
    return subprocess.run([str(folder / "scripts" / "audit")], env=environment, capture_output=True, text=True)


KNOWN_HOLE = (1, "Found 1 known vulnerability in 1 package\nName Version ID\nurllib3 1.24.1 PYSEC-2019-132")
STRANGER = (1, "ERROR:pip_audit._cli:alembic: Dependency not found on PyPI and could not be audited: alembic (1.20.1)")
HOLE_OF_NPM = (1, "braces  <3.0.3\nSeverity: high\n1 high severity vulnerability")
SHUT = (1, "npm warn audit 405 Method Not Allowed\nnpm error audit endpoint returned an error")
WELL = (0, "")


@pytest.mark.parametrize(
    ("pip", "npm", "code", "said"),
    [
        (WELL, WELL, 0, []),
        (KNOWN_HOLE, WELL, 1, ["advisories, Python          FAILED", "PYSEC-2019-132"]),
        (WELL, HOLE_OF_NPM, 1, ["advisories, npm             FAILED", "braces"]),
        (STRANGER, WELL, 2, ["NOT CHECKED", "alembic", "not checked for known holes: Python"]),
        (WELL, SHUT, 2, ["NOT CHECKED", "405 Method Not Allowed", "not checked for known holes: npm"]),
        (STRANGER, SHUT, 2, ["not checked for known holes: Python npm"]),
        (KNOWN_HOLE, SHUT, 1, ["PYSEC-2019-132", "not checked for known holes: npm"]),
    ],
)
def test_an_audit_whose_source_cannot_be_asked_says_what_was_not_checked_and_is_no_pass(
    tmp_path: Path, pip: tuple[int, str], npm: tuple[int, str], code: int, said: list[str]
) -> None:
    done = _audited(tmp_path, pip=pip, npm=npm)
    assert done.returncode == code, done.stdout + done.stderr
    assert all(words in done.stdout for words in said), done.stdout
    assert ("NOT CHECKED" in done.stdout) == ("not checked" in done.stdout)
