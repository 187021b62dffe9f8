"""When somebody is back, out of the words of an absence notice: of the days it names the likeliest.

A day that is named is the day of return itself, or the last one away, before the next working day. How much each sign
around it weighs was learned by scripts/weigh-absences from the labelled notices under tests/reading/cases.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import islice

from app.reading.lexicons import lexicon
from app.reading.received.absence_signs import FROM_TO, Named, signs_of
from app.reading.received.dating import Dated
from app.reading.received.letter import Letter
from app.reading.received.sentences import Sentence
from app.reading.received.spans import Span, Today

BACK, AWAY = "back", "away"
"""What a day may be: the first one back, or the last one away."""
_MOST = 24
_WEEKDAY_ALONE = re.compile(r"(?:(?:the|that) )?(?:following )?[a-z]+\.?")
_SAID_TO_FOLLOW = re.compile(r"(?:after(?:wards)?|following|thereafter|darauf|danach|siguiente|suivant)\b")
_HABIT = re.compile(
    r"\b(?:working (?:days|week|pattern)|(?:i|we) (?:only |usually |normally )?work|(?:office|working) hours)\b"
)
_FROM_A_DAY = "length from a day"


@dataclass(frozen=True, slots=True)
class Choice:
    """A day somebody may be back on, and the signs by which it is weighed as a BACK or an AWAY."""

    day: date
    part: str
    signs: frozenset[str]


def return_date(letter: Letter, today: Today) -> date | None:
    """The first day they are back, as an absence notice tells it; None when it is not said."""
    likeliest, most = None, 0
    for choice in choices(letter, today):
        known = _weights()[choice.part]
        weight = sum([known[sign] for sign in choice.signs if sign in known])
        if weight > most:
            likeliest, most = choice.day, weight
    return likeliest


def choices(letter: Letter, today: Today) -> Iterator[Choice]:
    """What the first 24 expressions of time leave open, in their order; no day before today."""
    named = list(islice(_named(letter, today), _MOST))
    for each in named:
        signs = signs_of(each, named, today)
        for part, day in ((BACK, _itself(each.dated, today)), (AWAY, today.calendar.after(each.dated.span.last, 1))):
            if day is not None and day >= today.day:
                yield Choice(day, part, signs)


def _itself(dated: Dated, today: Today) -> date | None:
    if dated.meaning in FROM_TO and dated.span.first < dated.span.last:
        return None
    if dated.meaning == _FROM_A_DAY:
        return today.calendar.after(dated.span.last - timedelta(days=1), 1)
    return dated.span.last if dated.span.counted else dated.span.first


def _named(letter: Letter, today: Today) -> Iterator[Named]:
    earlier: date | None = None
    for line in letter.lines:
        days = line.sentence.dates(today)
        for place, dated in enumerate(days):
            if place and _is_apposed(line.folded, days[place - 1], dated):
                continue
            moved = _counted_on(line.sentence, dated, earlier) if earlier else None
            if moved and _is_said_to_follow(line.sentence, dated):
                yield Named(line.sentence, place, moved)
                continue
            yield Named(line.sentence, place, dated, is_counted_on=False if moved else None)
            if moved:
                yield Named(line.sentence, place, moved, is_counted_on=True)
            if ends := _counted_from(days, dated, today):
                yield Named(line.sentence, place, ends)
            if not dated.span.counted and dated.span.last >= today.day and not _HABIT.search(line.folded):
                earlier = dated.span.last
    subject = Sentence(letter.subject, letter.subject)
    for place, dated in enumerate(subject.dates(today)):
        yield Named(subject, place, dated, is_subject=True)


def _is_apposed(folded: str, before: Dated, dated: Dated) -> bool:
    """ "Tomorrow, Thursday", "today or tomorrow (Wed/Thu)": the weekdays name the same days once more."""
    near = before.meaning in ("today", "tomorrow") and dated.meaning in ("weekday", "weekdays")
    return near and not folded[before.end : dated.start].strip(" (,-")


def _counted_on(sentence: Sentence, dated: Dated, earlier: date) -> Dated | None:
    """ "It ends on 15 May, back the Monday": a bare weekday may be counted on from the day named before it."""
    if dated.meaning != "weekday" or not _WEEKDAY_ALONE.fullmatch(sentence.folded, dated.start, dated.end):
        return None
    day = earlier + timedelta(days=(dated.span.first.weekday() - earlier.weekday()) % 7)
    return replace(dated, span=Span(day, day)) if day > dated.span.first else None


def _is_said_to_follow(sentence: Sentence, dated: Dated) -> bool:
    """ "The following Monday", "the Monday after": no other than the one behind the day named before."""
    said = sentence.folded
    return "following" in said[dated.start : dated.end] or _SAID_TO_FOLLOW.match(said, dated.end + 1) is not None


def _counted_from(days: Sequence[Dated], length: Dated, today: Today) -> Dated | None:
    """ "Two weeks from the 23rd": where a length ends that begins on a day its sentence names."""
    begins = next((other for other in days if other.bound == "from" and not other.span.counted), None)
    if begins is None or not length.span.counted or length.bound in ("by", "until"):
        return None
    day = begins.span.first + (length.span.last - today.day)
    return replace(length, span=Span(day, day), meaning=_FROM_A_DAY)


@cache
def _weights() -> Mapping[str, Mapping[str, int]]:
    content: Mapping[str, Mapping[str, int]] = lexicon("absences")
    return content
