"""Words for the person: states, stages, channels and what each entry of a time line is, in one place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.services.history import Entry

STATES: dict[str, tuple[str, str]] = {
    "your_turn": ("Your turn", "They asked, or the wait is over. Something useful is welcome."),
    "waiting": ("Waiting", "It is their move. The date says when a message is fine again."),
    "enough": ("Enough", "Enough is out. The hour is better spent on another door."),
    "answered": ("Answered", "They wrote last; nothing is open."),
    "closed": ("Closed", "Over, by their word, by yours, or by silence."),
    "muted": ("Quiet", "You asked not to hear about these."),
}

ACCOUNT_STATES: dict[str, str] = {
    "linking": "Linked, about to be read",
    "backfilling": "Being read for the first time",
    "live": "Up to date",
    "catching_up": "Catching up",
    "degraded": "Working, more slowly",
    "throttled": "The provider asks for a pause",
    "needs_relink": "Needs to be linked again",
    "admin_blocked": "Blocked by the administrator",
    "missing_permission": "A permission is missing",
    "misconfigured": "The set-up needs a look",
    "storage_full": "The disk is full",
    "erasing": "Being unlinked",
}

STAGES: dict[str, str] = {
    "cold": "cold mail",
    "networking": "networking",
    "applied": "applied",
    "screen": "first call",
    "interview": "interview",
    "final": "final round",
    "offer": "offer",
}

CHANNELS: dict[str, str] = {"email": "mail", "call": "call", "voicemail": "voice mail", "other": "by hand"}
SOURCES: dict[str, str] = {"mail": "mail", "logged": "logged by you", "inferred": "inferred"}
PROVIDERS: dict[str, str] = {"google": "Gmail", "microsoft": "Outlook"}
CORRECTIONS: dict[str, str] = {
    "answered_elsewhere": "Answered elsewhere",
    "not_job_search": "Not about a job search",
    "job_search": "About a job search",
    "other_recipient": "Meant for someone else",
    "not_a_touch": "Not a follow-up",
}

_MINE = {"email": "Your mail", "call": "Your call, nobody answered", "voicemail": "Your voice mail"}


def what_of(entry: Entry) -> str:
    """What an entry is, in a few words: Your voice mail, Their reply, They are away until Mon Nov 30."""
    if entry.what == "touch":
        return _touch(entry)
    if entry.what == "reply":
        return _reply(entry)
    if entry.what == "promise":
        return f"They said by {day(entry.until)}" if entry.until else "They named no date"
    if entry.what == "absence":
        return f"Away until {day(entry.until)}" if entry.until else "Away"
    return entry.title


def _touch(entry: Entry) -> str:
    if entry.direction == "both":
        return "You spoke"
    said = _MINE.get(entry.channel, "Your message")
    return said if entry.delivered else f"{said}, did not arrive"


def _reply(entry: Entry) -> str:
    if entry.key.startswith("elsewhere:"):
        return "Answered elsewhere, as you said"
    return "Their word, as you noted it" if entry.source == "logged" else "Their reply"


def subject_of(entry: Entry) -> str:
    """The subject or quote that belongs beside what an entry is; empty where it would say the same twice."""
    if entry.what == "promise":
        return f"“{entry.title}”" if entry.title else ""
    if entry.what in {"touch", "reply"}:
        return entry.title
    return entry.note


def day(of: date) -> str:
    """Mon Nov 30"""
    return f"{of:%a %b} {of.day}"


def soon(of: date, today: date) -> str:
    """today, tomorrow, or the day"""
    return {0: "today", 1: "tomorrow"}.get((of - today).days, day(of))


def full_day(of: date) -> str:
    """Mon Nov 30, 2026"""
    return f"{day(of)}, {of.year}"


def moment(at: datetime, zone: str) -> str:
    """Mon Nov 30, 14:05, on the clock of an IANA zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local)}, {local:%H:%M}"


def ago(at: datetime | None, now: datetime, zone: str) -> str:
    """today, yesterday, 6 days ago, 5 weeks ago, by the calendar of the zone; never for None."""
    if at is None:
        return "never"
    place = ZoneInfo(zone)
    days = (now.astimezone(place).date() - at.astimezone(place).date()).days
    if days < 2:
        return "yesterday" if days == 1 else "today"
    return f"{days} days ago" if days < 21 else f"{round(days / 7)} weeks ago"


def local_input(at: datetime, zone: str) -> str:
    """2026-11-22T10:05, on the clock of the zone: the value of a datetime-local field."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def instant_of(local: str, zone: str) -> datetime:
    """The instant a datetime-local field names. Raises ValueError when it names none."""
    try:
        return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError as error:  # on the first and last day there are
        raise ValueError(local) from error
