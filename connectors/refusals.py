"""Refusals that a connector settles itself: they never reach the caller of a mailbox."""

from connectors.contract import ConnectorError


class NotThere(ConnectorError):
    """404: a message deleted meanwhile, a history id too old, or a method this server does not have."""


class NotOffered(ConnectorError):
    """405 or 501: this server does not have the method."""


class Stale(ConnectorError):
    """401: the access token is no longer taken."""


class BadRequest(ConnectorError):
    """400: an argument is not accepted, such as a page token that has grown old."""


class StartOver(ConnectorError):
    """410 and its kin: the provider has forgotten where a round of changes stood."""
