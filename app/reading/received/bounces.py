"""Reads delivery reports: who was not reached, which letter it was, and whether it may still arrive."""

import re
from dataclasses import dataclass
from email.message import Message as Mail
from email.parser import Parser

from flufl.bounce import all_failures

from app.reading.identity import keys_of
from app.reading.received.letter import Letter, addresses_in, body_of

_LONGEST = 32 * 1024
_FINAL = re.compile(r"^(?:final|original)-recipient\s*:\s*(?:rfc822|utf-8)\s*;\s*<?([^\s<>]{3,320})", re.I | re.M)
_ACTION = re.compile(r"^action\s*:\s*(failed|delayed|delivered|relayed|expanded)", re.I | re.M)
_STATUS = re.compile(r"^status\s*:\s*([245])\.", re.I | re.M)
_MESSAGE_ID = re.compile(r"^message-id\s*:\s*<?([^\s<>]{3,990})", re.I | re.M)
_OURS = ("mailer-daemon", "postmaster", "no-reply", "noreply")


@dataclass(frozen=True, slots=True)
class Bounce:
    """`address` may be empty when nothing names it; `reference` is a message key; `reason` is "delayed" or "failed"."""

    address: str
    reference: str
    reason: str


def bounce_of(letter: Letter) -> Bounce:
    """What a message already known for a delivery report says."""
    report = "\n".join(letter.message.reports)[:_LONGEST]
    text = f"{report}\n{body_of(letter.message)[:_LONGEST]}"
    named = _MESSAGE_ID.search(text)
    keys = keys_of([named[1]]) if named else ()
    return Bounce(_address(letter, text), keys[0] if keys else "", "delayed" if _is_delayed(letter, text) else "failed")


def _address(letter: Letter, text: str) -> str:
    header = addresses_in(letter.header("x-failed-recipients"))
    if header:
        return header[0]
    if final := _FINAL.search(text):
        return final[1].lower()
    mine = {address.address for address in (*letter.message.to, *letter.message.cc)} | {letter.sender}
    found = [*_by_format(letter, text), *addresses_in(text)]
    return next((address for address in found if address not in mine and not address.startswith(_OURS)), "")


def _by_format(letter: Letter, text: str) -> list[str]:
    """The many home-made formats of mail servers, which flufl.bounce knows."""
    mail: Mail = Parser().parsestr(f"From: {letter.sender}\nSubject: {letter.subject}\n\n{text}")
    try:
        failures = all_failures(mail)
    except Exception:  # its detectors index into lines that hostile reports do not have
        return []
    return sorted(_text(address) for group in failures for address in group)


def _text(address: bytes | str) -> str:
    return (address.decode("ascii", "replace") if isinstance(address, bytes) else address).lower()


def _is_delayed(letter: Letter, text: str) -> bool:
    actions = {found.lower() for found in _ACTION.findall(text)}
    if actions:
        return "failed" not in actions and "delayed" in actions
    classes = set(_STATUS.findall(text))
    if classes:
        return "5" not in classes and "4" in classes
    return "delayed" in letter.kinds | letter.subject_kinds
