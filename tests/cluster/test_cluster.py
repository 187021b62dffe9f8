"""Four processes on one PostgreSQL, one of them killed with -9 every two seconds: nothing lost, nothing twice.

AFTERTOUCH_CLUSTER_MAILBOXES, _SECONDS and _POLL say how many mailboxes, how long the killing lasts, and the poll;
_PATIENCE within how many seconds after it everything must be current. The defaults are a short version for any machine,
busy ones too; `make cluster-test` holds it to two polls.
"""

import asyncio
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import Row, func, select, text, update

from app.compose import open_parts
from app.services import linking
from app.services.parts import Parts
from app.settings import Settings
from app.store import people, queue
from app.store.tables import accounts, dead_letters, messages, sync_jobs
from tests.cluster.cluster import Cluster, running

MAILBOXES = int(os.environ.get("AFTERTOUCH_CLUSTER_MAILBOXES", "12"))
SECONDS = float(os.environ.get("AFTERTOUCH_CLUSTER_SECONDS", "14"))
POLL = int(os.environ.get("AFTERTOUCH_CLUSTER_POLL", "10"))
PATIENCE = float(os.environ.get("AFTERTOUCH_CLUSTER_PATIENCE", "180"))
KILL_EVERY = 2.0
LETTERS = 6
PEOPLE = 4
UNSENT = {"drafts", "scheduled", "conversationhistory"}


