"""Sync processes are killed with -9 at named and at random points: nothing is lost, nothing stored twice.

AFTERTOUCH_KILLS says how many kills to make, AFTERTOUCH_KILL_SECONDS how long at most.
"""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import select

from app.services import linking
from app.services.parts import Parts
from app.store import accounts as stored_accounts
from app.store import people
from app.store.tables import accounts, dead_letters, messages
from tests.kill.runner import Point, clock, parts_of

KILLS = int(os.environ.get("AFTERTOUCH_KILLS", "100"))
SECONDS = float(os.environ.get("AFTERTOUCH_KILL_SECONDS", "25"))
POINTS = ("before-commit", "after-commit", "after-fetch")
MAILBOXES = {"google": "ana@example.com", "microsoft": "ana.berg@outlook.example"}
UNSENT = {"drafts", "scheduled", "conversationhistory"}


@dataclass
class Provider:
    """The simulator's process, reached over loopback."""

    url: str
    web: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.web = httpx.Client(base_url=self.url)

    def tell(self, what: str, **body: object) -> dict[str, str]:
        answer = self.web.post(f"/_simulator/{what}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, str] = answer.json()
        return found

    def truth(self, mailbox: str) -> set[str]:
        listed = self.web.get("/_simulator/truth", params={"mailbox": mailbox}).json()["messages"]
        return {one["id"] for one in listed if one["folder"] not in UNSENT}


@dataclass
class Nursery:
    """Forks sync processes; one at a time."""

    process: subprocess.Popen[str]

    def start(self, folder: Path, url: str, point: str, count: int) -> int:
        self._pipe("stdin").write(f"{folder} {url} {point} {count}\n")
        self._pipe("stdin").flush()
        return int(self._pipe("stdout").readline())

    def end(self) -> int:
        """The exit code; minus the signal of a violent death."""
        return int(self._pipe("stdout").readline())

    def _pipe(self, name: str) -> IO[str]:
        pipe: IO[str] | None = getattr(self.process, name)
        assert pipe is not None
        return pipe


def program(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = program("tests.kill.provider", str(port))
    found = Provider(f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            found.web.get("/_simulator/state")
            break
    yield found
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    process = program("tests.kill.runner")
    yield Nursery(process)
    process.kill()
    process.wait()


async def link_both(provider: Provider, parts: Parts) -> None:
    with parts.database.write() as tx:
        person_id = people.sole_person(tx, clock())
    for name, mailbox in MAILBOXES.items():
        url = await linking.begin(parts, person_id, name, clock())
        answer = provider.tell("consent", url=url, account=mailbox)["location"]
        await linking.finish(parts, person_id, name, dict(parse_qsl(urlsplit(answer).query)), clock())


def begun(folder: Path, provider: Provider) -> None:
    """A fresh store with both mailboxes linked and nothing read."""
    folder.mkdir()
    parts = parts_of(folder, provider.url, Point("none", 1))
    asyncio.run(link_both(provider, parts))
    parts.database.close()


def broken_promises(folder: Path, provider: Provider, *, whole: bool) -> list[str]:
    """What is lost, doubled or ahead of what is stored."""
    parts = parts_of(folder, provider.url, Point("none", 1))
    found = []
    with parts.database.read() as tx:
        for account in tx.execute(select(accounts)).all():
            mine = messages.c.account_id == account.id
            ids = Counter(tx.execute(select(messages.c.provider_message_id).where(mine)).scalars())
            aside = set(tx.execute(select(dead_letters.c.provider_message_id)).scalars())
            truth = provider.truth(account.address)
            cursor = json.loads(stored_accounts.open_cursor(tx, parts.sealer, account.id) or '{"done": 0}')
            drafts = 60  # the sample mailboxes hold fewer
            found += [f"{one} is stored {count} times" for one, count in ids.items() if count > 1]
            found += [f"{account.address}: cursor ahead"] if cursor["done"] > len(ids) + len(aside) + drafts else []
            lost = truth - ids.keys() - aside
            found += [f"{account.address}: {len(lost)} lost"] if whole and lost else []
    parts.database.close()
    return found


def test_killed_processes_lose_nothing_and_store_nothing_twice(
    provider: Provider, nursery: Nursery, tmp_path: Path
) -> None:
    luck, kills, lives = random.Random(20261122), 0, 0
    started = time.monotonic()
    while kills < KILLS and time.monotonic() - started < SECONDS:
        folder = tmp_path / f"life-{lives}"
        begun(folder, provider)
        lives += 1
        for turn in range(25):
            point = POINTS[turn % 3] if turn % 2 else "none"
            pid = nursery.start(folder, provider.url, point, luck.randrange(1, 9))
            if point == "none":
                time.sleep(luck.uniform(0.01, 0.6))
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            ended = nursery.end()
            kills += ended == -signal.SIGKILL
            assert ended in (0, -signal.SIGKILL)
            assert broken_promises(folder, provider, whole=False) == []
            said = {"from": "rita@acme.example", "subject": f"Turn {turn}", "text": "Hello Ana."}
            for name, mailbox in MAILBOXES.items():
                provider.tell("deliver", mailbox=mailbox, provider=name, to=mailbox, **said)
            if ended == 0:
                break
        nursery.start(folder, provider.url, "none", 1)
        assert nursery.end() == 0
        assert broken_promises(folder, provider, whole=True) == []
    print(f"{kills} kills in {lives} lives and {time.monotonic() - started:.0f} seconds")
    assert kills >= min(KILLS, 10)
