"""The form that logs a call: what was typed, checked, and kept when something is missing."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Form

from app.services.errors import WrongInput
from app.services.history import Entry
from app.services.logging_touches import TouchToLog
from app.web.words import instant_of, local_input

KINDS = {
    "attempt": ("call", "no_answer", "I called, nobody answered"),
    "voicemail": ("voicemail", "message_left", "I left a voice mail"),
    "spoke": ("call", "spoke", "We spoke"),
    "mail": ("email", "message_left", "I sent a mail"),
    "other": ("other", "message_left", "I wrote another way: form, chat or letter"),
}
CHOICES = [(value, words) for value, (_, _, words) in KINDS.items()]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. `at` is a local time as a datetime-local field gives it; `once` names this form."""

    recipient: str = ""
    kind: str = "attempt"
    at: str = ""
    note: str = ""
    once: str = field(default_factory=lambda: secrets.token_urlsafe(12))


def typed(
    recipient: Annotated[str, Form(max_length=320)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    at: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=200)] = "",
    once: Annotated[str, Form(max_length=100)] = "",
) -> Typed:
    return Typed(recipient.strip(), kind, at, note.strip(), once or secrets.token_urlsafe(12))


def fresh(now: datetime, zone: str) -> Typed:
    return Typed(at=local_input(now, zone))


def touch_from(form: Typed, zone: str) -> TouchToLog:
    """Raises WrongInput with what to mend."""
    if "@" not in form.recipient and not _is_id(form.recipient):
        raise WrongInput("Give the address of the person this was with.")
    channel, outcome, at = kind_and_time(form, zone)
    return TouchToLog(form.recipient, channel, outcome, at, note_promise=form.note or None, idempotency_key=form.once)


def kind_and_time(form: Typed, zone: str) -> tuple[str, str, datetime]:
    """(channel, outcome, instant). Raises WrongInput."""
    if form.kind not in KINDS:
        raise WrongInput("Say what it was: a call, a voice mail, or something else.")
    try:
        at = instant_of(form.at, zone)
    except ValueError:
        raise WrongInput("Give the day and time, such as 2026-11-22 10:05.") from None
    channel, outcome, _ = KINDS[form.kind]
    return channel, outcome, at


def kind_of(entry: Entry) -> str:
    """Which choice of the form an entry is."""
    if entry.direction == "both":
        return "spoke"
    return {"call": "attempt", "voicemail": "voicemail", "email": "mail"}.get(entry.channel, "other")


def _is_id(text: str) -> bool:
    return len(text) == 32 and text.isalnum()
