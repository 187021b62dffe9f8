"""The providers, imported when asked for: their libraries take a second. A new one is a folder and a line here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.contract import Connector
    from connectors.gmail.connector import GmailConnector
    from connectors.http import Transport
    from connectors.outlook.connector import OutlookConnector

__all__ = ["Connector", "GmailConnector", "OutlookConnector", "Transport"]

_HOMES = {
    "Connector": "connectors.contract",
    "GmailConnector": "connectors.gmail.connector",
    "OutlookConnector": "connectors.outlook.connector",
    "Transport": "connectors.http",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
