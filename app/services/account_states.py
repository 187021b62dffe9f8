"""From a provider's refusal to what the person sees: state, cause, next action, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.settings import Settings
from app.store.accounts import Account
from app.store.sync_jobs import Watch
from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    ConnectorError,
    DailyLimit,
    HistoryUnusable,
    Misconfigured,
    MissingPermission,
    Page,
    RateLimited,
    Transient,
)

QUOTA_DAY = ZoneInfo("America/Los_Angeles")
"""Google's daily quotas begin anew at midnight Pacific time (Google API console help, "quotas")."""
SKEW_SHOWN = 120.0
"""Seconds our clock may differ from the provider's before the person is told (S31)."""
TESTING_LIFE = timedelta(days=7)
"""A refresh token of a Google project in testing (developers.google.com/identity/protocols/oauth2, expiration)."""
ENDS_SOON = timedelta(days=1)
SILENT = timedelta(days=2)
RUNS_OUT = timedelta(hours=48)
"""Gmail's pushes last a week and are renewed daily: so near their end renewing them has failed for days (G29)."""
TESTING_IS_OVER = "The seven days of a Google project in testing are over."
PUBLISH = "Publishing the project ends these seven days."
HOUR = 3_600.0
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class AccountState:
    """`wait` is in seconds, None for the usual growing pauses."""

    name: str
    reason: str
    next_action: str
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a mailbox that works still has to tell; falsy when there is nothing."""

    reason: str = ""
    next_action: str = ""

    def __bool__(self) -> bool:
        return bool(self.reason)


_WORDS: tuple[tuple[type[ConnectorError], str, str, float | None], ...] = (
    (AccessRevoked, "needs_relink", "Link this mailbox again; nothing you have is lost.", DAY),
    (MissingPermission, "missing_permission", "Link again and leave reading mail ticked.", DAY),
    (AdminBlocked, "admin_blocked", "Ask your administrator to allow Aftertouch, or link a private mailbox.", HOUR),
    (Misconfigured, "misconfigured", "Check the client id, the secret and the enabled API in the settings.", HOUR / 4),
    (RateLimited, "throttled", "Nothing to do: it goes on by itself.", None),
    (HistoryUnusable, "degraded", "Nothing to do: the mailbox is listed instead, more slowly.", None),
    (Transient, "catching_up", "Nothing to do: it is tried again by itself.", None),
    (ConnectorError, "degraded", "Sync again; if it stays, run aftertouch doctor.", None),
)


def grant_ends(account: Account, settings: Settings) -> datetime | None:
    """When the permission ends by itself: as the provider said, or seven days on for a Google project in testing."""
    if account.expires_at is not None or account.provider != "google" or not settings.google_in_testing:
        return account.expires_at
    return account.granted_at + TESTING_LIFE if account.granted_at else None


def failed_state(error: ConnectorError, now: datetime, *, ends: datetime | None = None) -> AccountState:
    """The state that follows from a refusal; the first matching kind in the table wins.

    `ends` is when the permission was to end by itself.
    """
    if isinstance(error, AccessRevoked) and ends is not None and now >= ends:
        return AccountState("needs_relink", TESTING_IS_OVER, f"Link again. {PUBLISH}", DAY)
    for kind, name, next_action, wait in _WORDS:
        if isinstance(error, kind):
            pause = _named_wait(error, now) or wait
            return AccountState(name, str(error), _until(next_action, error, now, pause), pause)
    raise AssertionError("every ConnectorError has a state")


def pushes_are_silent(watch: Watch, newest: datetime | None, now: datetime) -> bool:
    """Whether mail has come for two days without one push that told of it, or the pushes have lapsed."""
    if watch.since is None:
        return False
    if watch.until is not None and watch.until <= now:
        return True
    last = max(at for at in (watch.since, watch.pushed_at) if at is not None)
    return now - last > SILENT and newest is not None and newest > last + timedelta(minutes=5)


def pushes_run_out(account: Account, watch: Watch, now: datetime) -> bool:
    """Whether Gmail's pushes end within 48 hours; Microsoft's never last much longer (M28)."""
    return account.provider == "google" and watch.until is not None and now < watch.until < now + RUNS_OUT


def standing(account: Account, watch: Watch, settings: Settings, now: datetime) -> Remarks:
    """What a mailbox that works has to tell about its permission and its pushes."""
    ends = grant_ends(account, settings)
    if ends is not None and ends - now < ENDS_SOON:
        return Remarks(
            f"This permission ends {_moment(ends)}: the Google project is in testing.", f"Link again. {PUBLISH}"
        )
    if pushes_run_out(account, watch, now):
        assert watch.until is not None
        return Remarks(
            f"The provider's pushes end {_moment(watch.until)}: they could not be renewed.",
            "The mailbox is polled in any case; whoever runs this server should look at the push topic.",
        )
    if pushes_are_silent(watch, account.newest_message_at, now):
        return Remarks("The provider's pushes have stopped.", "Nothing to do: the mailbox is polled instead.")
    return Remarks()


def remarks(page: Page, unreadable: int) -> Remarks:
    """A clock that is wrong comes first, then mail that could not be read, then a gap that was closed."""
    if abs(page.skew) > SKEW_SHOWN:
        way = "ahead of" if page.skew > 0 else "behind"
        minutes = round(abs(page.skew) / 60)
        return Remarks(f"This computer's clock is {minutes} minutes {way} the provider's.", "Set the clock.")
    if unreadable:
        several = "messages" if unreadable > 1 else "message"
        return Remarks(f"{unreadable} {several} could not be read; everything else counts.")
    if page.degraded:
        return Remarks(
            "The provider's list of changes cannot be used.",
            "Nothing to do: the mailbox is listed instead, more slowly.",
        )
    if page.bridged:
        return Remarks(f"Caught up from {_moment(page.bridged)}: the provider had lost track, nothing is missing.")
    return Remarks()


def _named_wait(error: ConnectorError, now: datetime) -> float | None:
    if not isinstance(error, Transient):
        return None
    if error.retry_after is None and isinstance(error, DailyLimit):
        local = now.astimezone(QUOTA_DAY)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return (midnight - local).total_seconds()
    return error.retry_after


def _until(next_action: str, error: ConnectorError, now: datetime, wait: float | None) -> str:
    if not isinstance(error, RateLimited) or wait is None:
        return next_action
    return f"Nothing to do: it goes on by itself at {_moment(now + timedelta(seconds=wait))}."


def _moment(at: datetime) -> str:
    return at.strftime("%b %-d, %H:%M UTC")
