"""The image is built from hashed locks, and what runs in it is not root."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def test_whatever_is_installed_is_locked_by_hash_or_is_our_own() -> None:
    installed = re.findall(r"(?:pip|npm|apt-get) (?:install|ci)[^&\n]*", DOCKERFILE)
    assert len(installed) == 4
    for command in installed:
        assert "--require-hashes" in command or "--no-deps" in command or command.startswith("npm ci"), command
    assert not re.search(r"^ADD |curl |wget ", DOCKERFILE, re.MULTILINE)


def test_every_image_of_others_is_named_by_its_digest() -> None:
    others = [stage.split()[0] for stage in STAGES]
    others += re.findall(r"^ +image: (\S+)", (ROOT / "compose.yaml").read_text(), re.MULTILINE)
    assert len(others) == 4
    for name in others:
        assert re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", name), name


def test_what_runs_is_an_ordinary_account_that_owns_its_data_alone() -> None:
    lines = STAGES[-1].splitlines()
    account = next(place for place, line in enumerate(lines) if line.startswith("USER "))
    started = next(place for place, line in enumerate(lines) if line.startswith("ENTRYPOINT "))
    assert lines[account] == "USER aftertouch"
    assert account < started
    assert not any(line.startswith("USER root") for line in lines)
    assert "install -d -o aftertouch -m 0700 /data" in STAGES[-1]
    assert "COPY --chown" not in STAGES[-1], "the program's files are root's, and only read"
