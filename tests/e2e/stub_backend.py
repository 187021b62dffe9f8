"""A real but tiny backend for tests of the extension alone: answers as told, remembers what arrived."""

import json
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CAUTION: dict[str, Any] = {
    "level": "caution",
    "headline": "2 follow-ups in 6 days, nothing new since. Next good date: Thu Dec 3.",
    "next_good_date": "2026-12-03",
    "warnings": [
        {
            "rule": "repeat-without-value",
            "level": "caution",
            "message": "You wrote twice without an answer.",
            "instead": "Bring something new.",
            "evidence": [
                {
                    "key": "k1", "at": "2026-11-16T09:02:00Z", "channel": "email", "direction": "out",
                    "subject": "Following up", "link": "https://mail.google.com/mail/#all/1",
                }
            ],
        }
    ],
    "recipients": [
        {
            "id": "r1", "address": "dana@acme.example", "unanswered": 2, "last_touch_at": "2026-11-19T09:02:00Z",
            "last_reply_at": None, "stage": None, "state": "waiting", "odds": None,
        }
    ],
    "as_of": "2026-11-22T09:59:30Z", "coverage": "complete", "history_url": "/history/r1",
}  # fmt: skip
NO_GOODBYE = struct.pack("ii", 1, 0)
"""Closing with a reset, as a port does where nobody listens."""
CLEAR: dict[str, Any] = {**CAUTION, "level": "clear", "headline": "", "warnings": [], "next_good_date": None}


@dataclass
class Told:
    """What to answer: a status with JSON (or raw text), after `delay` seconds."""

    status: int = 200
    json: Any = None
    text: str | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class Arrived:
    method: str
    path: str
    headers: dict[str, str]
    body: str


class StubBackend:
    """Listens on loopback; `answers` maps "METHOD /path" to what is answered, anything else is 404."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.answers: dict[str, Told] = {}
        self.clear()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                path = self.path.partition("?")[0]
                body = self.rfile.read(length).decode()
                stub.arrived.append(Arrived(self.command, path, dict(self.headers), body))
                with suppress(BrokenPipeError):  # the browser waits no longer
                    self.say(stub.answers.get(f"{self.command} {path}", Told(404, {})))

            def say(self, told: Told) -> None:
                if told.delay:
                    time.sleep(told.delay)
                body = (told.text if told.text is not None else json.dumps(told.json)).encode()
                self.send_response(told.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def clear(self) -> None:
        """Back to one caution for everybody and one linked mailbox, nothing arrived yet."""
        self.arrived.clear()
        self.answers = {
            "POST /api/v1/advice": Told(json=CAUTION),
            "GET /health": Told(json={}),
            "GET /api/v1/accounts": Told(
                json={"accounts": [{"id": "1", "address": "ana@example.com", "state": "live"}]}
            ),
        }

    def asked(self, path: str = "/api/v1/advice") -> list[dict[str, Any]]:
        """The JSON bodies that arrived at `path`, in order."""
        return [json.loads(one.body) for one in self.arrived if one.path == path and one.body]

    def wait_for_asked(self, count: int, *, seconds: float = 6) -> None:
        """Wait until advice was asked for so often."""
        deadline = time.monotonic() + seconds
        while len(self.asked()) < count:
            assert time.monotonic() < deadline, f"asked {len(self.asked())} times"
            time.sleep(0.02)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class ShutDoor:
    """A backend that is off, as far as a socket can tell: whoever comes is sent away and counted in `knocks`."""

    def __init__(self) -> None:
        self.knocks = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._send_away, daemon=True).start()

    def _send_away(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._listener.accept()
                self.knocks += 1
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_GOODBYE)
                visitor.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
