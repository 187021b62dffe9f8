"""`POST /api/v1/advice` beside a FastAPI echo of the same body, over real HTTP, one process each, rounds in turn."""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from typing import Annotated, Any

import uvicorn
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
ROUNDS = 5
REQUESTS = 400


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        advice, floor = _rounds(Filled(folder, 100_000))
        yield Figure("advice, p50, one connection", statistics.median(advice) * 1e6, "microseconds")
        ratio = statistics.median(advice) / statistics.median(floor)
        yield Figure.at_most("advice p50 / FastAPI echo p50, one connection", ratio, "ratio", 3.5)
        yield Figure.at_least("advice / echo, requests per second", sum(floor) / sum(advice), "ratio", 0.30)
        spread = statistics.quantiles(advice, n=100)[98] / statistics.median(advice)
        yield Figure.at_most("advice p99 / p50, one connection", spread, "ratio", 2.5)
    with tempfile.TemporaryDirectory() as folder, wheel_postgres() as server:
        administer(server, f"CREATE DATABASE bench OWNER {OWNER}")
        url = database_named(server, "bench")
        advice, floor = _rounds(Filled(folder, 20_000, url=url), url)
        yield Figure.at_least("the same on PostgreSQL with its policies", sum(floor) / sum(advice), "ratio", 0.20)


def _rounds(filled: Filled, url: str = "") -> tuple[list[float], list[float]]:
    """Seconds of each request for advice, and of each echo; the web server sees one person's rows only."""
    filled.fill(2_000)
    with filled.database.write() as tx:
        accounts.caught_up(tx, filled.account_id, "live", as_of=NOW, deep_at=NOW)
    parts = Parts(
        settings=Settings(base_url="http://127.0.0.1:8025"),
        clock=lambda: NOW,
        database=filled.database,
        sealer=filled.sealer,
        connectors={},
        announcer=Announcer(),
        zone="Europe/Berlin",
    )
    token = add_device(parts, "bench", NOW)
    served = replace(parts, database=Database.open(url)) if url else parts
    ours, echo = Served(create_app(served), token), Served(_echo(), token)
    pairs = [(ours.round(REQUESTS), echo.round(REQUESTS)) for _ in range(ROUNDS)]
    return [time for times, _ in pairs for time in times], [time for _, times in pairs for time in times]


def _echo() -> FastAPI:
    app = FastAPI()

    def token(authorization: Annotated[str, Header()]) -> str:
        return authorization

    @app.post("/api/v1/advice")
    async def echo(asked: AdviceIn, who: Annotated[str, Depends(token)]) -> AdviceIn:
        return asked

    return app


class Served:
    """An application on a loopback port in a thread of its own."""

    def __init__(self, app: Any, token: str) -> None:
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="error", access_log=False, timeout_keep_alive=120)
        )
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        self.connection = HTTPConnection("127.0.0.1", port)
        self.headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Host": "127.0.0.1:8025",
        }
        self.body = json.dumps(BODY)
        self.round(50)

    def round(self, requests: int) -> list[float]:
        """Wall seconds of each request."""
        times = []
        for _ in range(requests):
            start = time.perf_counter()
            self.connection.request("POST", "/api/v1/advice", self.body, self.headers)
            answer = self.connection.getresponse()
            told = answer.read()
            times.append(time.perf_counter() - start)
            assert answer.status == 200, told
        return times
