"""What a text was found to hold, sentence by sentence, before anything is concluded from it."""

import re
from dataclasses import dataclass
from functools import cache

from app.reading.drafts.lexicon import DraftLexicon
from app.reading.drafts.sentences import Sentence
from app.reading.lexicons import lexicon as data_file

_LEAST_SHOUTED = 3
_LEAST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """One sentence and the groups of phrases in it."""

    sentence: Sentence
    groups: frozenset[str]

    def any_of(self, *names: str) -> bool:
        """True if a group has one of these names or stands below one ("value" covers "value.link")."""
        return any(group == name or group.startswith(name + ".") for group in self.groups for name in names)


def findings(parts: list[Sentence], lexicon: DraftLexicon) -> list[Found]:
    """With "mark.urge" for doubled question or exclamation marks and "mark.shout" for capitals added."""
    return [Found(part, lexicon.groups_in(part) | _marks(part.raw)) for part in parts]


def _marks(raw: str) -> frozenset[str]:
    marks = set()
    if re.search(r"\?[?!]|!\?|!!!", raw):
        marks.add("mark.urge")
    if _shouts(raw):
        marks.add("mark.shout")
    return frozenset(marks)


def _shouts(raw: str) -> bool:
    """Three words or more in capitals that are no acronyms, and a good part of the sentence."""
    if not re.search(r"[A-Z]{4}", raw):
        return False
    words = re.findall(r"[A-Za-z]+", raw)
    loud = [word for word in words if len(word) >= 4 and word.isupper() and word not in _acronyms()]
    return len(loud) >= _LEAST_SHOUTED and len(loud) >= _LEAST_SHARE * len(words)


@cache
def _acronyms() -> frozenset[str]:
    return frozenset(data_file("text")["acronyms"])
