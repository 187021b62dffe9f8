"""The history of a scenario as facts: each entry read once, then seen from one recipient."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.cadence.rules.exemptions import is_named
from app.cadence.thread import Channel, Signals
from app.reading.facts import BY_HAND, InboundReading, Kind, LoggedFact, MessageFact, OutboundReading
from app.reading.identity import message_key, reference_keys
from app.reading.matters import matter_of
from app.reading.noted import promise_noted, refuses
from app.reading.outbound import read_draft
from app.reading.people import is_automatic, organisation, same_company
from app.reading.promises import find_noted_promise
from app.reading.read_once import read_once
from app.reading.row_messages import message_of
from app.reading.rows import Row, instant_of
from app.reading.subjects import matter_of as subject_matter
from connectors.message import Message

_LONGEST_HISTORY = 10_000
_SHORTEST_NAME = 4
_LONG_NAME = 8
_LONG_WORD = 6
_WITHOUT_SUBJECT = "without a subject"
_AHEAD = timedelta(days=1)  # clocks differ; a year that is wrong differs by more
_PHONE = frozenset({Channel.CALL, Channel.VOICEMAIL})
_OUTCOMES = frozenset({"no_answer", "message_left", "spoke"})
_SPOKE = re.compile(
    r"\b(?:spoke|talked|chatted|(?:reached|got|caught) (?:hold of )?(?:her|him|them|(?-i:[A-Z][a-z]+))\b|"
    r"(?:she|he|they) (?:said|told|picked up|answered|asked|wants?|wanted|needs?|promised|will|would like)|"
    r"picked up|had a (?:good |short |quick |nice |long )?(?:call|chat|talk|conversation)|got through)\b",
    re.IGNORECASE,
)
_NOT_SPOKE = re.compile(
    r"\b(?:nobody|no[ -]?one|none of them|left a message|hung up)\b|"
    r"\b(?:front desk|reception(?:ist)?|switchboard|secretary|counter)\b.{0,25}"
    r"\b(?:said|says|told|took|would|busy|answered)\b|"
    r"\b(?:manager|boss|owner|chef|he|she) (?:is|was) (?:out|not in|in a meeting)\b|"
    r"\b(?:no (?:answer|reply|response)|not (?:answer|pick)|n't (?:answer|pick|reach)|missed|voice ?mail|rang out)",
    re.I,
)
_PRESENTS = re.compile(r"\b[A-Z][\w'-]+(?: [A-Z][\w'-]+)?,? (?:here )?(?:from|of|at|with) ([^.,;!?\n]{3,60})")
_AUTOMATIC = frozenset({Kind.ATS_RECEIPT, Kind.REJECTION, Kind.OOO, Kind.AUTO_REPLY, Kind.BOUNCE})


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a history. `key` is its place, `people` whom it went to.

    `note` is its text for calls, `outcome` what the entry says came of one, `zone` the IANA zone its days are in.
    """

    key: str
    at: datetime
    outbound: bool
    channel: Channel
    subject: str
    people: tuple[str, ...]
    message: Message
    reading: InboundReading | OutboundReading
    note: str = ""
    outcome: str = ""
    zone: str = "UTC"


def read_events(row: Row, now: datetime, zone: str) -> tuple[Event, ...]:
    """The entries of `history`, in order of time.

    Raises ValueError, naming the entry, for a missing or impossible value and for a time later than `now`.
    """
    history = row.get("history", [])
    if history is None:
        history = []
    if not isinstance(history, list) or len(history) > _LONGEST_HISTORY:
        raise ValueError(f"history is not a list of at most {_LONGEST_HISTORY} entries")
    events = [_event(entry, place, now=now, zone=zone) for place, entry in enumerate(history)]
    return tuple(sorted(events, key=lambda event: (event.at, int(event.key))))


def _event(entry: object, place: int, *, now: datetime, zone: str) -> Event:
    where = f"history[{place}]."
    if not isinstance(entry, dict):
        raise ValueError(f"history[{place}] is not an object")
    at = instant_of(entry, "at", where=where).astimezone(UTC)
    if at > now + _AHEAD:
        raise ValueError(f"{where}at lies after now")
    if entry.get("direction") not in ("in", "out"):
        raise ValueError(f"{where}direction is neither in nor out")
    channel = entry.get("channel", "email")
    if channel not in list(Channel):
        raise ValueError(f"{where}channel is none of email, call, voicemail")
    outbound = entry["direction"] == "out"
    message = message_of(entry, at, key=str(place), where=where)
    people = tuple(person.address for person in (*message.to, *message.cc, *message.bcc))
    return Event(
        key=str(place),
        at=at,
        outbound=outbound,
        channel=Channel(channel),
        subject=message.subject,
        people=people,
        message=message,
        reading=_reading(message, Channel(channel), outbound=outbound, zone=zone),
        note=message.text,
        outcome=entry["outcome"] if entry.get("outcome") in _OUTCOMES else "",
        zone=zone,
    )


def _reading(message: Message, channel: Channel, *, outbound: bool, zone: str) -> InboundReading | OutboundReading:
    if outbound and channel is not Channel.EMAIL:
        return OutboundReading(_said(channel, message), matter=matter_of(message.subject, message.text))
    return read_once(message, outbound=outbound, zone=zone)


def _said(channel: Channel, message: Message) -> Signals:
    return read_draft(channel.value, message.subject, message.text)


def facts_of(recipient: str, events: Sequence[Event]) -> tuple[tuple[MessageFact, ...], tuple[LoggedFact, ...]]:
    """The mails of the history, and the calls to this recipient."""
    mails = [event for event in events if not event.outbound or event.channel not in (*_PHONE, Channel.OTHER)]
    calls = [event for event in events if event.outbound and event not in mails and recipient in event.people]
    home = _home(recipient, events)
    return tuple(_mail(event, recipient, home) for event in mails), tuple(_call(event) for event in calls)


