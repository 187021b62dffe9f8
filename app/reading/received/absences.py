"""When somebody is back, out of the words of an absence notice: of the days it names the likeliest.

A day that is named is the day of return itself, or the last one away, before the next working day. How much each sign
around it weighs was learned by scripts/weigh-absences from the labelled notices under tests/reading/cases.
"""

from collections.abc import Iterator, Mapping
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
        for part, day in ((BACK, _itself(each.dated)), (AWAY, today.calendar.after(each.dated.span.last, 1))):
            if day is not None and day >= today.day:
                yield Choice(day, part, signs)


def _itself(dated: Dated) -> date | None:
    if dated.meaning in FROM_TO and dated.span.first < dated.span.last:
        return None
    return dated.span.last if dated.span.counted else dated.span.first


def _named(letter: Letter, today: Today) -> Iterator[Named]:
    earlier: date | None = None
    for line in letter.lines:
        for place, dated in enumerate(line.sentence.dates(today)):
            moved = _counted_on(line.sentence, dated, earlier) if earlier else None
            yield Named(line.sentence, place, dated, is_counted_on=False if moved else None)
            if moved:
                yield Named(line.sentence, place, moved, is_counted_on=True)
            if not dated.span.counted and dated.span.last >= today.day:
                earlier = dated.span.last
    subject = Sentence(letter.subject, letter.subject)
    for place, dated in enumerate(subject.dates(today)):
        yield Named(subject, place, dated, is_subject=True)


def _counted_on(sentence: Sentence, dated: Dated, earlier: date) -> Dated | None:
    """ "It ends on 15 May, back the Monday": a bare weekday may be counted on from the day named before it."""
    if dated.meaning != "weekday" or not sentence.folded[dated.start : dated.end].isalpha():
        return None
    day = earlier + timedelta(days=(dated.span.first.weekday() - earlier.weekday()) % 7)
    return replace(dated, span=Span(day, day)) if day > dated.span.first else None


@cache
def _weights() -> Mapping[str, Mapping[str, int]]:
    content: Mapping[str, Mapping[str, int]] = lexicon("absences")
    return content
