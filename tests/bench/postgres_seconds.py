"""What a local PostgreSQL server has worked: its processor seconds, those of processes that ended included."""

import os
from pathlib import Path

import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")


def postgres_seconds(url: str) -> float:
    """`url` is the superuser's. The server must run on this machine."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row
    main = (Path(row[0]) / "postmaster.pid").read_text().split("\n")[0]
    fields = {path.parent.name: _fields(path) for path in Path("/proc").glob("[0-9]*/stat")}
    ticks = sum(int(told) for told in fields[main][11:15])  # its own and that of children it has buried
    ticks += sum(int(told) for child in fields.values() if child[1:2] == [main] for told in child[11:13])
    return ticks / _TICKS


def _fields(path: Path) -> list[str]:
    """All after the name; none of a process that has just ended."""
    try:
        return path.read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
