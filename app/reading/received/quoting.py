"""Cuts a sentence to the few words that promise, at the borders of its clauses, for a headline of one line."""

import re

from app.reading.received.dating import Dated
from app.reading.received.phrases import families
from app.reading.received.sentences import Sentence, straight

LONGEST = 60
"""Characters of a quoted phrase: what a headline has room for beside the date it runs to."""
CLAUSE = re.compile(
    r"[,;:()]\s|\s-\s|\s(?:and|but|so|then|which|because|since|while|und|aber|sodass|damit|y|pero|e|however)\s"
)
_SUBJECT = re.compile(
    r"\b(?:we|i|they|he|she|someone|somebody|hr|wir|ich)(?:'ll|'d|'re|'m)?(?= )|\byou(?:'ll| will| should| can)(?= )"
)
_LEADS_IN = re.compile(r"^(?:so|then|and|but|und|dann|y|entonces) ", re.IGNORECASE)
_PROMISES = frozenset({"act"})
_AROUND = " \t.,;:!()-\"'"


def promising_words(sentence: Sentence, dated: Dated | None) -> str:
    """At most 60 characters of the clause that holds the date, or the promise where none is given."""
    said = " ".join(straight(sentence.said).split())
    start, end = _place(sentence, dated, said)
    first, last = _clause(said, start, end)
    while first > 0 and not families(said[first:last].lower(), _PROMISES):
        first, last = _clause(said, first - 2, last)
    if last - first > LONGEST:
        last = max(end, said.rfind(" ", first, first + LONGEST))
        first = _later_beginning(said, first, start, last)
    return _shortened(_LEADS_IN.sub("", said[first:last].strip(_AROUND), count=1))


def _place(sentence: Sentence, dated: Dated | None, said: str) -> tuple[int, int]:
    """Where in the words as written the date stands, or the first phrase that promises."""
    found = (dated.start, dated.end) if dated else next(iter(sentence.spots("act")), (0, 0))
    if len(said) == len(sentence.folded):
        return found
    start = max(0, said.lower().find(sentence.folded[found[0] : found[1]]))
    return start, min(len(said), start + found[1] - found[0])


def _clause(said: str, start: int, end: int) -> tuple[int, int]:
    first, last = 0, len(said)
    for edge in CLAUSE.finditer(said.lower()):
        if edge.end() <= start:
            first = edge.end()
        elif edge.start() >= end:
            return first, edge.start()
    return first, last


def _later_beginning(said: str, first: int, start: int, last: int) -> int:
    """The last subject ahead of the date from which all of it fits."""
    subjects = [first + found.start() for found in _SUBJECT.finditer(said[first:start].lower())]
    return next((place for place in subjects if last - place <= LONGEST), first)


def _shortened(phrase: str) -> str:
    """Cut at words: the end is kept, for there the date stands."""
    if len(phrase) <= LONGEST:
        return phrase
    return "…" + phrase[-(LONGEST - 1) :].partition(" ")[2]
