"""What a rule is given, what it finds, and what it must say about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.cadence.cadence import Cadence
from app.cadence.counting import PHONE
from app.cadence.policy import ANSWER_WORDS, CLOSING_NOTE_STAGES, GUESSED_VALUE, VALUE_ONE_STEP
from app.cadence.standing import GENERAL_ASK, text_is_read
from app.cadence.thread import NO_SIGNALS, Draft, Signals, Touch
from app.cadence.verdict import Level

Parameter = int | float | str
CALL = "call"
"""The kind of ask that a call meets, in `Signals.answers`."""
ENDINGS = frozenset({"no-contact-request", "after-rejection"})
"""Where one of these speaks, the matter is over: nothing is said beside it about how soon or how often."""


@dataclass(frozen=True, slots=True)
class Case:
    """A draft held against a cadence. `next_date` is the one next good date, None when today is as good as any.

    `nearby` holds unanswered touches to other people of the same company. `signals` are the draft's, with
    nothing known when its text is not; `text_known` says whether value and tone were read.
    """

    cadence: Cadence
    draft: Draft
    next_date: date | None
    nearby: tuple[Touch, ...] = ()
    signals: Signals = field(init=False)
    text_known: bool = field(init=False)

    def __post_init__(self) -> None:
        signals = self.draft.signals
        object.__setattr__(self, "signals", signals or NO_SIGNALS)
        object.__setattr__(self, "text_known", signals is not None and text_is_read(signals))

    @property
    def by_phone(self) -> bool:
        return self.draft.channel in PHONE

    @property
    def answers(self) -> tuple[str, ...]:
        """The kinds of asks the draft meets; who rings meets the wish to be rung, who replies at some length and
        neither chases nor only thanks says something to a question of no special kind.
        """
        said, asked = self.signals, self.cadence.question
        plain = asked is not None and asked.asks == (GENERAL_ASK,) and self.draft.in_reply
        speaks = plain and said.words >= ANSWER_WORDS and not (self.chases or said.thanks)
        return said.answers + (CALL,) * self.by_phone + (GENERAL_ASK,) * speaks

    @property
    def chases(self) -> bool:
        """The draft is known to ask for news, or to be empty."""
        return self.signals.asks_for_news or self.signals.empty

    @property
    def value(self) -> float:
        """What the draft brings; a worth only guessed from single words does not stand beside a question for news,
        and adds nothing beside one that is shown.
        """
        kinds, score = self.signals.value, self.signals.value_score
        if kinds == GUESSED_VALUE:
            return 0.0 if self.chases else score
        return score - len(set(kinds) & set(GUESSED_VALUE))

    @property
    def shown_value(self) -> float:
        """The same without what is only guessed."""
        return 0.0 if self.signals.value == GUESSED_VALUE else self.value

    @property
    def adds_value(self) -> bool:
        return self.value >= VALUE_ONE_STEP

    @property
    def closes_kindly(self) -> bool:
        """One closing note after a talk: it thanks, asks nothing, and is the first message too many."""
        first = self.cadence.unanswered == self.cadence.ceiling + 1
        asks_nothing = self.text_known and self.signals.thanks and not self.chases
        return first and asks_nothing and self.cadence.stage in CLOSING_NOTE_STAGES

    @property
    def early(self) -> bool:
        """The wait of the stage has not passed."""
        return self.cadence.gap is not None and self.cadence.gap < self.cadence.wait


class Finding(NamedTuple):
    """What one rule has to say about one case: a fact, a way forward, and the keys of what it rests on."""

    level: Level
    message: str
    instead: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the etiquette. A lower `rank` speaks first among findings of one level.

    `levels` are those it finds before value softens it, `loudest` is the severity of the highest. `yields` rules
    fall silent before an exemption; `softens` rules are lowered by a draft that brings value, `firm` ones, which rest
    on their own word, only where it is shown. What a rule of
    `covered_by` finds at no lower level says the same, so the rule is not told beside it. After a `sleep_on_it` rule
    tomorrow is the earliest good day.
    """

    id: str
    rank: int
    title: str
    why: str
    source: str
    levels: tuple[Level, ...]
    find: Callable[[Case], Finding | None]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    yields: bool = True
    softens: bool = True
    firm: bool = False
    covered_by: frozenset[str] = frozenset()
    sleep_on_it: bool = False
    loudest: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "loudest", max(level.severity for level in self.levels))


def keys(touches: tuple[Touch, ...]) -> tuple[str, ...]:
    """Evidence keys, oldest first."""
    return tuple([touch.key for touch in touches])
