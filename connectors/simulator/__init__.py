"""A stand-in for Google and Microsoft that speaks their real protocols, with invented mail and faults on demand."""

from connectors.simulator.app import create_simulator
from connectors.simulator.config import SimulatorConfig, callbacks
from connectors.simulator.serve import run_simulator

__all__ = ["SimulatorConfig", "callbacks", "create_simulator", "run_simulator"]
