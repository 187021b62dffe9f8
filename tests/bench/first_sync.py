"""First syncs of endless mailboxes, each size in its turn, in a process of their own: CPU seconds and memory as JSON.

`python -m tests.bench.first_sync 1000 50000`
"""

import asyncio
import gc
import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from app.services.syncing import sync
from app.store import accounts, sync_jobs
from app.worker import LEASE
from connectors import GmailConnector, Transport
from connectors.contract import Grant
from tests.bench.endless import ME, Endless
from tests.world import World

SECRET = json.dumps({"refresh_token": "r", "access_token": "a", "expires_at": 4_000_000_000})


async def first_sync(folder: Path, count: int) -> dict[str, float]:
    """The whole of it but the network: batches taken apart, letters normalised, read, sealed and stored."""
    world = World(folder)
    wire = Endless(count)
    transport = Transport(
        ("http://127.0.0.1",), wire=wire, sleep=world.clock.sleep, monotonic=world.clock.monotonic, clock=world.clock
    )
    gmail = GmailConnector(
        client_id="a",
        client_secret="b",
        issuer="http://127.0.0.1",
        api_root="http://127.0.0.1/gmail",
        transport=transport,
        clock=world.clock,
    )
    parts = replace(world.parts, connectors={"google": gmail})
    with parts.database.write() as tx:
        account_id = accounts.link(
            tx,
            parts.sealer,
            person_id=world.person_id,
            provider="google",
            grant=Grant("1", ME, SECRET),
            now=world.clock(),
        )
        sync_jobs.start_over(tx, account_id, world.clock())
        lease = sync_jobs.take_due(tx, world.clock(), LEASE)
    assert lease is not None
    begun = time.process_time()
    outcome = await sync(parts, lease)
    cpu = time.process_time() - begun - wire.seconds
    assert outcome.caught_up, outcome
    await world.close()
    return {"count": count, "cpu": cpu, "made": wire.seconds, "megabytes": resident()}


def resident() -> float:
    """Megabytes this process holds now, not the most it ever held."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main(counts: list[str]) -> None:
    told = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            told.append(asyncio.run(first_sync(Path(folder), int(count))))
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
