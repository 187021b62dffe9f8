"""Reads the sample's stories: who wrote what to whom, how many days ago, and which row of the product it plays."""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Berlin")
STORIES = ("silences", "machines", "answers", "decisions", "conversations")

ROWS = {
    "sent": "my mail in Sent, any linked mailbox",
    "sent-alias": "my mail from a send-as alias",
    "follow-up": "a follow-up of mine",
    "chased-twice": "an application and two follow-ups without anything new",
    "chased-five-times": "five follow-ups over five weeks, silent",
    "draft": "my draft",
    "scheduled": "my scheduled mail",
    "undone-send": "my undone send",
    "to-self": "mail to myself",
    "bounced": "my mail that bounced",
    "bounce": "the report that it bounced",
    "delayed": "a report that delivery is delayed",
    "live-exchange": "my reply within a live exchange",
    "thank-you": "my thank-you within 48 h of an interview",
    "forward": "forward of the thread to a third person",
    "reply-same-thread": "human mail from the recipient, same thread",
    "reply-new-thread": "human mail from the recipient, new thread",
    "reply-other-address": "human mail from another known address",
    "colleague-in-thread": "human mail from a colleague in the same thread",
    "same-company": "human mail from the same company in another thread",
    "last-word-theirs": "the last message is theirs",
    "out-of-office": "out of office with a return date",
    "receipt": "application receipt",
    "rejection-no-reply": "rejection from a no-reply address",
    "rejection-human": "rejection from a person",
    "interview-invitation": "interview invitation",
    "scheduling-link": "scheduling link",
    "calendar-request": "calendar request",
    "calendar-accept": "calendar accept",
    "read-receipt": "read receipt",
    "newsletter": "newsletter",
    "job-alert": "job alert",
    "reply-in-spam": "a reply found in Spam",
    "reply-in-rule-folder": "a reply in a rule folder",
    "reply-in-other-mailbox": "a reply in the other linked mailbox",
    "promise-pending": "a promise that is still running",
    "promise-slipped": "a promise whose day has passed",
    "on-hold": "the position is on hold",
    "private": "ordinary private mail",
}
"""Row id -> what a message plays: a kind of contact, or a case of the advice."""

_DATE = re.compile(r"\{\{(workday)([+-]\d+)\}\}")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str
    style: str = "gmail"
    signature: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        return self.name, self.address


@dataclass(frozen=True, slots=True)
class Scene:
    """One message of a story. `at` and `starts` are aware; `answers` and `about` are keys of other scenes."""

    key: str
    at: datetime
    sender: Person
    to: tuple[Person, ...]
    subject: str
    text: str = ""
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    answers: str = ""
    about: str = ""
    form: str = "letter"
    folder: str = ""
    style: str = ""
    diagnosis: str = ""
    attachment: str = ""
    starts: datetime | None = None
    plays: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call the person may log by hand; `outcome` is no_answer, message_left or spoke."""

    at: datetime
    recipient: str
    outcome: str


@cache
def _document(name: str) -> dict[str, list[dict[str, object]]]:
    text = files("connectors.simulator").joinpath(f"sample_mail/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def people() -> dict[str, Person]:
    text = files("connectors.simulator").joinpath("sample_mail/people.toml").read_text("utf-8")
    return {key: Person(**entry) for key, entry in tomllib.loads(text).items()}


def person(name: str) -> Person:
    """By key, or written out as `Name <address>`."""
    known = people().get(name)
    if known:
        return known
    label, _, address = name.partition("<")
    return Person(label.strip(), address.strip(" >"))


def moment(today: date, when: str) -> datetime:
    """`13 09:02` is thirteen days before today, at that time in Berlin; the days may be negative."""
    days, _, clock = when.partition(" ")
    return datetime.combine(today - timedelta(days=int(days)), time.fromisoformat(clock), tzinfo=HOME)


def workday(today: date, days: int) -> date:
    """So many days from today, moved on to Monday when it falls on a week-end."""
    found = today + timedelta(days=days)
    return found + timedelta(days=max(0, 7 - found.weekday()) if found.weekday() > 4 else 0)


def filled(text: str, today: date) -> str:
    """The text with its dates written in, as "Thursday, November 26"."""

    def written(found: re.Match[str]) -> str:
        day = workday(today, int(found[2]))
        return f"{day:%A, %B} {day.day}"

    return _DATE.sub(written, text).strip()


def scenes(today: date) -> list[Scene]:
    """All hand-written messages, oldest first."""
    entries = [entry for story in STORIES for entry in _document(story).get("mail", [])]
    return sorted((_scene(today, entry) for entry in entries), key=lambda scene: scene.at)


def calls(today: date) -> list[Call]:
    entries = [entry for story in STORIES for entry in _document(story).get("call", [])]
    return [
        Call(moment(today, f"{entry['days']} {entry['time']}"), str(entry["recipient"]), str(entry["outcome"]))
        for entry in entries
    ]


def _scene(today: date, entry: dict[str, object]) -> Scene:
    words = {name: str(entry.get(name, "")) for name in ("answers", "about", "folder", "style", "diagnosis")}
    headers = entry.get("headers")
    return Scene(
        key=str(entry["key"]),
        at=moment(today, str(entry["when"])),
        sender=person(str(entry.get("from", "Mail Delivery Subsystem <mailer-daemon@mx.example>"))),
        to=_people(entry, "to") or (person("ana"),),
        subject=str(entry["subject"]),
        text=filled(str(entry.get("text", "")), today),
        cc=_people(entry, "cc"),
        bcc=_people(entry, "bcc"),
        form=str(entry.get("form", "letter")),
        attachment=str(entry.get("attachment", "")),
        starts=moment(today, str(entry["starts"])) if "starts" in entry else None,
        plays=tuple(_list(entry, "plays")),
        headers=dict(headers) if isinstance(headers, dict) else {},
        **words,
    )


def _people(entry: dict[str, object], name: str) -> tuple[Person, ...]:
    return tuple(person(one) for one in _list(entry, name))


def _list(entry: dict[str, object], name: str) -> list[str]:
    found = entry.get(name, [])
    return [str(one) for one in found] if isinstance(found, list) else []
