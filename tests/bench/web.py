"""`POST /api/v1/advice` beside a FastAPI echo of the same body: one process each on one core, rounds in turn."""

import json
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header

from app.main import create_app
from app.services.announcing import Announcer
from app.services.pairing import add_device
from app.services.parts import Parts
from app.settings import Settings
from app.store import accounts
from app.store.database import Database
from app.web.advice import AdviceIn
from tests.bench.figure import Figure
from tests.bench.others import among_others
from tests.bench.postgres_seconds import postgres_seconds
from tests.bench.reading import DRAFT
from tests.bench.served import Served, post
from tests.bench.store import NOW, Filled
from tests.cluster.cluster import wheel_postgres
from tests.postgres import OWNER, administer, database_named

BODY = {
    "channel": "email",
    "account": "ana@example.com",
    "provider": "google",
    "to": ["p1@acme.example"],
    "signals": {"language": "en", "words": 12, "asks_for_news": True, "empty": True, "signature": list(range(16))},
    "time_zone": "Europe/Berlin",
}
PEERS = Path(__file__).parent / "peers"
ROUNDS = 5
ALONE, CROWDED = 200, 600
SEARCH = 10_000


@dataclass
class Times:
    """Wall seconds of each request, one at a time and 32 at once, and the processor seconds of one."""

    alone: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)
    worked: float = 0.0

    @property
    def p50(self) -> float:
        return statistics.median(self.alone) * 1e6

    @property
    def a_second(self) -> float:
        """Requests a second that keep one core busy."""
        return len(self.crowded) / self.worked

    @property
    def spread(self) -> float:
        return statistics.quantiles(self.crowded, n=100)[98] / statistics.median(self.crowded)


def figures() -> Iterator[Figure]:
    """Each store holds a busy search, 10,000 messages to 500 recipients, among so many of others."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as beside:
        store, small = _filled(folder), _filled(beside)
        among_others(store, 90_000)
        advice, echo = _in_turn(_advising(store), _echoing())
        yield _a_second("advice, requests a second of one core", advice, echo, goal=0.30).of_row(1, gate=0.20)
        p50 = Figure("advice, p50, one connection", advice.p50, "us").beside("FastAPI echo", echo.p50, "<= 3.5")
        yield p50.of_row(2, gate=5)
        yield from _harper(advice)
        spread = Figure.at_most("advice, p99 / p50, 32 connections", advice.spread, "x", 2.5)
        yield spread.of_row(3, gate=4, peer=f"FastAPI echo: {echo.spread:.2f} x")
        yield Figure("advice about somebody not asked about before, p50", _first_looks(store), "us").of_row(2)
        among_others(store, 900_000)
        grown, little = _in_turn(_advising(store), _advising(small))
        flat = Figure("advice, p50, among 1,000,000 messages", grown.p50, "us")
        yield flat.beside("among 10,000", little.p50, "<= 1.3").of_row(4, gate=1.6)
        worked = Figure("advice, processor, among 1,000,000 messages", 1e6 / grown.a_second, "us")
        yield worked.beside("among 10,000", 1e6 / little.a_second, "<= 1.3").of_row(4, gate=1.6)
    with tempfile.TemporaryDirectory() as folder, wheel_postgres() as server:
        administer(server, f"CREATE DATABASE bench OWNER {OWNER}")
        advice, echo = _in_turn(_advising(_filled(folder, database_named(server, "bench"))), _echoing(), server)
        told = "advice on PostgreSQL with its policies, requests a second of one core"
        yield _a_second(told, advice, echo, goal=0.20).of_row(1)


def _filled(folder: str, url: str = "") -> Filled:
    store = Filled(folder, SEARCH, url=url)
    store.fill(2_000)
    return store


def _a_second(name: str, advice: Times, echo: Times, *, goal: float) -> Figure:
    return Figure(name, advice.a_second, "1/s").beside("FastAPI echo", echo.a_second, f">= {goal}")


def _harper(advice: Times) -> Iterator[Figure]:
    """Beside a fresh draft of 2,000 characters in harper.js, the local checker of grammar."""
    drafts = json.dumps([f"{number} {DRAFT[number:1998]}" for number in range(7)])
    told = subprocess.run(["node", "harper.mjs"], cwd=PEERS, input=drafts, capture_output=True, text=True)
    if told.returncode:
        yield Figure("advice, p50, beside harper.js", advice.p50, "us").of_row(2, peer="no peer: `make bench` gets it")
        return
    took = json.loads(told.stdout)["fresh"] * 1e3
    yield Figure("advice, p50, beside a draft", advice.p50, "us").beside("harper.js", took, "<= 0.01").of_row(2)


def _in_turn(ours: Served, theirs: Served, server: str = "") -> tuple[Times, Times]:
    """What each took, asked in rounds; the machine is not as quick at one time as at another."""
    times = Times(), Times()
    for _ in range(ROUNDS):
        for served, told in zip((ours, theirs), times, strict=True):
            told.alone += served.alone(ALONE)
            begun = served.seconds + (postgres_seconds(server) if server else 0)
            told.crowded += served.crowd(CROWDED)
            told.worked += served.seconds + (postgres_seconds(server) if server else 0) - begun
    ours.end()
    theirs.end()
    return times


def _advising(store: Filled, bodies: Sequence[dict[str, Any]] = (BODY,)) -> Served:
    """The web server sees one person's rows only."""
    parts = _parts(store)
    with store.database.write() as tx:
        accounts.caught_up(tx, store.account_id, "live", as_of=NOW, deep_at=NOW)
    headers = {"Authorization": f"Bearer {add_device(parts, 'bench', NOW)}", "Host": "127.0.0.1:8025"}
    return Served(partial(_advice, parts, store.url), *(post("/api/v1/advice", body, **headers) for body in bodies))


def _echoing() -> Served:
    headers = {"Authorization": "Bearer as-long-as-a-real-one-is-here-it-is", "Host": "127.0.0.1:8025"}
    return Served(_echo, post("/api/v1/advice", BODY, **headers))


def _first_looks(store: Filled) -> float:
    """Microseconds of the middle one of many recipients, each asked about once."""
    ours = _advising(store, [BODY | {"to": [f"p{who}@c{who // 3}.example"]} for who in range(3, SEARCH // 20)])
    times = Times(ours.alone(ALONE))
    ours.end()
    return times.p50


def _parts(store: Filled) -> Parts:
    return Parts(
        settings=Settings(base_url="http://127.0.0.1:8025"),
        clock=lambda: NOW,
        database=store.database,
        sealer=store.sealer,
        connectors={},
        announcer=Announcer(),
        zone="Europe/Berlin",
    )


def _advice(parts: Parts, url: str) -> FastAPI:
    return create_app(replace(parts, database=Database.open(url)))


def _echo() -> FastAPI:
    app = FastAPI()

    def token(authorization: Annotated[str, Header()]) -> str:
        return authorization

    @app.post("/api/v1/advice")
    async def echo(asked: AdviceIn, who: Annotated[str, Depends(token)]) -> AdviceIn:
        return asked

    return app
