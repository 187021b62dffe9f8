"""A sync is one span at the collector, and the span tells nothing of anybody."""

import subprocess
import sys
from pathlib import Path

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
