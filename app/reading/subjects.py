"""Subjects without the marks that mail programs put before them."""

import re
from collections.abc import Iterable

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

_APPLIES = re.compile(
    r"\b(?:apply|applying) (?:for|to|as)\b|\bmy application (?:for|to|as)\b|\bbewerbe mich\b|\bmeine bewerbung\b|"
    r"\bpresento mi candidatura\b|\bconsider me for\b"
)
_NAMES_A_POST = re.compile(
    r"\b(?:put|putting) me forward\b|\b(?:cv|resume)\b.{0,20}\b(?:for (?:that|this|it)|attached)\b|"
    r"\b(?:saw|seen|spotted|noticed|came across|see that)\b.{0,60}"
    r"\b(?:role|job|post|position|vacancy|opening|ad|advert)\b|"
    r"\b(?:you(?:'re| are)|your \w+ (?:is|are)) (?:now |also |currently |again )?"
    r"(?:looking for|hiring|seeking|recruiting|advertising(?: for)?|taking on) (?:an?|another|new|somebody|someone)\b|"
    r"\binterested in\b.{0,40}\b(?:role|job|post|position|vacancy|opening)\b"
)
_WORDS = re.compile(r"[a-z]{4,}|\d{3,}")
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "application applications applying apply applicant resume cover letter position role vacancy opening post "
        "posted posting advertised job jobs requisition reference update status question request follow following news "
        "hello dear thank thanks your from with about regarding full part time bewerbung stelle candidatura "
        "candidature solicitud puesto january february march april june july august september october "
        "november december",
    )
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


def is_another_opening(subject: str, text: str, earlier: Iterable[str]) -> bool:
    """Whether a new letter applies under a subject that shares no word of substance with any subject before it.

    The same opening under another name keeps a word of it ("Latin teacher", "Re: status, Latin"); where the earlier
    subjects name nothing, this cannot be told. A subject that answers ("Re: ...") is never another opening.
    """
    if _MARK.search(fold(subject[:_LONGEST])):
        return False
    known = frozenset().union(*(_substance(each) for each in earlier))
    named = _substance(subject)
    if not known or not named or not known.isdisjoint(named):
        return False
    said = fold(text[:_LONGEST])
    if stage_in(subject) is Stage.APPLIED or _APPLIES.search(said):
        return True
    return _NAMES_A_POST.search(said) is not None and not named.isdisjoint(_WORDS.findall(said))


def _substance(subject: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(matter_of(subject))) - _EMPTY_WORDS
