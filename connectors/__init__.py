"""The providers. A new one is a folder beside gmail and outlook, and a line here."""

from connectors.contract import Connector
from connectors.gmail.connector import GmailConnector
from connectors.http import Transport
from connectors.outlook.connector import OutlookConnector

__all__ = ["Connector", "GmailConnector", "OutlookConnector", "Transport"]
