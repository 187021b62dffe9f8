"""What a text was found to hold, sentence by sentence, before anything is concluded from it."""

import re
from dataclasses import dataclass
from functools import cache

from app.reading.drafts.lexicon import DraftLexicon
from app.reading.drafts.sentences import Sentence
from app.reading.lexicons import lexicon as data_file

_LEAST_SHOUTED = 3
_LEAST_SHARE = 0.3
_URGE = re.compile(r"\?[?!]|!\?|!!!")
_LOUD = re.compile(r"[A-Z]{4}")


@dataclass(frozen=True, slots=True)
class Found:
    """One sentence, its words as the phrases see them, and the groups of phrases in it.

    Each group comes with the names above it ("value" with "value.link").
    """

    sentence: Sentence
    words: tuple[str, ...]
    groups: frozenset[str]

    def any_of(self, *names: str) -> bool:
        """True if a group of one of these names, or one below it, is in the sentence."""
        return not self.groups.isdisjoint(names)


def findings(parts: list[Sentence], lexicon: DraftLexicon) -> list[Found]:
    """With "mark.urge" for doubled question or exclamation marks and "mark.shout" for capitals added."""
    return [_found(part, lexicon) for part in parts]


def _found(part: Sentence, lexicon: DraftLexicon) -> Found:
    words = lexicon.opened(part)
    return Found(part, words, _with_stems(lexicon.groups_in(words) | _marks(part.raw)))


def _with_stems(groups: frozenset[str]) -> frozenset[str]:
    return groups.union(*(_stems(group) for group in groups)) if groups else groups


@cache
def _stems(group: str) -> tuple[str, ...]:
    names = group.split(".")
    return tuple(".".join(names[:end]) for end in range(1, len(names)))


def _marks(raw: str) -> frozenset[str]:
    marks = []
    if _URGE.search(raw):
        marks.append("mark.urge")
    if _LOUD.search(raw) and _shouts(raw):
        marks.append("mark.shout")
    return frozenset(marks)


def _shouts(raw: str) -> bool:
    """Three words or more in capitals that are no acronyms, and a good part of the sentence."""
    words = re.findall(r"[A-Za-z]+", raw)
    loud = [word for word in words if len(word) >= 4 and word.isupper() and word not in _acronyms()]
    return len(loud) >= _LEAST_SHOUTED and len(loud) >= _LEAST_SHARE * len(words)


@cache
def _acronyms() -> frozenset[str]:
    return frozenset(data_file("text")["acronyms"])
