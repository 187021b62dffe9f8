"""A stand-in for Google and Microsoft that speaks their real protocols, with invented mail and faults on demand.

Its parts are imported when first asked for: where real mailboxes are linked, none of it is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.simulator.app import create_simulator
    from connectors.simulator.config import SimulatorConfig, callbacks
    from connectors.simulator.serve import run_simulator

__all__ = ["SimulatorConfig", "callbacks", "create_simulator", "run_simulator"]

_HOMES = {
    "SimulatorConfig": "connectors.simulator.config",
    "callbacks": "connectors.simulator.config",
    "create_simulator": "connectors.simulator.app",
    "run_simulator": "connectors.simulator.serve",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
