"""Sync processes are killed with -9 at named and at random points: nothing is lost, nothing stored twice.

AFTERTOUCH_KILLS says how many kills to make.
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
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
from app.store.database import Database
from app.store.key_file import read_or_make_key_file
from app.store.sealing import Sealer
from app.store.tables import accounts, dead_letters, messages
from tests.kill.runner import Point, clock, linked_at, parts_of

KILLS = int(os.environ.get("AFTERTOUCH_KILLS", "100"))
LONGEST_LIFE = 0.3
"""Seconds until a death from outside."""
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

    def truth(self, mailbox: str) -> dict[str, float]:
        """Ids of real mail, and when each came in epoch seconds."""
        listed = self.web.get("/_simulator/truth", params={"mailbox": mailbox}).json()["messages"]
        real = (one for one in listed if one["folder"] not in UNSENT)
        return {one["id"]: datetime.fromisoformat(one["at"]).timestamp() for one in real}


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


@contextmanager
def running_provider(*arguments: str) -> Iterator[Provider]:
    """A process of the simulator that answers; ended behind the block. `arguments` follow its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = program("tests.kill.provider", str(port), *arguments)
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
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


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
    linked_at.cache_clear()  # connections of one event loop are of no use to the next
    parts = parts_of(folder, provider.url, Point("none", 1))
    asyncio.run(link_both(provider, parts))
    parts.database.close()


def broken_promises(folder: Path, provider: Provider, *, whole: bool) -> list[str]:
    """What is doubled, what the cursor is ahead of, and once all was synced what is lost."""
    database = Database.open(f"sqlite:///{folder / 'aftertouch.sqlite3'}")
    sealer = Sealer(read_or_make_key_file(folder / "key.json"))
    found = []
    with database.read() as tx:
        for account in tx.execute(select(accounts)).all():
            ids = Counter(
                tx.execute(select(messages.c.provider_message_id).where(messages.c.account_id == account.id)).scalars()
            )
            kept = {*ids, *tx.execute(select(dead_letters.c.provider_message_id)).scalars()}
            truth = provider.truth(account.address)
            passed = truth.keys() if whole else behind(stored_accounts.open_cursor(tx, sealer, account.id), truth)
            found += [f"{one} is stored {count} times" for one, count in ids.items() if count > 1]
            found += [f"{account.address}: {one} of {truth.get(one)} is lost" for one in passed - kept]
    database.close()
    return found


def behind(cursor: str | None, truth: dict[str, float]) -> set[str]:
    """What a cursor claims to have passed: the messages it names, and those of the span it has walked through.

    Cursors know whole seconds, as Graph tells them; of the second a walk stopped in it claims those it names alone.
    """
    place = json.loads(cursor or "{}")
    named = {*place.get("read", ()), *place.get("edge", ()), *place.get("seen", {})} & truth.keys()
    if place.get("first", True) and not place.get("oldest"):
        return named
    oldest, newest = place.get("oldest", 0), place.get("top") or place["newest"]
    return named | {one for one, at in truth.items() if oldest < int(at) < newest}


def test_killed_processes_lose_nothing_and_store_nothing_twice(
    provider: Provider, nursery: Nursery, tmp_path: Path
) -> None:
    luck, kills, lives = random.Random(20261122), 0, 0
    started = time.monotonic()
    while kills < KILLS:
        folder = tmp_path / f"life-{lives}"
        begun(folder, provider)
        lives += 1
        for turn in range(25):
            point = POINTS[turn % 3] if turn % 2 else "none"
            pid = nursery.start(folder, provider.url, point, luck.randrange(1, 9))
            if point == "none":
                time.sleep(luck.uniform(0.0, LONGEST_LIFE))
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
    assert kills >= KILLS


@pytest.mark.parametrize("stage", ["on-parser", "on-reader"])
def test_a_letter_that_kills_the_program_is_set_aside_after_three_deaths(
    provider: Provider, nursery: Nursery, tmp_path: Path, stage: str
) -> None:
    """It comes amid others, and all of them flow; what came is not opened again, and the person is told."""
    folder = tmp_path / "life"
    begun(folder, provider)
    for number in range(3):
        said = {"from": "rita@acme.example", "subject": stage if number == 1 else "Hello", "text": "Hello Ana."}
        provider.tell("deliver", mailbox=MAILBOXES["google"], provider="google", to=MAILBOXES["google"], **said)
    ends = []
    while not ends or ends[-1] == -signal.SIGKILL:
        nursery.start(folder, provider.url, stage, 1)
        ends.append(nursery.end())
        assert len(ends) < 9
    assert ends == [-signal.SIGKILL] * 3 + [0]
    assert broken_promises(folder, provider, whole=True) == []
    nursery.start(folder, provider.url, stage, 1)
    assert nursery.end() == 0
    database = Database.open(f"sqlite:///{folder / 'aftertouch.sqlite3'}", across_people=True)
    with database.read() as tx:
        [dead] = tx.execute(select(dead_letters)).all()
        states = {row.provider: (row.state, row.state_reason) for row in tx.execute(select(accounts)).all()}
    database.close()
    assert (dead.error, dead.attempts >= 3) == ("killed the program", True)
    assert states["google"] == ("live", "1 message could not be read; everything else counts.")
    assert states["microsoft"] == ("live", "")
    told = provider.truth(MAILBOXES["google"])
    provider.tell("delete", mailbox=MAILBOXES["google"], provider="google", id=dead.provider_message_id)
    assert dead.provider_message_id in told
