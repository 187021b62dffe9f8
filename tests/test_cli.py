"""The commands as a shell meets them: JSON Lines, bad settings, the simulator in its own process."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[1]
ROW = {
    "id": "a",
    "now": "2026-11-22T10:00:00+01:00",
    "stage": "applied",
    "history": [
        {"direction": "out", "channel": "voicemail", "at": f"2026-11-{day}T15:00:00+01:00", "to": ["rita@acme.example"]}
        for day in ("18", "19", "20")
    ],
    "draft": {"channel": "voicemail", "to": ["rita@acme.example"], "text": "Hi, trying to reach you again."},
}


def run(*words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AFTERTOUCH_")}
    command = [sys.executable, "-m", "app", *words]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=ROOT, env=clean | environment, timeout=60
    )


def rows(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_judge_answers_every_line_in_order_and_goes_on_after_a_bad_one() -> None:
    bad = [
        "no JSON at all",
        json.dumps({"id": "b"}),
        json.dumps(["a", "list"]),
        json.dumps(ROW | {"now": "2026-11-22"}),
    ]
    given = "\n".join([json.dumps(ROW), *bad, "", json.dumps(ROW | {"id": "z"})])
    result = run("judge", given=given)
    assert result.returncode == 1
    answers = rows(result)
    assert [answer["id"] for answer in answers] == ["a", None, "b", None, "a", "z"]
    assert [("error" in answer) for answer in answers] == [False, True, True, True, True, False]
    assert answers[0]["level"] in {"hold", "stop"}
    assert "voicemail-streak" in {warning["rule"] for warning in answers[0]["warnings"]}
    assert answers[0]["warnings"][0]["evidence"]
    assert all(0 <= place < 3 for warning in answers[0]["warnings"] for place in warning["evidence"])


def test_judge_ends_well_when_every_line_was_good() -> None:
    assert run("judge", given=json.dumps(ROW)).returncode == 0
    assert run("judge", given="").returncode == 0


def test_read_inbound_and_draft_have_the_published_shape() -> None:
    mail = {
        "id": "m",
        "received": "2026-11-18T12:00:00Z",
        "from": "rita@acme.example",
        "subject": "Re: Role",
        "text": "We will get back to you by Friday. Could you send two references?",
        "headers": {},
    }
    [told] = rows(run("read", "inbound", given=json.dumps(mail)))
    assert told["kind"] == "reply"
    assert told["promise"]["end"] == "2026-11-20"
    assert "references" in told["asks"]
    assert (told["return_date"], told["closure"]) == (None, False)
    draft = {"id": "d", "channel": "email", "subject": "", "text": "Just checking in. Any news?"}
    [read] = rows(run("read", "draft", given=json.dumps(draft)))
    assert (read["annoyed"], read["empty"], read["adds_value"]) == (False, True, False)
    assert read["signals"]["asks_for_news"] is True
    assert draft["text"] not in json.dumps(read)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AFTERTOUCH_POLL_SECONDS", "often", "AFTERTOUCH_POLL_SECONDS"),
        ("AFTERTOUCH_TIME_ZONE", "Mars/Olympus", "IANA"),
        ("AFTERTOUCH_GMAIL_URL", "http://gmail.example", "loopback"),
        ("AFTERTOUCH_GOOGLE_CLIENT_ID", "abc", "AFTERTOUCH_GOOGLE_CLIENT_SECRET"),
        ("AFTERTOUCH_DATABASE_URL", "mysql://x/y", "AFTERTOUCH_DATABASE_URL"),
        ("AFTERTOUCH_COUNTRY", "Germany", "AFTERTOUCH_COUNTRY"),
    ],
)
def test_a_bad_setting_ends_the_start_with_one_clear_line(tmp_path: Path, name: str, value: str, said: str) -> None:
    result = run("sign-in", **{"AFTERTOUCH_DATA_DIR": str(tmp_path), name: value})
    assert result.returncode == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", port, AFTERTOUCH_DATA_DIR=str(tmp_path))
    assert result.returncode == 2
    assert "--port" in result.stderr


def test_a_port_of_ipv6_is_served_where_the_printed_link_says(tmp_path: Path) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as probe:
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "app", "serve", "--host", "::1", "--port", port]
    env = os.environ | {"AFTERTOUCH_DATA_DIR": str(tmp_path), "AFTERTOUCH_SIMULATOR": "off"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env) as server:
        assert server.stdout is not None
        link = server.stdout.readline().removeprefix("Sign in: ").strip()
        assert link.startswith(f"http://[::1]:{port}/sign-in?token=")
        _wait_for(f"http://[::1]:{port}/health")
        server.terminate()


def test_sign_in_and_device_tokens_are_printed_once_and_alone(tmp_path: Path) -> None:
    link = run("sign-in", AFTERTOUCH_DATA_DIR=str(tmp_path)).stdout
    assert link.startswith("http://127.0.0.1:8025/sign-in?token=")
    token = run("device", "add", "--name", "desk", AFTERTOUCH_DATA_DIR=str(tmp_path)).stdout.strip()
    assert len(token) >= 43
    assert not any(token.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_token_may_be_made_narrow_and_a_wrong_scope_names_the_right_ones(tmp_path: Path) -> None:
    narrow = ("device", "add", "--name", "desk", "--scope")
    assert len(run(*narrow, "advice,history", AFTERTOUCH_DATA_DIR=str(tmp_path)).stdout.strip()) >= 43
    [listed] = json.loads(run("export", AFTERTOUCH_DATA_DIR=str(tmp_path)).stdout)["devices"]
    assert listed["scopes"] == "advice history"
    wrong = run(*narrow, "advice everything", AFTERTOUCH_DATA_DIR=str(tmp_path))
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("--scope: everything is no scope; the scopes are: advice history log")


def test_syncing_with_nothing_linked_says_so(tmp_path: Path) -> None:
    result = run("sync", AFTERTOUCH_DATA_DIR=str(tmp_path))
    assert result.returncode == 1
    assert "No mailbox is linked yet" in result.stderr


def test_an_export_is_imported_again_and_a_spoilt_one_names_its_line(tmp_path: Path) -> None:
    here, there = ({"AFTERTOUCH_DATA_DIR": str(tmp_path / name)} for name in ("here", "there"))
    run("device", "add", "--name", "Fox", **here)
    told = run("export", **here).stdout
    assert run("import", "-", given=told, **there).returncode == 0
    again = json.loads(run("export", **there).stdout)
    assert again == json.loads(told) | {"exported_at": again["exported_at"]}
    spoilt = run("import", "-", given=told.replace('"name": "Fox"', '"name": 7'), **there)
    line = next(number for number, text in enumerate(told.splitlines(), 1) if text == "    {")
    assert spoilt.returncode == 1
    assert spoilt.stderr.startswith(f"Line {line} (devices, record 1): `name` must be text")


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, str]]:
    """`aftertouch simulate` in its own process; the settings it prints."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app", "simulate", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        settings = dict(process.stdout.readline().strip().split("=", 1) for _ in range(8))
        _wait_for(f"http://127.0.0.1:{port}/google/.well-known/openid-configuration")
        yield settings | {"AFTERTOUCH_DATA_DIR": str(tmp_path)}
        process.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"{url} did not answer")


