"""The signs around a day named in an absence notice, by which it is weighed (see `absences`)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.reading.received.dating import Dated
from app.reading.received.phrases import families
from app.reading.received.sentences import Sentence
from app.reading.received.spans import Today

FROM_TO = frozenset({"days of month", "weekdays", "numerics", "numerics day first"})
"""Meanings of expressions that name a first and a last day."""
_NEAR = 48
_LONG_WEEKEND = timedelta(days=5)
_WORD = re.compile(r"[a-z']+|\d+|[,.:;!?()-]")
_RETURN = re.compile(
    r"(?<!get )(?<!come )\b(?:back|return\w*|again|rejoin|resum\w*|re-?open\w*|zuruck|vuelvo|regreso)\b"
)
_NOT = re.compile(r"\b(?:until|till|not|no|bis|nicht|hasta)\b|n't\b")
_AHEAD_OF_IT = frozenset({"returns", "away", "absence_ends", "absence_begins"})
_BEHIND_IT = frozenset({"returns", "returns_behind", "away"})
_IN_SENTENCE = frozenset(
    {"away", "absent", "returns", "inclusive", "points_to", "others_away"}
    | {"absence_over", "hypothetical", "gone", "return_unknown"}
)
_OF_WEEK = ("monday", "midweek", "midweek", "midweek", "friday", "weekend", "weekend")


@dataclass(frozen=True, slots=True)
class Named:
    """A day named in a sentence, at a place among its days; `is_counted_on` of a weekday that may be meant to follow
    a day named before: whether it is read so, None of all other days."""

    sentence: Sentence
    place: int
    dated: Dated
    is_subject: bool = False
    is_counted_on: bool | None = None


def signs_of(named: Named, every: Sequence[Named], today: Today) -> frozenset[str]:
    """What the day is and the words, phrases and other days around it."""
    return frozenset(
        (
            "any",
            *_of_itself(named, today),
            *_of_words(named, today),
            *_of_phrases(named),
            *_of_others(named, every, today),
        )
    )


def _of_itself(named: Named, today: Today) -> Iterator[str]:
    dated, span = named.dated, named.dated.span
    weekday = _OF_WEEK[span.last.weekday()]
    yield from (f"bound {dated.bound}", f"is {dated.meaning}", weekday, f"{weekday} {dated.bound}")
    yield f"is {dated.meaning} {dated.bound}"
    if span.counted:
        yield "counted"
    elif span.first < span.last:
        yield from ("ranged", f"ranged {dated.bound}")
    if span.last <= today.day:
        yield "not ahead"
    if named.is_subject:
        yield "in subject"
    if named.is_counted_on is not None:
        yield "counted on" if named.is_counted_on else "not counted on"


def _around(named: Named, today: Today) -> tuple[str, str]:
    """The text before and behind it, up to the next days."""
    text, days, dated = named.sentence.folded, named.sentence.dates(today), named.dated
    begin = days[named.place - 1].end if named.place else 0
    end = days[named.place + 1].start if named.place + 1 < len(days) else len(text)
    return text[max(begin, dated.start - _NEAR) : dated.start], text[dated.end : min(end, dated.end + _NEAR)]


def _of_words(named: Named, today: Today) -> Iterator[str]:
    before, behind = _around(named, today)
    ahead, after = _words(before), _words(behind)
    yield f"{ahead[-1] if ahead else '^'} _"
    yield f"_ {after[0] if after else '$'}"
    if len(ahead) > 1:
        yield f"{ahead[-2]} {ahead[-1]} _"
    refused = "not " if _NOT.search(before) else ""
    for family in families(before, _AHEAD_OF_IT):
        yield f"{refused}@{family} _"
    if _RETURN.search(before):
        yield f"{refused}@back _"
    for family in families(behind, _BEHIND_IT):
        yield f"_ @{family}"


def _words(text: str) -> list[str]:
    return ["#" if word.isdigit() else word for word in _WORD.findall(text)]


def _of_phrases(named: Named) -> Iterator[str]:
    bound = named.dated.bound
    for family in named.sentence.kinds & _IN_SENTENCE:
        yield from (f"@{family}", f"@{family} {bound}")
    if _RETURN.search(named.sentence.folded):
        yield "@back"


def _of_others(named: Named, every: Sequence[Named], today: Today) -> Iterator[str]:
    span, days = named.dated.span, named.sentence.dates(today)
    others = [other.dated.span for other in every if other.dated is not named.dated and not other.is_subject]
    yield "others" if others else "alone"
    if others and named.dated is every[-1].dated:
        yield "last"
    if named.dated is every[0].dated:
        yield "first"
    if len(days) > 1:
        yield {0: "first of sentence", len(days) - 1: "last of sentence"}.get(named.place, "within")
    if named.place and not span.counted and days[named.place - 1].span.first < span.first:
        yield from ("ends pair", f"ends pair {named.dated.bound}")
    if any(_is_next(other.last, span.first, today) for other in others):
        yield "follows"
    if any(_is_next(span.last, other.first, today) for other in others):
        yield "is followed"
    if any(other.first > span.last for other in others):
        yield "later named"
    if any(other.last < span.first for other in others):
        yield "earlier named"


def _is_next(day: date, following: date, today: Today) -> bool:
    """Whether the one is the working day after the other."""
    return day < following <= day + _LONG_WEEKEND and following == today.calendar.after(day, 1)
