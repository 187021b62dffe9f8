"""From a provider's refusal to what the person sees: a state, its cause and one next action."""

from dataclasses import dataclass

from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    ConnectorError,
    DailyLimit,
    HistoryUnusable,
    Misconfigured,
    MissingPermission,
    RateLimited,
    Transient,
)


@dataclass(frozen=True, slots=True)
class AccountState:
    name: str
    reason: str
    next_action: str


_WORDS: tuple[tuple[type[ConnectorError], str, str], ...] = (
    (AccessRevoked, "needs_relink", "Link this mailbox again; nothing you have is lost."),
    (MissingPermission, "missing_permission", "Link again and leave reading mail ticked."),
    (AdminBlocked, "admin_blocked", "Ask your administrator to allow Aftertouch, or link a private mailbox."),
    (Misconfigured, "misconfigured", "Check the client id, the secret and the enabled API in the settings."),
    (DailyLimit, "throttled", "Nothing to do: it goes on tomorrow by itself."),
    (RateLimited, "throttled", "Nothing to do: it goes on by itself."),
    (HistoryUnusable, "degraded", "Nothing to do: the mailbox is listed instead, more slowly."),
    (Transient, "catching_up", "Nothing to do: it is tried again by itself."),
    (ConnectorError, "degraded", "Sync again; if it stays, run aftertouch doctor."),
)


def failed_state(error: ConnectorError) -> AccountState:
    """The state that follows from a refusal; the first matching kind in the table wins."""
    for kind, name, next_action in _WORDS:
        if isinstance(error, kind):
            return AccountState(name=name, reason=str(error), next_action=next_action)
    raise AssertionError("every ConnectorError has a state")
