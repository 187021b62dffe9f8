"""Traces go to the configured collector, tell nothing of anybody, and cost nothing where none is configured."""

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

CANARY = "canary-4711@acme.example"


def test_requests_are_traced_without_a_word_of_what_was_asked(
    collector: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    address, sent = collector
    env = os.environ | {
        "AFTERTOUCH_DATA_DIR": str(tmp_path),
        "AFTERTOUCH_TRACES_URL": address,
        "AFTERTOUCH_SIMULATOR": "off",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with httpx.Client() as browser:
        port = _free_port()
        server = subprocess.Popen([sys.executable, "-m", "app", "serve", "--port", str(port)], env=env)
        try:
            _until(lambda: _get(browser, f"http://127.0.0.1:{port}/ready") == 200)
            asked = {"channel": "email", "to": [CANARY], "provider_thread_id": "canary-thread"}
            refused = browser.post(f"http://127.0.0.1:{port}/api/v1/advice", json=asked)
            assert refused.status_code == 401
            _until(lambda: b"fastapi" in b"".join(sent))
        finally:
            server.terminate()
            server.wait(10)
    spans = [
        span.name
        for body in sent
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert spans
    assert b"canary" not in b"".join(sent)


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    look = "import sys, app.serving; print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _free_port() -> int:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as free:
        return int(free.server_port)


def _get(browser: httpx.Client, url: str) -> int:
    try:
        return browser.get(url).status_code
    except httpx.TransportError:
        return 0


def _until(holds: object) -> None:
    deadline = time.monotonic() + 60
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)
