"""Reads a message of either direction, once, when it arrives: what it says and what it is about."""

from dataclasses import replace

from app.reading.facts import InboundReading, OutboundReading
from app.reading.inbound import read_letter
from app.reading.matters import matter_of
from app.reading.outbound import read_sent
from app.reading.quotes import new_text
from app.reading.received.letter import body_of, open_letter
from connectors.message import Message


def read_once(message: Message, *, outbound: bool, zone: str = "UTC") -> InboundReading | OutboundReading:
    """All that is kept of a message; days are those of the IANA `zone`. Never raises on any mail."""
    if outbound:
        return replace(read_sent(message), matter=matter_of(message.subject, new_text(body_of(message))))
    letter = open_letter(message)
    return replace(read_letter(letter, zone=zone), matter=matter_of(message.subject, letter.new))
