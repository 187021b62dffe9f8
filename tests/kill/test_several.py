"""Real processes on one store ask one mailbox at once: never more in flight than the provider allows (F33, F22)."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from app.compose import open_parts
from tests.kill.askers import READ, ROUNDS, WINDOWS, settings_of
from tests.kill.test_kill import MAILBOXES, Provider, link_both, program, running_provider

LATENCY = 0.01
"""Seconds a call stays open, so that calls of several processes meet."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider(str(LATENCY)) as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path) + (f"={request.getfixturevalue('postgresql_url')}" if request.param == "postgresql" else "")


def told(pipe: IO[str] | None) -> str:
    assert pipe is not None
    return pipe.readline()


def asked(provider: Provider, what: str) -> Any:
    return provider.web.get(f"/_simulator/{what}").json()


def test_two_workers_and_two_web_servers_never_have_five_requests_in_flight(provider: Provider, store: str) -> None:
    """Their access tokens have just run out too: one of the four renews each mailbox's (F22)."""
    with open_parts(settings_of(store, provider.url)) as parts:
        asyncio.run(link_both(provider, parts))
    provider.tell("faults", name="token_slow", value=0.2)
    provider.tell("advance", hours=2)
    renewed = {grant["address"]: grant["renewed"] for grant in asked(provider, "grants")["grants"]}
    process = program("tests.kill.askers", store, provider.url, "probe", "probe", "work", "work")
    assert process.stdin is not None
    assert len(told(process.stdout).split()) == 4
    process.stdin.write("go\n")
    process.stdin.flush()
    answers = sorted(told(process.stdout).split() for _ in range(4))
    assert process.wait() == 0
    meter, outlook = asked(provider, "meter"), MAILBOXES["microsoft"]
    print(answers, {name: meter[name]["most_open"] for name in MAILBOXES.values()})
    probed, read = ["probe", str(ROUNDS * WINDOWS)], ["work", str(READ)]
    assert read in answers  # the other may have come before there was anything to read again
    assert [one for one in answers if one[0] == "probe"] == [probed, probed]
    assert 3 <= meter[outlook]["most_open"] <= 4
    assert [meter[name]["violations"] for name in MAILBOXES.values()] == [[], []]
    again = {grant["address"]: grant["renewed"] for grant in asked(provider, "grants")["grants"]}
    assert {name: again[name] - renewed[name] for name in again} == dict.fromkeys(MAILBOXES.values(), 1)


def test_what_a_killed_web_server_held_is_free_after_two_seconds(provider: Provider, tmp_path: Path) -> None:
    store = str(tmp_path)
    with open_parts(settings_of(store, provider.url)) as parts:
        asyncio.run(link_both(provider, parts))
    provider.tell("faults", name="hold", match="^graph ")
    process = program("tests.kill.askers", store, provider.url, "probe")
    assert process.stdin is not None
    [pid] = told(process.stdout).split()
    process.stdin.write("go\n")
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while not asked(provider, "meter").get(MAILBOXES["microsoft"]) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(int(pid), signal.SIGKILL)
    died = time.monotonic()
    process.wait()
    provider.tell("faults", clear=True)
    process = program("tests.kill.askers", store, provider.url, "probe")
    assert process.stdin is not None
    told(process.stdout)
    time.sleep(max(0.0, 2.0 - (time.monotonic() - died)))
    process.stdin.write("go\n")
    process.stdin.flush()
    assert told(process.stdout).split() == ["probe", str(ROUNDS * WINDOWS)]
    assert process.wait() == 0