def name_of(recipient: str, events: Sequence[Event]) -> str:
    """The name the person wrote the recipient under, or the one they sign with; empty when there is none."""
    messages = [event.message for event in events]
    people = (person for message in messages for person in (*message.to, *message.cc, message.sender) if person)
    return next((person.name for person in people if person.address == recipient and person.name), "")


def _home(recipient: str, events: Sequence[Event]) -> str:
    """The thread of the first mail to the recipient."""
    sent = (event for event in events if event.outbound and recipient in event.people)
    return next((f"on {matter}" for event in sent if (matter := subject_matter(event.subject))), _WITHOUT_SUBJECT)


def _mail(event: Event, recipient: str, home: str) -> MessageFact:
    sender = event.message.sender
    address = sender.address if sender else ""
    return MessageFact(
        key=event.key,
        at=event.at,
        outbound=event.outbound,
        message_key=message_key(event.message) if event.message.message_id else f"row-{event.key}",
        thread_key=_thread_key(event, recipient, home),
        sender=address if "@" in address or event.outbound else recipient,
        sender_name=sender.name if sender else "",
        people=event.people,
        reading=_as_read(event),
        reference_keys=reference_keys(event.message),
        channel=event.channel,
    )


def _as_read(event: Event) -> InboundReading | OutboundReading:
    """A call of theirs is a word from them, whatever its note is like."""
    if event.outbound or event.channel is Channel.EMAIL or not isinstance(event.reading, InboundReading):
        return event.reading
    automatic = event.reading.kind in _AUTOMATIC and event.reading.kind is not Kind.REJECTION
    if automatic or (event.reading.closure and not refuses(event.note)):
        return InboundReading()
    if event.reading.promise:
        return event.reading
    return replace(event.reading, promise=find_noted_promise(event.note, event.at, event.zone))


def _thread_key(event: Event, recipient: str, home: str) -> str:
    """What a provider's thread would be. A row has none, so its subject stands for it."""
    matter = subject_matter(event.subject)
    if not event.outbound and _belongs(event, recipient):
        return home
    if matter:
        return f"on {matter}"
    return home if event.outbound and recipient in event.people else f"alone {event.key}"


def _belongs(event: Event, recipient: str) -> bool:
    """What a provider's thread, a full name or the references of a mail would tell, and a row does not hold.

    A call of theirs; mail that quotes what went to the recipient; mail under the recipient's name from elsewhere;
    automatic mail that names their company, and any from a sister domain of it.
    """
    sender = event.message.sender
    if sender is None or event.channel is not Channel.EMAIL or recipient in event.message.text.lower():
        return True
    if is_named(recipient, sender.name.lower() or _spelled(sender.address)):
        return True
    if _same_mailbox_name(recipient, sender.address):
        return True
    company = organisation(recipient).partition(".")[0]
    if len(company) < _SHORTEST_NAME:
        return False
    sister = company in sender.address.partition("@")[2] and not same_company(sender.address, [recipient])
    return (
        sister or _names_itself(company, event) or (_is_of_a_machine(event, sender.address) and _names(company, event))
    )


def _is_of_a_machine(event: Event, sender: str) -> bool:
    kind = event.reading.kind if isinstance(event.reading, InboundReading) else None
    return kind in _AUTOMATIC or kind is Kind.CALENDAR or is_automatic(sender)


def _names(company: str, event: Event) -> bool:
    """Whether a mail names a company as its domain spells it, or in words: "Almond Valley Tools"."""
    sender = event.message.sender
    said = f"{event.subject} {sender.name if sender else ''} {event.message.text[:4000]}".lower()
    plain = company.replace("-", "")
    return company in said or (len(plain) >= _LONG_NAME and plain in re.sub(r"[^a-z0-9]", "", said))


def _names_itself(company: str, event: Event) -> bool:
    """Whether somebody says that they write from there: "Pere from the Montseny workshop" of tallermontseny.example."""
    if not (isinstance(event.reading, InboundReading) and event.reading.kind is Kind.REPLY):
        return False
    presented = _PRESENTS.findall(event.message.text[:400])
    words = {word for said in presented for word in re.findall(rf"[a-z]{{{_LONG_WORD},}}", said.lower())}
    return any(word in company for word in words)


def _same_mailbox_name(address: str, other: str) -> bool:
    """ "dana.kowalski@acme.example" and "dana.kowalski@home.example": a first and a last name before the @."""
    local = address.partition("@")[0]
    return local == other.partition("@")[0] and re.fullmatch(r"[a-z]{2,}[._-][a-z]{3,}", local) is not None


def _spelled(address: str) -> str:
    """The full name a mailbox spells: "bora ozal" of bora.ozal@home.example; empty where it spells none."""
    words = re.split(r"[._-]", address.partition("@")[0])
    return " ".join(words) if len(words) > 1 and all(word.isalpha() and len(word) > 1 for word in words) else ""


def _call(event: Event) -> LoggedFact:
    signals = event.reading.signals if isinstance(event.reading, OutboundReading) else Signals()
    matter = event.reading.matter if event.note.strip() else BY_HAND
    outcome = _outcome(event)
    promise = promise_noted(event.note, event.at, event.zone) if outcome == "spoke" else None
    return LoggedFact(
        event.key, event.at, event.channel.value, outcome, promise=promise, signals=signals, matter=matter
    )


def _outcome(event: Event) -> str:
    if event.outcome:
        return event.outcome
    if event.channel is Channel.VOICEMAIL:
        return "message_left"
    spoke = _SPOKE.search(event.note) is not None and _NOT_SPOKE.search(event.note) is None
    return "spoke" if spoke else "no_answer"
