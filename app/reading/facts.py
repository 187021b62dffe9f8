"""What is kept of a message after it was read once: small facts, no letter. Pure values, JSON-able."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.cadence.thread import NO_SIGNALS, Channel, Promise, Signals, Stage


@dataclass(frozen=True, slots=True)
class Matter:
    """How clearly a letter speaks of a search for work, how clearly of anything else, and a trade it names.

    Both are sums of small weights over listed words, 0 when none stands in it; of the words nothing is kept.
    """

    job: int = 0
    private: int = 0
    industry: str = ""


NO_MATTER = Matter()
BY_HAND = Matter(job=2)
"""Whom the person logs a call to is part of their search."""


class Kind(StrEnum):
    """What an incoming message is; the words of `aftertouch read inbound`."""

    REPLY = "reply"
    AUTO_REPLY = "auto-reply"
    OOO = "ooo"
    ATS_RECEIPT = "ats-receipt"
    BOUNCE = "bounce"
    REJECTION = "rejection"
    CALENDAR = "calendar"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class InboundReading:
    """What an incoming message says. `promise.quote` and `question` are the only words kept of it.

    `failed_address` is who a bounce is about, `failed_reference` the message key it is about;
    `bounce_reason` "delayed" means it may still arrive.
    `calendar_method` is REQUEST, REPLY, CANCEL or COUNTER. `no_contact` is "all" or "phone". `deadline` is the last
    day of an offer they make. `met` looks back on one. `matter` says what it is about.
    """

    kind: Kind = Kind.REPLY
    return_date: date | None = None
    promise: Promise | None = None
    closure: bool = False
    asks: tuple[str, ...] = ()
    question: str = ""
    on_hold: bool = False
    hold_until: date | None = None
    no_contact: str | None = None
    invites_call: bool = False
    invites_contact: bool = False
    invites_often: bool = False
    meeting: bool = False
    met: bool = False
    names: tuple[str, ...] = ()
    cue: Stage | None = None
    failed_address: str = ""
    failed_reference: str = ""
    bounce_reason: str = ""
    calendar_method: str | None = None
    deadline: date | None = None
    matter: Matter = NO_MATTER


@dataclass(frozen=True, slots=True)
class OutboundReading:
    """What a message of the person's own says. `cue` is the stage it speaks of (an application, a cold mail).

    `matter` says what it is about.
    """

    signals: Signals = NO_SIGNALS
    cue: Stage | None = None
    forward: bool = False
    matter: Matter = NO_MATTER


@dataclass(frozen=True, slots=True)
class MessageFact:
    """One stored message. `key` is its evidence key, unique per person.

    `message_key` identifies the same letter in two folders or two mailboxes (a hash of Message-ID, or of
    sender, recipients, date and subject); `reference_keys` are the message keys it answers. `people` holds
    every address of To, Cc and Bcc. `thread_key` joins account and provider thread id. `channel` is email but for
    calls of theirs in a scenario.
    """

    key: str
    at: datetime
    outbound: bool
    message_key: str
    thread_key: str
    sender: str
    sender_name: str
    people: tuple[str, ...]
    reading: InboundReading | OutboundReading
    reference_keys: tuple[str, ...] = ()
    folder: str = "other"
    channel: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class LoggedFact:
    """A call, voice mail or other contact the person logged. `outcome` is no_answer, message_left or spoke."""

    key: str
    at: datetime
    channel: str
    outcome: str
    mood: str | None = None
    promise: Promise | None = None
    signals: Signals = NO_SIGNALS
    matter: Matter = BY_HAND


class CorrectionKind(StrEnum):
    """JOB_SEARCH takes back what NOT_JOB_SEARCH, or the reading of private words, said: the newest of the two wins."""

    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NOT_JOB_SEARCH = "not_job_search"
    JOB_SEARCH = "job_search"
    OTHER_RECIPIENT = "other_recipient"
    NOT_A_TOUCH = "not_a_touch"


ABOUT_A_MESSAGE = (CorrectionKind.NOT_A_TOUCH, CorrectionKind.OTHER_RECIPIENT)
"""What takes one message away; the other corrections are about the recipient as a whole."""


@dataclass(frozen=True, slots=True)
class CorrectionFact:
    """What the person set right. `subject_key` is the evidence key it is about, empty for the whole recipient."""

    kind: CorrectionKind
    at: datetime
    subject_key: str = ""
