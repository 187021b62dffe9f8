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
