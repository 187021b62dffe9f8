"""May we speak of silence? Only when every linked mailbox is live and was looked at a moment ago."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.store.accounts import Account

SPEAKING_STATES = frozenset({"live", "throttled", "catching_up", "degraded"})
FRESH_POLLS = 2
AWAY_POLLS = 5
"""A mailbox whose person is away is polled every so many polls' time."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """`name` is complete, partial, stale or none; `why` tells the person what is missing and what to do about it.

    `as_of` is the moment up to which every mailbox is known, None when one was never seen whole. `proven` says that
    a mailbox which is still being read was asked about just these recipients.
    """

    name: str
    as_of: datetime | None
    why: str = ""
    proven: bool = False

    @property
    def allows_verdict(self) -> bool:
        """Nothing linked is fine too: then only what was logged by hand is judged, and nothing is missing."""
        return self.proven or self.name in {"complete", "none"}


def coverage_of(
    accounts: Sequence[Account], now: datetime, *, poll_seconds: int, probed: Collection[str] = ()
) -> Coverage:
    """The coverage of all linked mailboxes together: the worst of them decides.

    `probed` are the ids of mailboxes still being read that were asked about the recipients at `now`.
    """
    if not accounts:
        return Coverage("none", None)
    seen = [now if account.id in probed else account.as_of for account in accounts]
    as_of = None if None in seen else min(at for at in seen if at is not None)
    for account in accounts:
        if account.state not in SPEAKING_STATES and account.state not in {"linking", "backfilling"}:
            return Coverage("stale" if account.as_of else "partial", as_of, _cannot_see(account))
    for account in accounts:
        if account.as_of is None and account.id not in probed:
            return Coverage("partial", None, _not_yet(account))
    assert as_of is not None
    if now - as_of > timedelta(seconds=FRESH_POLLS * poll_seconds):
        oldest = min(accounts, key=lambda account: account.as_of or now)
        return Coverage("stale", as_of, f"Can't check: {oldest.address} was last seen {_clock(as_of)} UTC.")
    return Coverage("partial", as_of, proven=True) if probed else Coverage("complete", as_of)


def coverage_of_a_page(accounts: Sequence[Account], now: datetime, *, poll_seconds: int) -> Coverage:
    """The coverage of what is only looked at: a mailbox polled as for somebody who was away is up to date."""
    return coverage_of(accounts, now, poll_seconds=poll_seconds * AWAY_POLLS)


def _cannot_see(account: Account) -> str:
    return f"Can't check {account.address}. {account.next_action}".strip()


def _not_yet(account: Account) -> str:
    if account.progress_done is None:
        return f"Can't say yet: {account.address} is being read for the first time."
    of = f" of {account.progress_total}" if account.progress_total else ""
    return f"Can't say yet: {account.address} is being read, {account.progress_done}{of} messages so far."


def _clock(at: datetime) -> str:
    return at.strftime("%b %-d, %H:%M")
