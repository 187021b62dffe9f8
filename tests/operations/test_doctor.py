"""`aftertouch doctor --store` tells of the store alone, and whether the row policies bind the role it connects as."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import OWNER, administer, database_named


def doctor(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AFTERTOUCH_")}
    command = [sys.executable, "-m", "app", "doctor", "--store"]
    env = clean | {"AFTERTOUCH_DATA_DIR": str(folder)} | settings
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120)


def test_of_a_sound_store_it_says_so_and_asks_no_provider(tmp_path: Path) -> None:
    nowhere = {"AFTERTOUCH_GOOGLE_CLIENT_ID": "a", "AFTERTOUCH_GOOGLE_CLIENT_SECRET": "b"}
    told = doctor(tmp_path, **nowhere, AFTERTOUCH_GOOGLE_ISSUER="http://127.0.0.1:9")
    assert told.returncode == 0
    assert told.stdout.splitlines() == ["ok   The store is reachable and current (sqlite)"]


def test_a_store_that_cannot_be_reached_is_named_and_fails_the_check(tmp_path: Path) -> None:
    told = doctor(tmp_path, AFTERTOUCH_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert told.returncode == 1
    assert told.stdout.startswith("fix  The store cannot be used: ")


@pytest.mark.parametrize(("owned", "word", "code"), [(True, "ok  ", 0), (False, "fix ", 1)], ids=["owner", "superuser"])
def test_on_postgresql_it_tells_whether_everybody_sees_their_own_rows_alone(
    owned: bool, word: str, code: int, postgres: str, tmp_path: Path
) -> None:
    name = f"doctor_{word.strip()}"
    administer(postgres, f"CREATE DATABASE {name} OWNER {OWNER}")
    url = database_named(postgres, name) if owned else postgres.replace("/postgres?", f"/{name}?")
    told = doctor(tmp_path, AFTERTOUCH_DATABASE_URL=url)
    assert f"{word} Every row is shown to its person alone" in told.stdout
    assert told.returncode == code
