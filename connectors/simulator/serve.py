"""Serves the simulator on a loopback port."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import uvicorn

from connectors.simulator.app import create_simulator
from connectors.simulator.config import SimulatorConfig


async def run_simulator(config: SimulatorConfig, *, port: int, clock: Callable[[], datetime]) -> None:
    """Runs until cancelled or told to stop by a signal. `config.base_url` must name the same port."""
    app = await asyncio.to_thread(create_simulator, config, clock=clock)  # whoever runs beside it goes on meanwhile
    settings = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off", date_header=False
    )
    await uvicorn.Server(settings).serve()
