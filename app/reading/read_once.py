"""Reads a message of either direction, once, when it arrives: what it says and what it is about."""

from dataclasses import replace

from app.reading.facts import InboundReading, Kind, OutboundReading
from app.reading.inbound import read_letter
from app.reading.matters import matter_of
from app.reading.outbound import read_sent
from app.reading.quotes import new_text
from app.reading.received.letter import body_of, open_letter
from app.reading.subjects import stage_in
from connectors.message import Message

_OF_A_PERSON = frozenset({Kind.REPLY, Kind.CALENDAR})


def read_once(message: Message, *, outbound: bool, zone: str = "UTC") -> InboundReading | OutboundReading:
    """All that is kept of a message; days are those of the IANA `zone`. Never raises on any mail.

    Where the text speaks of no stage, the subject may.
    """
    if outbound:
        sent = read_sent(message)
        matter = matter_of(message.subject, new_text(body_of(message)))
        return replace(sent, cue=sent.cue or stage_in(message.subject), matter=matter)
    letter = open_letter(message)
    read = read_letter(letter, zone=zone)
    cue = read.cue or (stage_in(message.subject) if read.kind in _OF_A_PERSON else None)
    return replace(read, cue=cue, matter=matter_of(message.subject, letter.new))
