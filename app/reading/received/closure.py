"""Whether a letter closes the matter, puts it on hold, or asks for silence; and what only looks like it."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import islice

from app.reading.received.dating import Dated
from app.reading.received.letter import Letter, Line
from app.reading.received.spans import Today
from app.reading.received.weighing import REFUSAL

_REACH = 140
_NO_ENDING = frozenset({"not_yet", "still_working", "about_others", "beside_the_matter"})
_NO_QUESTION = frozenset({"not_ask", "parting_question"})
_WEAK = ("soft_sorry", "passed_over", "farewell")
_LONGEST_HINT = 8
_MOST_REFUSALS = 20  # sentences; looking closely at each costs more than all the rest of the reading
_LIKELY, _LIKELY_WITH_PHRASE = 20, -40
"""Hundredths of log odds, without a phrase that closes and with one; `scripts/weigh-letters --check` shows why."""
_COMFORTED, _COMFORTED_WITH_PHRASE = -40, -100
"""The same of a letter that consoles or tells who was taken, which hardly anybody does who has not refused."""
_COMFORTS = frozenset({"consoles", "of_others"})
_SAYS_YES = frozenset({"good_news", "undecided", "meets"})
_LIKELY_OF_FEW = 190
_OTHERS_DID = re.compile(r"\b(?:they|he|she)(?:'ve|'d)?\b")
_READER = re.compile(r"\b(?:you|your|yours|u)\b")
_HAVE_MET = re.compile(
    r"\bthank(?:s| you)\b.{0,20}\bfor (?:coming|meeting|talking|speaking|stopping|popping|the (?:visit|chat|talk))\b"
    r"|\b(?:good|nice|lovely|great|pleasure) (?:to have met|to meet|meeting|talking to|speaking to|having) you\b"
)
_TAKES_BACK = re.compile(
    r"n't\b|\b(?:no|not|never|nobody|none|nothing|cannot|unable|unfortunately|sorry|sadly|sad|alas|regret\w*|afraid|but|however"
    r"|although|though|others?|another|else|elsewhere|different|instead|without|filled|closed|chose|chosen|gone|went|given"
    r"|gave|taken|took|appointed|hired|decided|decision|selected|offered|picked|passed|luck|wish\w*|future|disappoint\w*"
    r"|hard|tough|difficult|stronger|closer|better|less|fewer|keep|kept|years?|luckier|somebody|someone|candidates?"
    r"|refrain|success|understand|rather|got (?:it|the)|this time)\b"
)
_PHONES = re.compile(r"\b(?:call|ring|phon|telephon)(?:e|es|s|ing|ed)?\b")
_GOES_ON = frozenset({"moves_date", "meets", "holds", "not_yet", "still_working", "invites_call"})


@dataclass(frozen=True, slots=True)
class Ending:
    """`closes`: the matter is over. `until`: when a hold ends or a new round opens."""

    closes: bool = False
    on_hold: bool = False
    until: date | None = None
    no_contact: str | None = None


def ending_of(letter: Letter, today: Today, *, asks: bool = False) -> Ending:
    """What the letter ends. `asks` says that it asks the person for something, which an ending does not."""
    held = [line for line in letter.with_kind("holds") if _is_held(line)]
    not_now = [] if asks else [line for line in letter.with_kind("not_now") if _is_not_now(line)]
    said = _is_said(letter, asks=asks) or (bool(not_now) and not held)
    doubted = bool(held) or "undecided" in letter.kinds or _is_supposed_somewhere(letter)
    closes = said if not letter.is_english else (said or not doubted) and _weighs_like_a_refusal(letter, said=said)
    closes = closes and "withdrew" not in letter.kinds and not _is_their_own_news(letter)
    return Ending(
        closes=closes,
        on_hold=bool(held) and not closes,
        until=_date_in(held or not_now, today),
        no_contact=_no_contact(letter),
    )


def _is_their_own_news(letter: Letter) -> bool:
    """ "They gave it to the nephew. I cried": who was refused tells it to somebody else, who is not spoken of."""
    first = next(letter.with_kind("closes", "gave_away"), None)
    if first is None or not _OTHERS_DID.search(first.folded):
        return False
    return "own_loss" in letter.kinds and not any(_READER.search(line.folded) for line in letter.lines)


def _is_supposed_somewhere(letter: Letter) -> bool:
    return any(_is_supposed(line, "closes") for line in letter.with_kind("closes"))


def _is_said(letter: Letter, *, asks: bool) -> bool:
    """Whether a phrase says that it is over, and nothing takes it back."""
    refusing = islice(letter.with_kind("closes"), _MOST_REFUSALS)
    closes = any(_closes(line) and not _goes_on_behind(letter, line) for line in refusing)
    closes = closes or _breaks_bad_news(letter) or (not asks and (_gave_it_away(letter) or _adds_up(letter)))
    return closes and "offers_other" not in letter.kinds


def _weighs_like_a_refusal(letter: Letter, *, said: bool) -> bool:
    odds = letter.odds(REFUSAL)
    comforts = letter.kinds.isdisjoint(_SAYS_YES) and _consoles(letter)
    if said:
        return odds > (_COMFORTED_WITH_PHRASE if comforts else _LIKELY_WITH_PHRASE)
    if _looks_back_fondly(letter):
        return False
    if letter.is_brief:
        return odds > _LIKELY_OF_FEW
    return odds > (_COMFORTED if comforts else _LIKELY)


def _consoles(letter: Letter) -> bool:
    """Thanks for applying are no consolation: every receipt gives them."""
    return any("receipt" not in line.kinds for line in letter.with_kind(*_COMFORTS))


def _looks_back_fondly(letter: Letter) -> bool:
    """ "Thanks for coming in, it was good to meet you": without a word that takes something back, no refusal."""
    met = any(_HAVE_MET.search(line.folded) for line in letter.lines)
    return met and not any(_TAKES_BACK.search(line.folded) for line in letter.lines)


def _closes(line: Line, family: str = "closes") -> bool:
    return not line.sentence.asks and line.kinds.isdisjoint(_NO_ENDING) and not _is_supposed(line, family)


def _goes_on_behind(letter: Letter, closing: Line) -> bool:
    """Whether the letter says yes to the person somewhere, or asks them something once it has said what is over."""
    if any(line.kinds.isdisjoint({"hypothetical", "not_yet"}) for line in letter.with_kind("good_news")):
        return True
    behind = letter.lines[letter.lines.index(closing) + 1 :]
    return any(line.sentence.asks and line.kinds.isdisjoint(_NO_QUESTION) for line in behind)


def _is_supposed(line: Line, family: str) -> bool:
    """Whether every hit stands behind "if", "should you" and the like: receipts speak so of what may come."""
    if "hypothetical" not in line.kinds:
        return False
    supposed = [start for start, _ in line.sentence.spots("hypothetical")]
    hits = [start for start, _ in line.sentence.spots(family)]
    return all(any(0 <= hit - start <= _REACH for start in supposed) for hit in hits)


def _breaks_bad_news(letter: Letter) -> bool:
    """ "I'm afraid …" counts when the letter speaks of the matter and wishes well, and moves no appointment."""
    if "moves_date" in letter.kinds or "maybe_closes" not in letter.kinds:
        return False
    return any(
        "matter" in line.kinds and not line.sentence.asks and line.kinds.isdisjoint({"holds", *_NO_ENDING})
        for line in letter.with_kind("sorry_news", "but_no")
        if not _is_supposed(line, "sorry_news")
    )


def _gave_it_away(letter: Letter) -> bool:
    return "moves_date" not in letter.kinds and any(
        _closes(line, "gave_away") for line in letter.with_kind("gave_away")
    )


def _adds_up(letter: Letter) -> bool:
    """A short letter that is sorry, names what was lost and says goodbye, without one plain word of refusal."""
    if len(letter.lines) > _LONGEST_HINT or not letter.kinds.isdisjoint(_GOES_ON):
        return False
    said = [line for line in letter.lines if not line.sentence.asks and "hypothetical" not in line.kinds]
    return all(any(cue in line.kinds for line in said) for cue in _WEAK)


def _is_held(line: Line) -> bool:
    return "not_hold" not in line.kinds and not line.sentence.asks and not _is_supposed(line, "holds")


def _is_not_now(line: Line) -> bool:
    return "beside_the_matter" not in line.kinds and not _is_supposed(line, "not_now")


def _date_in(lines: list[Line], today: Today) -> date | None:
    """The day a pause or a round ends; "next year's budget" names none."""
    for line in lines:
        for dated in line.sentence.dates(today):
            if not dated.bound and (_is_past(dated, line) or line.folded.startswith("'s ", dated.end)):
                continue
            if (interval := dated.interval(today.day)) and interval[1] > today.day:
                opens = dated.meaning in ("month name", "season", "new year") and dated.bound not in ("by", "until")
                return interval[0] if opens else interval[1]
    return None


def _is_past(dated: Dated, line: Line) -> bool:
    """ "Froze hiring on Friday" tells of a Friday that is over."""
    return dated.meaning == "weekday" and "holds" in line.kinds


def _no_contact(letter: Letter) -> str | None:
    for family, answer in (("no_contact_all", "all"), ("no_contact_phone", "phone")):
        asking = [line for line in letter.with_kind(family) if "not_no_contact" not in line.kinds]
        if asking:
            by_phone = "write_instead" in letter.kinds and all(_PHONES.search(line.folded) for line in asking)
            return "phone" if by_phone else answer
    return None
