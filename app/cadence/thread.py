"""A thread as the etiquette sees it: touches, replies, notices, a draft. Values only; datetimes are aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    CALL = "call"
    VOICEMAIL = "voicemail"
    OTHER = "other"


class Stage(StrEnum):
    COLD = "cold"
    NETWORKING = "networking"
    APPLIED = "applied"
    SCREEN = "screen"
    INTERVIEW = "interview"
    FINAL = "final"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Signals:
    """What a text of the person's own says, without the text.

    The extension computes the same record from a draft and sends exactly this; the sync computes it
    for every sent message. `words` counts what is left after greeting, courtesies and sign-off.
    `value` holds kinds of added value, `value_score` the sum of their weights. `answers` holds the
    kinds of asks the text meets. `signature` is a MinHash over word triples (32-bit integers): it
    finds a repeated text and cannot give it back. `barely_annoyed` texts sound annoyed by so little that it
    may be chance. `apologetic` texts plead, if they do, by nothing but apologies. `language` is an ISO 639-1 code,
    None when unsure; tone and value are left empty for languages without a lexicon.
    """

    language: str | None = None
    words: int = 0
    asks_for_news: bool = False
    empty: bool = False
    value: tuple[str, ...] = ()
    value_score: float = 0.0
    answers: tuple[str, ...] = ()
    annoyed: bool = False
    barely_annoyed: bool = False
    threat: bool = False
    pressure: bool = False
    pleading: bool = False
    apologetic: bool = False
    argues: bool = False
    thanks: bool = False
    logistics: bool = False
    correction: bool = False
    acceptance: bool = False
    withdrawal: bool = False
    competing_offer: bool = False
    new_opportunity: bool = False
    signature: tuple[int, ...] = ()


NO_SIGNALS = Signals()


@dataclass(frozen=True, slots=True)
class Touch:
    """One message, call or voice mail from the person. `key` is what evidence points at.

    `delivered` is False when it bounced (then it does not count). `spoke` is True for a call that
    reached the recipient. `to` holds lower-case addresses. `stage` is that of its own thread, for a touch told beside
    another one.
    """

    key: str
    at: datetime
    channel: Channel = Channel.EMAIL
    to: tuple[str, ...] = ()
    signals: Signals = NO_SIGNALS
    delivered: bool = True
    spoke: bool = False
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A date range the recipient gave. `invites` means a follow-up is welcome from `end` on, without grace.

    Both dates None is an open promise ("soon"). `quote` is the short phrase they used.
    """

    start: date | None
    end: date | None
    quote: str = ""
    invites: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One human message back (or a call they answered or made).

    `asks` holds kinds of open questions, `question` the short quote of the first one. `no_contact` is
    "all" or "phone". `names` holds addresses or names they pointed to. `meeting` marks an invitation or
    an agreed meeting, `met` a look back on one. `closes` is a rejection or "position filled". `cue` is the
    stage it speaks of, `deadline` the last day of an offer it makes.
    """

    key: str
    at: datetime
    channel: Channel = Channel.EMAIL
    sender: str = ""
    promise: Promise | None = None
    asks: tuple[str, ...] = ()
    question: str = ""
    closes: bool = False
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
    deadline: date | None = None


class NoticeKind(StrEnum):
    RECEIPT = "receipt"
    ABSENCE = "absence"
    REJECTION = "rejection"
    BOUNCE = "bounce"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Notice:
    """Automatic mail that is no reply but says something.

    `until` is the return date of an absence or the end of a hold; `names` a colleague named in it;
    `address` the address that bounced; `reason` why. `no_contact` is "phone" where a receipt asks for no calls,
    `promise` the date a receipt gives for their answer.
    """

    key: str
    at: datetime
    kind: NoticeKind
    until: date | None = None
    names: tuple[str, ...] = ()
    address: str = ""
    reason: str = ""
    no_contact: str | None = None
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """All touches, replies and notices of one recipient and one matter, each in order of time.

    `stage` is set by hand and wins; `cues` are stages inferred from mail, with when each was read.
    `country` is an ISO 3166 code for the recipient's holidays, `zone` an IANA name for their hours. `hints` are mails
    of colleagues elsewhere that may be an answer; while the person has not said, they soften and do not count.
    """

    recipient: str
    touches: tuple[Touch, ...] = ()
    replies: tuple[Reply, ...] = ()
    notices: tuple[Notice, ...] = ()
    stage: Stage | None = None
    cues: tuple[tuple[datetime, Stage], ...] = ()
    country: str | None = None
    zone: str | None = None
    industry: str | None = None
    job_contact: bool = True
    hints: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to go out. `signals` None means nothing of its text is known yet.

    `in_reply` is True when it is composed inside the provider thread of their newest message.
    """

    channel: Channel = Channel.EMAIL
    to: tuple[str, ...] = ()
    signals: Signals | None = None
    in_reply: bool = False