def test_the_doctor_finds_both_providers_well_and_names_a_wrong_address(simulator: dict[str, str]) -> None:
    well = run("doctor", **simulator)
    assert "Google sign-in answers" in well.stdout
    assert "Microsoft sign-in answers" in well.stdout
    ill = run("doctor", **simulator | {"AFTERTOUCH_GOOGLE_ISSUER": "http://127.0.0.1:9"})
    assert ill.returncode == 1
    assert "fix  Google sign-in" in ill.stdout


def test_a_missing_key_is_told_in_one_line_and_no_command_makes_a_new_one(tmp_path: Path) -> None:
    here = {"AFTERTOUCH_DATA_DIR": str(tmp_path)}
    run("device", "add", "--name", "desk", **here)
    with sqlite3.connect(tmp_path / "aftertouch.sqlite3") as store:
        (person,) = store.execute("SELECT id FROM people").fetchone()
        store.execute(
            "INSERT INTO recipients (id, person_id, name, created_at) VALUES ('r', ?, x'013100', 1)",
            (person,),
        )
    store.close()
    (tmp_path / "key.json").unlink()
    for command in (("export",), ("erase", "--yes"), ("rotate-key",), ("sync",), ("worker",)):
        result = run(*command, **here)
        assert (result.returncode, len(result.stderr.strip().splitlines())) == (1, 1), (command, result.stderr)
        assert "is missing. Put it back" in result.stderr
        assert not (tmp_path / "key.json").exists()
    assert run("sign-in", **here).stdout.startswith("http://127.0.0.1:8025/sign-in?token=")
    assert "Read-only, and nothing is lost: The key file" in _said_at_the_start(here)


def _said_at_the_start(settings: dict[str, str]) -> str:
    """What `aftertouch serve` says on standard error until it serves."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AFTERTOUCH_")}
    command = [sys.executable, "-m", "app", "serve", "--port", port]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=clean | settings | {"AFTERTOUCH_SIMULATOR": "off"},
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stderr is not None
        assert server.stdout.readline().startswith("Sign in: ")
        server.terminate()
        return server.stderr.read()
