"""From nothing to the first answer: `aftertouch serve` on a fresh and on a used data folder, and its memory at rest."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

from tests.bench.figure import Figure

TRIES = 3
AT_REST = 5.0
_UNKEPT = ("PYTHONDONTWRITEBYTECODE",)


def figures() -> Iterator[Figure]:
    """Of what is compiled, as `make install` leaves it."""
    compiling = [sys.executable, "-m", "compileall", "-q", "app", "connectors"]
    subprocess.run(compiling, check=True, env={name: kept for name, kept in os.environ.items() if name not in _UNKEPT})
    fresh = min(_start_afresh() for _ in range(TRIES))
    with tempfile.TemporaryDirectory() as folder:
        _start(folder)
        used = min(_start(folder) for _ in range(TRIES))
        yield Figure.at_most("start to /ready, fresh folder, best of three", fresh[0], "seconds", 1.5)
        yield Figure.at_most("start to /ready, used folder, best of three", used[0], "seconds", 1.5)
        yield Figure("processor time of that start", used[1], "seconds")
        yield Figure.at_most("memory at rest, the sample mailbox beside it", used[2], "MB", 120)


def _start_afresh() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _start(folder)


def _start(folder: str) -> tuple[float, float, float]:
    """Wall seconds and processor seconds to the first answer, and resident megabytes a while later."""
    port = _free_port()
    environment = os.environ | {"AFTERTOUCH_DATA_DIR": folder}
    begun = time.monotonic()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _ready(port):
            time.sleep(0.005)
        took, worked = time.monotonic() - begun, _processor_seconds(process.pid)
        time.sleep(AT_REST)
        return took, worked, _resident_megabytes(process.pid)
    finally:
        process.terminate()
        process.wait()


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_megabytes(pid: int) -> float:
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
