"""Finds the date by which somebody says they will come back, and tells it from every other date of a letter."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from app.cadence.thread import Promise
from app.cadence.workdays import calendar_of
from app.reading.received.dating import Dated
from app.reading.received.invitations import awaits_news, invites, theirs_to_do
from app.reading.received.phrases import families, spots
from app.reading.received.quoting import CLAUSE, promising_words
from app.reading.received.sentences import Sentence, sentences
from app.reading.received.spans import Today

_FURTHEST_DAYS = 400
_MOST_PROMISES = 40
_DENIED = re.compile(
    r"(?:\b(?:not|nothing|nobody|no|never|nicht|nichts|kaum|hardly)\b|n't\b)(?: [\w']+){0,5}"
    r" (?:before|prior to|ahead of|vor)(?: the| dem| der)? ?$"
)
_MEANS_TO = re.compile(
    r"(?:\b(?:we|i|they|he|she|hr|team|office|manager|board|panel|committee|someone)"
    r"(?:'ll| will| shall| should| intend to| aim to| hope to| plan to| expect to)|^(?:will|should|hope to))\b"
    r".*\b(?:you|u|applicants?|candidates?)\b"
)
_CONCLUDES = re.compile(r"\b(?:so|therefore|hence|thus|which means|meaning)\b")
_TEXTED = re.compile(r"\bu\b")
_NEVER = frozenset({"not_their_act", "ago"})
_NOT_WITHOUT_AN_ACT = frozenset({"interview_time", "their_ask", "past_talk"})
_AROUND_A_DATE = _NEVER | _NOT_WITHOUT_AN_ACT | {"act", "news", "ahead", "invites_contact"}


@dataclass(frozen=True, slots=True)
class _Found:
    promise: Promise
    weight: int


def find_promise(text: str, sent: datetime, zone: str = "UTC", *, country: str | None = None) -> Promise | None:
    """The date range somebody gave in new text of theirs (quotes cut), anchored at the aware instant it was sent.

    Days are those of the IANA `zone`; working days spare the holidays of `country`. A promise without a date
    ("soon") has neither `start` nor `end`; an invitation ("ping me on the 9th") has `invites`. A date wins over
    none, a later sentence over an earlier one of the same worth. Raises ValueError for a zone that does not exist.
    """
    return promise_of(sentences(text), today_of(sent, zone, country))


def find_noted_promise(note: str, heard: datetime, zone: str = "UTC", *, country: str | None = None) -> Promise | None:
    """As `find_promise`, for a person's own short note of what was said ("by Friday"): the date alone is enough."""
    today = today_of(heard, zone, country)
    said = sentences(note)
    found = promise_of(said, today)
    if found is not None and found.end is not None:
        return found
    for sentence in said:
        for dated in sentence.dates(today):
            if interval := dated.interval(today.day):
                return _promise(interval, sentence, dated, invites=False)
    return found


def today_of(at: datetime, zone: str, country: str | None = None) -> Today:
    """The local day of an aware instant, with its calendar. Raises ValueError for a zone that does not exist."""
    calendar = calendar_of(zone, country)
    day_first = None if zone in ("UTC", "Etc/UTC", "GMT") else not zone.startswith(("America/", "US/"))
    return Today(calendar.day(at), calendar, day_first)


def promise_of(said: Sequence[Sentence], today: Today) -> Promise | None:
    """The promise of sentences already split."""
    every = (
        promise
        for before, sentence in zip([None, *said], said, strict=False)
        for promise in (*_of_sentence(sentence, today), *_of_the_day_before_it(before, sentence, today))
    )
    found = list(islice(every, _MOST_PROMISES))
    return max(enumerate(found), key=lambda item: (item[1].weight, item[0]))[1].promise if found else None


def _of_sentence(sentence: Sentence, today: Today) -> Iterator[_Found]:
    kinds = sentence.kinds
    invited = invites(sentence)
    acts = "act" in kinds or _is_bare(sentence)
    if not invited and not acts and not _means_to(sentence.folded):
        return
    dates = [
        _not_before(dated, sentence.folded)
        for dated in sentence.dates(today)
        if _is_theirs(sentence, dated) and (invited or acts or dated.bound in ("by", "before"))
    ]
    if dates and invited:
        yield _Found(_invitation(sentence, dates, today), 2)
    elif dates and (chosen := _nearest(sentence, dates)) and (interval := chosen.interval(today.day)):
        interval = _behind_an_earlier(interval, chosen, sentence, today)
        if any(start >= chosen.end for start, _ in sentence.spots("then_next")):
            interval = (interval[1], _following(interval[1], kinds, today))
        yield _Found(_promise(interval, sentence, chosen, invites=False), 3)
    elif "open_promise" in kinds and "act" in kinds and not kinds & {"their_ask", "past_talk"}:
        yield _Found(Promise(None, None, promising_words(sentence, None)), 1)


