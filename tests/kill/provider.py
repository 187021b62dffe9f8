"""The simulator as a process of its own, without quotas: `python -m tests.kill.provider PORT`."""

import asyncio
import sys

from connectors.simulator import SimulatorConfig, run_simulator
from tests.kill.runner import clock


def main() -> None:
    port = int(sys.argv[1])
    config = SimulatorConfig(base_url=f"http://127.0.0.1:{port}", quota="none")
    asyncio.run(run_simulator(config, port=port, clock=clock))


if __name__ == "__main__":
    main()
