"""compose.yaml holds to the Compose Specification, and every process in it to what the program offers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.cli import _parser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
    found: dict[str, Any] = read["services"]
    return found


def test_the_file_holds_to_the_compose_specification() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_migrations_run_once_before_any_web_server_or_worker(services: dict[str, Any]) -> None:
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["restart"] == "no"


def test_every_command_is_one_the_program_knows(services: dict[str, Any]) -> None:
    asked = [service["command"] for service in services.values() if "build" in service]
    asked += [["doctor", "--store"]]
    assert len(asked) == 4
    for command in asked:
        assert _parser().parse_args(command).run


def test_whatever_runs_for_long_is_asked_how_it_does_and_given_time_to_end(services: dict[str, Any]) -> None:
    for name in ("database", "web", "worker"):
        assert services[name]["healthcheck"]["test"]
    for name in ("web", "worker"):
        assert services[name]["stop_grace_period"] == "15s"


def test_nothing_of_ours_runs_as_root_or_writes_outside_its_volume(services: dict[str, Any]) -> None:
    for name in ("migrate", "web", "worker"):
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["data:/data"]


def test_the_tables_belong_to_an_ordinary_role(services: dict[str, Any]) -> None:
    script = YAML(typ="safe").load(ROOT / "compose.yaml")["configs"]["role"]["content"]
    assert "CREATE ROLE aftertouch LOGIN" in script
    assert "SUPERUSER" not in script
    assert "POSTGRES_USER" not in services["database"]["environment"]