@pytest.fixture(scope="module")
def cluster(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(postgres, tmp_path_factory.mktemp("cluster"), poll_seconds=POLL) as started:
        yield started


@pytest.fixture(scope="module")
def parts(cluster: Cluster) -> Iterator[Parts]:
    """What a process of the cluster has, in the test's own."""
    names = {name.removeprefix("AFTERTOUCH_").lower(): value for name, value in cluster.environment.items()}
    with open_parts(Settings(**names)) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture(scope="module")
def provider(cluster: Cluster) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cluster.simulator_url, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def linked(parts: Parts, provider: httpx.Client) -> list[dict[str, str]]:
    """The crowd's mailboxes, a few people's, linked through the providers' consent."""
    asked = {"mailboxes": MAILBOXES, "messages": LETTERS}
    crowd: list[dict[str, str]] = provider.post("/_simulator/crowd", json=asked).json()["mailboxes"]
    with parts.database.write() as tx:
        owners = [people.add(tx, parts.clock()) for _ in range(PEOPLE)]

    def consent(url: str, address: str) -> dict[str, str]:
        told = provider.post("/_simulator/consent", json={"url": url, "account": address}).json()
        return dict(parse_qsl(urlsplit(told["location"]).query))

    async def link_all() -> None:
        for number, box in enumerate(crowd):
            person, name = owners[number % PEOPLE], box["provider"]
            url = await linking.begin(parts, person, name, parts.clock())
            await linking.finish(parts, person, name, consent(url, box["address"]), parts.clock())

    asyncio.run(link_all())
    return crowd


def killing(cluster: Cluster, until: float, luck: random.Random) -> int:
    """Kill one of the four every two seconds and start it again; how many died."""
    kills = 0
    while time.monotonic() < until:
        time.sleep(KILL_EVERY)
        victim = luck.choice(("web-1", "web-2", "worker-1", "worker-2"))
        cluster.kill(victim)
        cluster.start(victim)
        kills += 1
    return kills


def delivering(provider: httpx.Client, crowd: list[dict[str, str]], until: float, luck: random.Random) -> None:
    """Mail keeps coming, to any of the mailboxes, while processes die."""
    while time.monotonic() < until:
        box = luck.choice(crowd)
        letter = {"mailbox": box["address"], "provider": box["provider"], "to": box["address"]}
        said = {"from": "rita@acme.example", "subject": "Hello", "text": "Hello, can we talk on Friday?"}
        assert provider.post("/_simulator/deliver", json=letter | said).status_code == 200
        time.sleep(0.1)


def truth(provider: httpx.Client) -> dict[str, set[str]]:
    """The ids of what was sent or received, by mailbox."""
    found = defaultdict(set)
    for one in provider.get("/_simulator/truth").json()["messages"]:
        if one["folder"] not in UNSENT:
            found[one["mailbox"]].add(one["id"])
    return found


def shortcomings(parts: Parts, provider: httpx.Client, crowd: list[dict[str, str]], since: datetime) -> list[str]:
    """What is not current; once all is, what is lost, doubled or unread."""
    with parts.database.read() as tx:
        stands = tx.execute(select(accounts.c.address, accounts.c.state, accounts.c.as_of)).all()
    found = [f"{one.address}: {one.state}, as of {one.as_of}" for one in stands if not is_current(one, since)]
    assert len(stands) == len(crowd)
    return found or wrongs(parts, truth(provider))


def is_current(account: Row[tuple[str, str, datetime | None]], since: datetime) -> bool:
    return account.state == "live" and account.as_of is not None and account.as_of >= since


def wrongs(parts: Parts, real: dict[str, set[str]]) -> list[str]:
    found = []
    with parts.database.read() as tx:
        for account in tx.execute(select(accounts)).all():
            mine = messages.c.account_id == account.id
            stored = Counter(tx.execute(select(messages.c.provider_message_id).where(mine)).scalars())
            found += [f"{one} is stored {count} times" for one, count in stored.items() if count > 1]
            lost = real[account.address] - stored.keys()
            found += [f"{account.address}: {len(lost)} missing"] if lost else []
        assert tx.execute(select(func.count()).select_from(dead_letters)).scalar_one() == 0
    return found


def test_nothing_is_lost_or_doubled_while_processes_die(
    cluster: Cluster, parts: Parts, provider: httpx.Client, linked: list[dict[str, str]]
) -> None:
    luck, until = random.Random(20261122), time.monotonic() + SECONDS
    mail = threading.Thread(target=delivering, args=(provider, linked, until, random.Random(7)))
    mail.start()
    kills = killing(cluster, until, luck)
    mail.join()
    ended, begun = datetime.now(UTC), time.monotonic()  # noqa: TID251 the processes have real clocks
    while (short := shortcomings(parts, provider, linked, ended)) and time.monotonic() - begun < PATIENCE:
        time.sleep(0.5)
    print(f"{kills} kills, {len(linked)} mailboxes, all current {time.monotonic() - begun:.1f} s after the last")
    assert kills >= SECONDS / KILL_EVERY / 2
    assert short == []


def test_what_a_killed_worker_left_in_the_queue_is_swept(parts: Parts, linked: list[dict[str, str]]) -> None:
    left = "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('sync', 'sync', 'doing')"
    with parts.database.write() as tx:
        tx.execute(text(left))
    assert queue.forget_abandoned(parts.database) >= 1
    assert queue.forget_abandoned(parts.database) == 0


def test_both_web_servers_answer_for_the_same_store(cluster: Cluster, parts: Parts) -> None:
    cluster.wait_until_ready("web-1", "web-2")
    link = cluster.run("sign-in").strip()
    for name in ("web-1", "web-2"):
        address = f"http://127.0.0.1:{cluster.ports[name]}"
        headers = {"host": cluster.base_url.removeprefix("http://")}
        with httpx.Client(base_url=address, headers=headers) as browser:
            assert browser.get("/health").json() == {"status": "up"}
            told = browser.get("/metrics").text
            assert "aftertouch_mailboxes" in told
    assert link.startswith(cluster.base_url)


def test_asked_to_end_a_web_server_is_gone_within_ten_seconds(cluster: Cluster) -> None:
    cluster.wait_until_ready("web-2")
    assert cluster.stop("web-2") < 10
    assert cluster.processes["web-2"].returncode == 0


def test_asked_to_end_workers_are_gone_within_ten_seconds_and_nobody_waits_for_their_leases(
    cluster: Cluster, parts: Parts
) -> None:
    with parts.database.write() as tx:
        tx.execute(update(sync_jobs).values(due_at=parts.clock()))
    for name in ("worker-1", "worker-2"):
        assert cluster.stop(name) < 10
        assert cluster.processes[name].returncode == 0
    with parts.database.read() as tx:
        held = select(func.count()).select_from(sync_jobs).where(sync_jobs.c.lease_until.is_not(None))
        assert tx.execute(held).scalar_one() == 0
