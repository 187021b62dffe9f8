"""When somebody is back, out of the words of an absence notice."""

import re
from datetime import date

from app.reading.received.dating import Dated
from app.reading.received.letter import Letter
from app.reading.received.phrases import families
from app.reading.received.sentences import Sentence
from app.reading.received.spans import Today

_NEAR = 48
_BACK = re.compile(r"(?<!get )(?<!come )\b(?:back|return\w*|again|rejoin|resum\w*|re-?open\w*|zuruck|vuelvo|regreso)\b")
_RANGES = frozenset({"days of month", "weekdays", "numerics", "numerics day first"})
_BEGIN_IT = frozenset({"month name", "season", "next week", "whole month", "new year"})
_AHEAD_OF_IT, _BEHIND_IT = frozenset({"returns"}), frozenset({"returns_behind"})
_VAGUE = frozenset({"holidays", "christmas"})
_ENDS_INCLUDED = frozenset({"end of week", "end of month", "end of year", "part of this month", "part of month"})


def return_date(letter: Letter, today: Today) -> date | None:
    """The day they are back: the one named with "back", else behind the last day away; None when not said."""
    said = [*(line.sentence for line in letter.lines), Sentence(letter.subject, letter.subject)]
    for reading in (_named_return, _end_of_absence):
        for sentence in said:
            back = reading(sentence, today)
            if back is not None and today.day <= back:
                return back
    return None


def _named_return(sentence: Sentence, today: Today) -> date | None:
    """ "Back on D", "returning D", "available again from D"."""
    text, last_end = sentence.folded, 0
    for dated in sentence.dates(today):
        before = text[max(last_end, dated.start - _NEAR) : dated.start]
        named = bool(families(before, _AHEAD_OF_IT) or families(text[dated.end : dated.end + _NEAR], _BEHIND_IT))
        if dated.span.counted and not _BACK.search(before):
            named = False
        if named and dated.bound not in ("until", "past") and not _is_negated(before):
            if dated.bound == "after":
                return today.calendar.after(dated.span.last, 1)
            return dated.span.last if dated.span.counted else dated.span.first
        last_end = dated.end
    return None


def _is_negated(before: str) -> bool:
    return any(word in before for word in ("until", " not be back", "nicht", "bis ", "hasta"))


def _end_of_absence(sentence: Sentence, today: Today) -> date | None:
    text, kinds, dates = sentence.folded, sentence.kinds, sentence.dates(today)
    if not dates or (kinds.isdisjoint({"away", "absent", "ooo_subject"}) and not _BACK.search(text)):
        return None
    dates = tuple(dated for dated in dates if dated.meaning not in _VAGUE) or dates
    last = max(dates, key=lambda dated: dated.span.last)
    reaches = last.bound == "until" or (last.bound == "by" and "bis" in text)
    ranged = last.meaning in _RANGES and last.span.first < last.span.last
    pair = len(dates) > 1 and min(dated.span.first for dated in dates) < last.span.first
    written_out = pair and all(dated.meaning == "day of month" for dated in dates)
    if last.span.counted:
        return last.span.last
    if reaches and (last.meaning in _BEGIN_IT or _is_some_part(last)):
        return last.span.first
    if reaches and not pair and "inclusive" not in kinds and last.meaning not in _ENDS_INCLUDED:
        return last.span.last
    if reaches and not written_out and last.span.last.weekday() == 0 and "inclusive" not in kinds:
        return last.span.last
    if reaches or ranged or pair or "inclusive" in kinds or last.span.last >= today.day:
        return today.calendar.after(last.span.last, 1)
    return None


def _is_some_part(dated: Dated) -> bool:
    """Early or the middle of something: "until the start of December" ends as it begins."""
    return dated.meaning.startswith("part of") and dated.span.first < dated.span.last
