"""Subjects without the marks that mail programs put before them."""

import re

from app.cadence.thread import Stage
from app.reading.received.sentences import fold

_LONGEST = 400
_MARK = re.compile(
    r"^(?:(?:re|aw|fwd?|wg|sv|rv|tr|antw|vs|ref|res|enc|i|r|doorst|automatic reply|auto(?:matic)? ?reply|out of office|"
    r"undeliverable|accepted|declined|invitation)(?:\[\d+\])? ?: ?|\[[^\]]{1,30}\] ?)+"
)

_TALKS = re.compile(
    r"\b(?:interview|vorstellungsgesprach|entrevista|entretien|colloquio|trial (?:shift|day)|on-?site)s?\b"
)
_NOT_OURS = re.compile(r"\b(?:informational|podcast|magazine|journalis\w+|availab\w+|request\w*|tips?|questions?)\b")
_STAGES = (
    (Stage.FINAL, re.compile(r"\b(?:final|last) (?:round|interview|stage)\b")),
    (Stage.SCREEN, re.compile(r"\b(?:phone|recruiter|screening|intro(?:ductory)?) (?:screen|call|interview)\b")),
    (Stage.INTERVIEW, _TALKS),
    (
        Stage.APPLIED,
        re.compile(
            r"\b(?:applications?|applying|apply|applicant|vacanc(?:y|ies)|requisition|req\.? ?#?\d+|cv|resume|"
            r"cover letter|bewerbung|candidature|candidatura|solicitud|sollicitatie)\b"
        ),
    ),
)


def stage_in(subject: str) -> Stage | None:
    """The stage of hiring a subject names ("Re: Second interview, lab manager"), None when it names none."""
    line = matter_of(subject)
    if _NOT_OURS.search(line):
        return None
    return next((stage for stage, named in _STAGES if named.search(line)), None)


def matter_of(subject: str) -> str:
    """The folded subject without "Re:", "Fwd:", "[External]" and their like; what two mails on one matter share."""
    return _MARK.sub("", fold(subject[:_LONGEST])).strip(" .")