def _behind_an_earlier(
    interval: tuple[date, date], chosen: Dated, sentence: Sentence, today: Today
) -> tuple[date, date]:
    """ "They meet on the 26th and I write on the Friday": the Friday that follows."""
    earlier = [dated.span.last for dated in sentence.dates(today) if dated.end < chosen.start and dated.bound != "past"]
    if chosen.meaning != "weekday" or not earlier or not sentence.folded[: chosen.start].endswith(" the "):
        return interval
    weeks = timedelta(weeks=max(0, -((interval[1] - earlier[-1]).days // 7)))
    return interval[0] + weeks, interval[1] + weeks


def _means_to(folded: str) -> bool:
    named = "you" in folded or "applicant" in folded or "candidate" in folded or _TEXTED.search(folded)
    return bool(named) and _MEANS_TO.search(folded) is not None


def _of_the_day_before_it(before: Sentence | None, sentence: Sentence, today: Today) -> Iterator[_Found]:
    """ "They meet on Monday. I will call you the day after": the date stands a sentence ahead of what they do."""
    kinds = sentence.kinds
    if before is None or before.asks or not kinds >= {"act", "then"} or sentence.dates(today):
        return
    if before.kinds & {"their_ask", *_NEVER}:
        return
    dates = [dated for dated in before.dates(today) if dated.bound != "past"]
    if dates:
        last = dates[-1].span.last
        yield _Found(Promise(last, _following(last, kinds, today), promising_words(sentence, None)), 3)


def _following(day: date, kinds: frozenset[str], today: Today) -> date:
    """The day after one named, the Friday of its week, or the day itself, by how the sentence refers to it."""
    if "then_next" in kinds:
        return today.calendar.after(day, 1)
    return day + timedelta(days=max(0, 4 - day.weekday())) if "then_week" in kinds else day


def _not_before(dated: Dated, folded: str) -> Dated:
    """ "Nothing will happen before January" promises January, not December."""
    if dated.bound == "before" and _DENIED.search(folded[: dated.start]):
        return replace(dated, bound="from")
    return dated


def _is_bare(sentence: Sentence) -> bool:
    """A date that is a sentence by itself ("By Friday.") answers when."""
    return (
        len(sentence.folded.split()) <= 5
        and not sentence.asks
        and (
            re.match(r"(?:by|before|within|no later|end of|bis|spatestens|antes|expect|eta)\b", sentence.folded)
            or re.search(r"\b(?:at the latest|latest|promise|spatestens|como muy tarde)\b", sentence.folded)
        )
        is not None
    )


def _is_theirs(sentence: Sentence, dated: Dated) -> bool:
    """Whether the date belongs to what they will do, and not to an interview, a deadline of the person or the past."""
    if dated.bound == "past" or (dated.span.last.toordinal() > dated.span.first.toordinal() + _FURTHEST_DAYS):
        return False
    clause = _clause_around(sentence.folded, dated.start, dated.end)
    around = families(clause, _AROUND_A_DATE)
    if around & _NEVER:
        return False
    acts = not around.isdisjoint({"act", "invites_contact"})
    if "their_ask" in around and "invites_contact" not in around and _asks_you(clause):
        return False
    if not acts and around & _NOT_WITHOUT_AN_ACT:
        return False
    if "interview_time" in around and not around >= {"act", "news"}:
        return False
    return "past_talk" not in around or "ahead" in around


def _asks_you(clause: str) -> bool:
    return any(not theirs_to_do(clause[:start]) for start, _ in spots("their_ask", clause))


def _clause_around(folded: str, start: int, end: int) -> str:
    """The part of the sentence between commas and conjunctions in which the expression stands."""
    first, last = 0, len(folded)
    for edge in CLAUSE.finditer(folded):
        if edge.end() <= start:
            first = edge.end()
        elif edge.start() >= end:
            last = edge.start()
            break
    return folded[first:last]


def _nearest(sentence: Sentence, dates: Sequence[Dated]) -> Dated | None:
    """The date closest to where they say they will act; behind a "so" before any in front of it."""
    acts = sentence.spots("act")
    concludes = _CONCLUDES.search(sentence.folded, dates[0].end)
    dates = [dated for dated in dates if concludes and dated.start > concludes.start()] or dates
    if not acts:
        return dates[0]
    return min(dates, key=lambda dated: min(_distance(dated, act) for act in acts))


def _distance(dated: Dated, act: tuple[int, int]) -> int:
    if dated.start >= act[1]:
        return dated.start - act[1]
    return 2 * max(0, act[0] - dated.end)


def _invitation(sentence: Sentence, dates: Sequence[Dated], today: Today) -> Promise:
    """A follow-up is welcome from the first day named; behind "if you have not heard by" from the last."""
    chosen = dates[-1] if len(dates) > 1 and not awaits_news(sentence.folded) else dates[0]
    interval = chosen.interval(today.day) or (chosen.span.first, chosen.span.last)
    from_day = interval[1] if chosen.bound in ("by", "before", "until") or chosen.span.counted else interval[0]
    return _promise((from_day, from_day), sentence, chosen, invites=True)


def _promise(interval: tuple[date, date], sentence: Sentence, dated: Dated, *, invites: bool) -> Promise:
    return Promise(interval[0], interval[1], promising_words(sentence, dated), invites)
