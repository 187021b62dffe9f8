"""A sync is one span at the collector, and the span tells nothing of anybody."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ROOT = Path(__file__).parents[2]
SYNC_BOTH = """
import asyncio, sys
from pathlib import Path
from opentelemetry import trace
from app import tracing
from app.settings import Settings
from tests.world import World

tracing.set_up(Settings(traces_url=sys.argv[1]))
world = World(Path(sys.argv[2]))

async def link_and_sync():
    await world.link_both()
    await world.close()

asyncio.run(link_and_sync())
assert trace.get_tracer_provider().force_flush()
"""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An OTLP/HTTP collector: its address, and what it was sent."""
    sent: list[bytes] = []

    class Collects(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Collects)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()


def test_every_sync_is_a_span_that_names_nobody(collector: tuple[str, list[bytes]], tmp_path: Path) -> None:
    address, sent = collector
    subprocess.run([sys.executable, "-c", SYNC_BOTH, address, str(tmp_path)], cwd=ROOT, check=True, timeout=120)
    told = [ExportTraceServiceRequest.FromString(body) for body in sent]
    scopes = [scope for each in told for resource in each.resource_spans for scope in resource.scope_spans]
    syncs = [span for scope in scopes for span in scope.spans if span.name == "sync"]
    assert len(syncs) >= 2
    assert all(span.end_time_unix_nano > span.start_time_unix_nano for span in syncs)
    everything = b"".join(sent)
    assert not [word for word in (b"example", b"acme", b"Ana", b"refresh") if word in everything]
