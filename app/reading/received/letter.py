"""A received message prepared for reading: its new text in sentences, each with the families of phrases it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from app.reading.plain import html_to_text
from app.reading.quotes import new_text
from app.reading.received.phrases import families
from app.reading.received.sentences import Sentence, fold, sentences
from app.reading.received.weighing import FAMILY, features_of, is_english, odds_of, words_of
from connectors.message import Message

_LONGEST_SUBJECT = 400
_LONGEST_HEADER = 2000
_TOO_SHORT = 20
_BRIEF = 10
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence with its families."""

    sentence: Sentence
    kinds: frozenset[str]

    @property
    def folded(self) -> str:
        return self.sentence.folded


@dataclass(frozen=True)
class Letter:
    """What the kinds, asks, closures and absences are read from.

    `new` is its text without quotes as written, `subject` is folded, `sender` in lower case. No slots, so that its
    words are weighed once, however many ask.
    """

    message: Message
    new: str
    sender: str
    subject: str
    subject_kinds: frozenset[str]
    lines: tuple[Line, ...]
    kinds: frozenset[str]

    def header(self, name: str) -> str:
        """A header's value in lower case, at most 2,000 characters, empty when absent."""
        return self.message.headers.get(name, "")[:_LONGEST_HEADER].strip().lower()

    def with_kind(self, *kinds: str) -> Iterator[Line]:
        """The lines that hold a phrase of one of the families."""
        return (line for line in self.lines if not line.kinds.isdisjoint(kinds))

    def odds(self, question: str) -> int:
        """Hundredths of log odds, by its weighed words alone, of a question of weighing; 0 unless it is English."""
        return self._odds[question] if self.is_english else 0

    @cached_property
    def _odds(self) -> dict[str, int]:
        return odds_of(self.features)

    @cached_property
    def is_brief(self) -> bool:
        """Fewer than ten words: little stands against what one of them happens to weigh."""
        return sum(len(line.folded.split()) for line in islice(self.lines, _BRIEF)) < _BRIEF

    @cached_property
    def is_english(self) -> bool:
        """Whether its words can be weighed; those of other languages are not."""
        return is_english(self.said)

    @cached_property
    def features(self) -> set[str]:
        """What is weighed: its words, and the families its phrases are of."""
        features = features_of(self.said)
        features.update([FAMILY + kind for kind in self.kinds])
        return features

    @cached_property
    def said(self) -> list[list[str]]:
        """Its words, sentence by sentence."""
        return words_of(line.folded for line in self.lines if not _is_legal(line.folded))


def open_letter(message: Message) -> Letter:
    """Prepares a message; its text is cut to what is new in it."""
    subject = fold(message.subject[:_LONGEST_SUBJECT])
    new = new_text(body_of(message))
    lines = tuple(Line(sentence, sentence.kinds) for sentence in sentences(new))
    return Letter(
        message=message,
        new=new,
        sender=message.sender.address.lower() if message.sender else "",
        subject=subject,
        subject_kinds=families(subject),
        lines=lines,
        kinds=frozenset().union(*(line.kinds for line in lines)),
    )


def _is_legal(folded: str) -> bool:
    """A footer of lawyers, which says nothing of the matter."""
    return "confidential" in folded or "intended recipient" in folded


def body_of(message: Message) -> str:
    """The plain text, or that of the HTML where the plain one says nothing."""
    if message.html and len(message.text.strip()) < _TOO_SHORT:
        return html_to_text(message.html) or message.text
    return message.text


def addresses_in(text: str) -> list[str]:
    """Mail addresses in order, in lower case, without doubles."""
    return list(dict.fromkeys(found.lower().rstrip(".") for found in _ADDRESS.findall(text)))
