"""What a letter asks of the person, and the words of its first question."""

import re

from app.reading.received.letter import Letter, Line
from app.reading.received.sentences import straight

_LONGEST_QUESTION = 160
_KINDS = (
    "offer",
    "time_slots",
    "interview",
    "availability",
    "document",
    "references",
    "salary",
    "notice_period",
    "start_date",
    "portfolio",
    "form",
    "call",
)
_FAMILIES = {f"ask_{kind}": kind for kind in _KINDS}
_SPEAK_FOR_THEMSELVES = frozenset({"ask_offer", "ask_interview", "ask_time_slots", "ask_call"})
_THEIR_OWN = re.compile(
    r"\b(?:we|i|they|he|she|someone|team|hr)(?:'ll|'d| will| would| shall| have| can)? (?:\w+ ){0,2}$|"
    r"\b(?:thanks?|thank you) (?:\w+ ){0,4}$|"
    r"\b(?:received|got|reviewed|reviewing|attached|love|loved|enjoyed|read) (?:\w+ ){0,4}$"
)
_ORDER = re.compile(r"(?:^|[,;:]\s*|\b(?:and|then|to|please|bitte) )(?:\w+ly )?$")
_IN_HAND = re.compile(r"\b(?:do|would) you (?:already |still |also )?(?:have|hold)\b|\bhave you (?:got )?an?\b")
_NEEDED = re.compile(r"(?:still |also )?(?:need|require|missing|waiting for|lack|haven't|have not)\b")


def asks_of(letter: Letter) -> tuple[tuple[str, ...], str]:
    """The kinds of asks in order of the list above, "information" when it is none of them; and the first question."""
    kinds: set[str] = set()
    question = ""
    for line in letter.lines:
        asked = _asked(line)
        if asked and not question:
            question = _short(line)
        kinds |= asked
    return tuple(kind for kind in (*_KINDS, "information") if kind in kinds), question


def _asked(line: Line) -> set[str]:
    """Kinds of asks in a sentence. "Do you have a certificate?" may be answered in words as well."""
    requests = line.sentence.asks or not line.kinds.isdisjoint({"their_ask", "ask_information"})
    found = {
        _FAMILIES[family]
        for family in line.kinds & _FAMILIES.keys()
        if (requests or family in _SPEAK_FOR_THEMSELVES or _is_order(line, family)) and not _is_their_own(line, family)
    }
    if found and ("hypothetical" not in line.kinds or line.sentence.asks or "their_ask" in line.kinds):
        return found | {"information"} if line.sentence.asks and _IN_HAND.search(line.folded) else found
    if "ask_information" in line.kinds and not line.kinds & {"not_ask", "invites_contact"}:
        return {"information"}
    return set()


def _is_order(line: Line, family: str) -> bool:
    """Whether the phrase opens the sentence or a part of it, as orders do ("Send me your CV")."""
    return any(_ORDER.search(line.folded[:start]) for start, _ in line.sentence.spots(family))


def _is_their_own(line: Line, family: str) -> bool:
    """What they will send, or thank for, is not asked for; a question mark overrules."""
    if line.sentence.asks or family in _SPEAK_FOR_THEMSELVES:
        return False
    return all(
        _THEIR_OWN.search(line.folded[max(0, start - 40) : start]) and not _NEEDED.match(line.folded, start)
        for start, _ in line.sentence.spots(family)
    )


def _short(line: Line) -> str:
    said = " ".join(straight(line.sentence.said).split())
    return said if len(said) <= _LONGEST_QUESTION else said[: _LONGEST_QUESTION - 1].rstrip() + "…"
