"""Weighed words: what single words and word pairs tell of a draft where no phrase of the lexicon speaks.

The weights are learned from tests/reading/cases/drafts-build.toml by scripts/weigh-words; they come as whole
hundredths of log odds, so that both readers add up to the same number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from app.reading.drafts.findings import Found
from app.reading.lexicons import lexicon

_BEGINNING = 4
_DIGITS = frozenset("0123456789$#")


@dataclass(frozen=True, slots=True)
class Odds:
    """Hundredths of log odds that a draft is annoyed, adds value, is empty; 0 where nothing is known."""

    annoyed: int = 0
    adds_value: int = 0
    empty: int = 0


def odds_of(found: Sequence[Found], language: str) -> Odds:
    """0 throughout for a language without weights."""
    if language not in lexicon("text")["weighed"]:
        return Odds()
    bias, known = _weights(language)
    rows = [known[name] for name in features_of(each.words for each in found) if name in known]
    return Odds(*map(sum, zip(bias, *rows, strict=True)))


def features_of(sentences: Iterable[Sequence[str]]) -> set[str]:
    """Words, their beginnings of four letters and "*", pairs of neighbours; every number is "#"."""
    features: set[str] = set()
    for words in sentences:
        plain = ["#" if word[0] in _DIGITS and word != "$" else word for word in words]
        features.update(plain)
        features.update([word[:_BEGINNING] + "*" for word in plain if len(word) > _BEGINNING])
        features.update(map(" ".join, pairwise(plain)))
    return features


@cache
def _weights(language: str) -> tuple[list[int], dict[str, list[int]]]:
    content = lexicon(f"{language}.weights")
    return content["bias"], content["weights"]
