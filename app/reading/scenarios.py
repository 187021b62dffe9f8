"""One row of `aftertouch judge`: a history and a draft in, the verdict out. Nothing but the row is looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cadence.judge import judge
from app.cadence.thread import Channel, Draft, Reply, Stage, Thread, Touch
from app.cadence.verdict import Level, Verdict
from app.reading.facts import Matter
from app.reading.histories import Event, facts_of, name_of, read_events
from app.reading.matters import matter_of
from app.reading.outbound import passes_on, read_draft
from app.reading.people import same_company
from app.reading.places import country_at
from app.reading.quotes import new_text
from app.reading.rows import Row, instant_of, people_of, row_id, text_of
from app.reading.second_doors import open_beside
from app.reading.subjects import is_another_opening
from app.reading.subjects import matter_of as subject_matter
from app.reading.threads import build_thread

_MOST_RECIPIENTS_JUDGED = 50
_MOST_LOOKED_AT = 20_000
_HOUR = timedelta(hours=1)
_ZONES_BESIDE_THE_HOUR = {
    timedelta(hours=5, minutes=30): "Asia/Kolkata",
    timedelta(hours=5, minutes=45): "Asia/Kathmandu",
    timedelta(hours=3, minutes=30): "Asia/Tehran",
    timedelta(hours=4, minutes=30): "Asia/Kabul",
    timedelta(hours=6, minutes=30): "Asia/Yangon",
    timedelta(hours=9, minutes=30): "Australia/Darwin",
    timedelta(hours=-3, minutes=-30): "America/St_Johns",
}


def judge_row(row: Row) -> dict[str, Any]:
    """A scenario of the contract to `{"id", "level", "headline", "warnings", "next_good_date", "stage"}`.

    Evidence points at places in `history`. Days are counted at the offset of `now`. Of several recipients of the
    draft the one with the most severe verdict decides. Raises ValueError, in one sentence that names the field,
    for what is missing, of a wrong type, too long, or later than `now`.
    """
    name, now = row_id(row), instant_of(row, "now")
    zone = zone_of(now)
    stage = _stage(row)
    draft, people = _draft(row)
    events = read_events(row, now, zone)
    verdicts = [_verdict(recipient, draft, events, now=now, zone=zone, stage=stage) for recipient in people]
    worst = max(verdicts, key=lambda verdict: verdict.level.severity)
    return {"id": name, **_answer(worst)}


def zone_of(now: datetime) -> str:
    """An IANA zone with the offset `now` has; the nearest full hour for offsets no zone of today has."""
    offset = now.utcoffset() or timedelta(0)
    if offset in _ZONES_BESIDE_THE_HOUR:
        return _ZONES_BESIDE_THE_HOUR[offset]
    hours = max(-12, min(14, round(offset / _HOUR)))
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def _stage(row: Row) -> Stage | None:
    value = row.get("stage")
    if value is None:
        return None
    if value not in list(Stage):
        raise ValueError(f"stage is none of {', '.join(Stage)}")
    return Stage(value)


def _draft(row: Row) -> tuple[Row, tuple[str, ...]]:
    draft = row.get("draft")
    if not isinstance(draft, dict):
        raise ValueError("draft is missing or not an object")
    if draft.get("channel", "email") not in list(Channel):
        raise ValueError("draft.channel is none of email, call, voicemail")
    people = (*people_of(draft, "to", where="draft."), *people_of(draft, "cc", where="draft."))
    if not people:
        raise ValueError("draft.to names nobody")
    addresses = dict.fromkeys(person.address for person in people)
    return draft, tuple(addresses)[:_MOST_RECIPIENTS_JUDGED]


def _verdict(
    recipient: str, row: Row, events: Sequence[Event], *, now: datetime, zone: str, stage: Stage | None
) -> Verdict:
    messages, logged = facts_of(recipient, events)
    name = name_of(recipient, events)
    thread = build_thread(
        recipient, frozenset({recipient}), messages, logged, name=name, stage=stage, draft=_matter(row)
    )
    draft, nearby = draft_of(row, thread, events), _nearby(thread, events)
    if not (nearby or thread.touches or thread.replies) and _is_passed_on(row):
        return Verdict(Level.CLEAR, reason="You are passing this on to somebody else.")
    country = country_at(now)
    return judge(thread, draft, now.astimezone(UTC), zone=zone, country=country, nearby=nearby)


def _is_passed_on(draft: Row) -> bool:
    subject, text = (text_of(draft, name, where="draft.", default="") for name in ("subject", "text"))
    return passes_on(subject, text[:_MOST_LOOKED_AT])


def draft_of(row: Row, thread: Thread, events: Sequence[Event]) -> Draft:
    """The draft of a row as the extension would report it for this thread. Raises ValueError for a wrong value."""
    channel = Channel(row.get("channel", "email"))
    subject, text = (text_of(row, name, where="draft.", default="") for name in ("subject", "text"))
    to = tuple(person.address for person in people_of(row, "to", where="draft."))
    signals = read_draft(channel.value, subject, text)
    continues = _continues(subject, thread.replies, events)
    if not (signals.asks_for_news or signals.empty) and is_another_opening(subject, text, _subjects(thread, events)):
        signals = replace(signals, new_opportunity=True)
    return Draft(channel, to, signals, in_reply=continues)


def _subjects(thread: Thread, events: Sequence[Event]) -> list[str]:
    """The subjects of what went to and came from this recipient."""
    keys = {touch.key for touch in thread.touches} | {reply.key for reply in thread.replies}
    return [event.subject for event in events if event.key in keys]


def _matter(draft: Row) -> Matter:
    """What the draft's text is about: one letter more that speaks for the search or for private life."""
    return matter_of("", new_text(text_of(draft, "text", where="draft.", default="")))


def _continues(subject: str, replies: Sequence[Reply], events: Sequence[Event]) -> bool:
    """Whether the draft bears the subject of their newest mail."""
    if not replies or not subject_matter(subject):
        return False
    newest = next((event for event in events if event.key == replies[-1].key), None)
    return newest is not None and subject_matter(newest.subject) == subject_matter(subject)


def _nearby(thread: Thread, events: Sequence[Event]) -> tuple[Touch, ...]:
    """Unanswered touches to other people of the recipient's company."""
    recipient = thread.recipient
    others = {person for event in events if event.outbound for person in event.people if person != recipient}
    colleagues = sorted(other for other in others if same_company(other, [recipient]))
    return open_beside([recipient], thread, (_thread_with(other, events) for other in colleagues))


def _thread_with(other: str, events: Sequence[Event]) -> Thread:
    messages, logged = facts_of(other, events)
    return build_thread(other, frozenset({other}), messages, logged, name=name_of(other, events))


def _answer(verdict: Verdict) -> dict[str, Any]:
    return {
        "level": verdict.level.value,
        "headline": verdict.headline,
        "warnings": [
            {
                "rule": warning.rule,
                "level": warning.level.value,
                "message": warning.message,
                "instead": warning.instead,
                "evidence": [int(key) for key in warning.evidence if key.isdigit()],
            }
            for warning in verdict.warnings
        ],
        "next_good_date": verdict.next_good_date.isoformat() if verdict.next_good_date else None,
        "stage": verdict.stage.value if verdict.stage else None,
    }
