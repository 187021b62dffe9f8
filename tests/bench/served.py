"""An application in a process of its own on one core, asked over loopback sockets from another core."""

import json
import multiprocessing
import os
import selectors
import socket
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import uvicorn

_CORES = sorted(os.sched_getaffinity(0))
_TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """`make` gives the application and is called in the new process; `requests` are the bytes of whole ones, in turn.

    Start it before any thread: the process is forked.
    """

    def __init__(self, make: Callable[[], Any], *requests: bytes) -> None:
        listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._requests = cycle(requests)
        self._address = listening.getsockname()
        self._process = multiprocessing.get_context("fork").Process(target=_serve, args=(make, listening), daemon=True)
        self._process.start()
        listening.close()
        _pin(-1)
        self._one = socket.create_connection(self._address)
        self.alone(50)
        self._rest()

    @property
    def seconds(self) -> float:
        """What its process has worked."""
        told = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(told[11]) + int(told[12])) / _TICKS

    def _rest(self) -> None:
        """Until what it does at its start is done: for a second it has not worked."""
        before = -1.0
        while (worked := self.seconds) > before:
            before = worked + 0.02
            time.sleep(1)

    def alone(self, count: int) -> list[float]:
        """Wall seconds of each of so many requests, one after the other on one connection."""
        times = []
        for _ in range(count):
            begun = time.perf_counter()
            self._one.sendall(next(self._requests))
            _read(self._one)
            times.append(time.perf_counter() - begun)
        return times

    def crowd(self, count: int, connections: int = 32) -> list[float]:
        """Wall seconds of each of so many requests, as many under way at any time as there are connections.

        Each connection was answered once before: the server takes up one for each round of its loop, so that the last
        of many new ones waits for all rounds before.
        """
        open_ones = [self._answered() for _ in range(connections)]
        times: list[float] = []
        begun: dict[socket.socket, float] = {}
        with selectors.DefaultSelector() as waiting:
            for one in open_ones:
                waiting.register(one, selectors.EVENT_READ)
                begun[one] = time.perf_counter()
                one.sendall(next(self._requests))
            while len(times) < count:
                for key, _ in waiting.select():
                    one = key.fileobj  # type: ignore[assignment]
                    _read(one)
                    now = time.perf_counter()
                    times.append(now - begun[one])
                    begun[one] = now
                    one.sendall(next(self._requests))
        for one in open_ones:
            one.close()
        return times

    def _answered(self) -> socket.socket:
        one = socket.create_connection(self._address)
        one.sendall(next(self._requests))
        _read(one)
        return one

    def end(self) -> None:
        self._one.close()
        self._process.kill()
        self._process.join()
        os.sched_setaffinity(0, _CORES)


def post(path: str, body: dict[str, Any], **headers: str) -> bytes:
    content = json.dumps(body).encode()
    told = {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + content


def _serve(make: Callable[[], Any], listening: socket.socket) -> None:
    _pin(0)
    config = uvicorn.Config(make(), log_level="error", access_log=False, timeout_keep_alive=600)
    uvicorn.Server(config).run(sockets=[listening])


def _read(one: socket.socket) -> None:
    """One whole answer, which must be a good one."""
    head, _, body = one.recv(65_536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head + body
    length = next(int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: "))
    while len(body) < length:
        body += one.recv(65_536)


def _pin(place: int) -> None:
    """To one of the cores we may use, where there is more than one."""
    os.sched_setaffinity(0, {_CORES[place]})
