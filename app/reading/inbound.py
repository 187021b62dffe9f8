"""Reads one received message: what kind it is and what it says, once, when it arrives."""

from collections.abc import Sequence

from app.cadence.thread import Stage
from app.reading.deadlines import offer_deadline
from app.reading.facts import InboundReading, Kind
from app.reading.pointers import people_in
from app.reading.promises import promise_of, today_of
from app.reading.received.absences import return_date
from app.reading.received.asks import asks_of
from app.reading.received.bounces import bounce_of
from app.reading.received.closure import Ending, ending_of
from app.reading.received.invitations import invites
from app.reading.received.kinds import calendar_method, kind_of
from app.reading.received.letter import Letter, Line, addresses_in, open_letter
from app.reading.received.spans import Today
from app.reading.received.stages import stage_cue
from connectors.message import Message

READER_VERSION = 12
_MOST_NAMES = 5
_MEETING_ASKS = frozenset({"interview", "time_slots"})
_MEETING_WORDS = (
    "call",
    "interview",
    "meet",
    "chat",
    "talk",
    "speak",
    "gesprach",
    "entrevista",
    "termin",
    "zoom",
    "screen",
)


def read_inbound(message: Message, *, zone: str = "UTC") -> InboundReading:
    """What the message says; days are those of the recipient's IANA `zone` (UTC when unknown or no zone at all).

    Never raises on any mail: 64 KB of text, 240 sentences and 2,000 characters a header are read, no more.
    """
    return read_letter(open_letter(message), zone=zone)


def read_letter(letter: Letter, *, zone: str = "UTC") -> InboundReading:
    """As `read_inbound`, of a letter already opened."""
    today = _today(letter.message, zone)
    asks, question = asks_of(letter)
    ending = ending_of(letter, today, asks=bool(asks))
    meets = _meets(letter, asks)
    kind = kind_of(letter, asks, ending, meets=meets, today=today)
    if kind is Kind.BOUNCE:
        return _read_bounce(letter)
    if kind in (Kind.REPLY, Kind.REJECTION, Kind.CALENDAR):
        return _read_words(letter, today, ending, kind=kind, asks=asks, question=question)
    return InboundReading(
        kind=kind,
        return_date=return_date(letter, today) if kind is Kind.OOO else None,
        promise=promise_of([line.sentence for line in letter.lines], today) if kind is not Kind.LIST else None,
        on_hold=ending.on_hold and kind is not Kind.LIST,
        hold_until=ending.until if ending.on_hold else None,
        no_contact=ending.no_contact if kind is Kind.ATS_RECEIPT else None,
        names=_names(letter, absent=kind is Kind.OOO) if kind in (Kind.OOO, Kind.AUTO_REPLY) else (),
        cue=Stage.APPLIED if kind is Kind.ATS_RECEIPT else None,
    )


def _today(message: Message, zone: str) -> Today:
    try:
        return today_of(message.at, zone)
    except ValueError:
        return today_of(message.at, "UTC")


def _read_bounce(letter: Letter) -> InboundReading:
    bounce = bounce_of(letter)
    return InboundReading(
        kind=Kind.BOUNCE,
        failed_address=bounce.address,
        failed_reference=bounce.reference,
        bounce_reason=bounce.reason,
    )


def _read_words(
    letter: Letter, today: Today, ending: Ending, *, kind: Kind, asks: tuple[str, ...], question: str
) -> InboundReading:
    method = calendar_method(letter)
    rejects = kind is Kind.REJECTION
    said = [line.sentence for line in letter.lines]
    inviting = [line for line in letter.lines if invites(line.sentence)]
    cue = None if rejects else stage_cue(letter)
    return InboundReading(
        kind=kind,
        promise=None if rejects else promise_of(said, today),
        closure=rejects,
        asks=() if rejects else asks,
        question="" if rejects else question,
        on_hold=ending.on_hold,
        hold_until=ending.until,
        no_contact=ending.no_contact,
        invites_call=ending.no_contact is None and "invites_call" in letter.kinds,
        invites_contact=ending.no_contact is None and bool(inviting),
        invites_often=_invites_often(letter, inviting),
        meeting=not rejects
        and (method in ("REQUEST", "COUNTER") or _meets(letter, asks) or _is_told(letter, "appoints")),
        met="has_met" in letter.kinds,
        names=_names(letter),
        cue=cue,
        calendar_method=method,
        deadline=None if rejects else offer_deadline(said, today, offers=cue is Stage.OFFER),
    )


def _meets(letter: Letter, asks: tuple[str, ...]) -> bool:
    """An invitation or an appointment made."""
    if _is_told(letter, "meets") or not _MEETING_ASKS.isdisjoint(asks):
        return True
    asked = letter.with_kind("ask_availability", "ask_call") if {"availability", "call"} & set(asks) else ()
    return any(word in line.folded for line in asked for word in _MEETING_WORDS)


def _is_told(letter: Letter, family: str) -> bool:
    return any("hypothetical" not in line.kinds for line in letter.with_kind(family))


def _invites_often(letter: Letter, inviting: Sequence[Line]) -> bool:
    """Every week, or by phone as often as it takes."""
    if "invites_call" in letter.kinds and "calls_again" in letter.kinds:
        return True
    return any("invites_often" in line.kinds for line in inviting)


def _names(letter: Letter, *, absent: bool = False) -> tuple[str, ...]:
    """Addresses they point to, other than their own and those written to, and people they name.

    In a note of absence every line may point to somebody.
    """
    lines = letter.lines if absent else letter.with_kind("points_to", "absent", "gone")
    pointing = " ".join(line.sentence.said for line in lines)
    if not pointing:
        return ()
    known = {letter.sender, *(person.address for person in (*letter.message.to, *letter.message.reply_to))}
    addresses = [address for address in addresses_in(pointing) if address not in known]
    return (*addresses, *people_in(pointing))[:_MOST_NAMES]
