"""The simulator as a process with two small mailboxes and no quotas: `python -m tests.kill.provider PORT [LATENCY]`."""

import asyncio
import sys
from datetime import datetime, timedelta

import uvicorn

from connectors.simulator import SimulatorConfig, create_simulator
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.sample import sample_mailboxes
from tests.kill.runner import clock

LETTERS = 130
"""More than a page of either provider."""


def fill(box: Mailbox, now: datetime) -> None:
    """Letters to and from a dozen people, three in a thread, over half a year."""
    for number in range(LETTERS):
        who, mine = f"p{number % 12}@acme.example", number % 3 != 0
        sender, to = (box.address, who) if mine else (who, box.address)
        at = now - timedelta(hours=19 * number + 2)
        about = f"In-Reply-To: <{number - 12}.{box.address}>\r\n" if number % 36 >= 12 else ""
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: Application {number % 12}\r\n{about}"
            f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <{number}.{box.address}>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\nHello, this is letter {number}.\r\n"
        )
        box.add(raw.encode(), at, "sentitems" if mine else "inbox", logged=at)


def main() -> None:
    port, latency = int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    config = SimulatorConfig(base_url=f"http://127.0.0.1:{port}", quota="none", sample=False, latency=latency)
    app = create_simulator(config, clock=clock)
    app.state.world.mailboxes += sample_mailboxes(config.seed)
    for box in app.state.world.mailboxes:
        fill(box, clock())
    settings = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off")
    asyncio.run(uvicorn.Server(settings).serve())


if __name__ == "__main__":
    main()
