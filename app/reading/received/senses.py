"""Senses of words: what many words share, and which sense follows which close behind."""

from functools import cache

from app.reading.lexicons import lexicon

NEAR = ">"
"""Stands between two senses of which the second follows the first within five words."""
_SENSE = "="
_REACH = 5
_ROOM = 1 << 15
"""More than there are ways to be of several senses; a pair of them then is one number."""


def senses_of(words: set[str]) -> set[str]:
    """Each sense of these words, behind "="."""
    told = _senses()
    return set().union(*[told[word] for word in told.keys() & words])


def close_senses(said: list[list[str]]) -> set[str]:
    """Which sense follows which within five words of one of these sentences."""
    places = _places()
    pairs: set[int] = set()
    for words in said:
        numbers = [*map(places.numbers.get, words)]
        for at, number in enumerate(numbers, 1):
            if number:
                pairs.update([number * _ROOM + near for near in numbers[at : at + _REACH] if near])
    return set().union(*map(places.__getitem__, pairs))


class _Places(dict[int, frozenset[str]]):
    """Pairs of words' senses by number, with what the first of them has to do with the second.

    Words of the same senses have one number, from 1 on, so that there are few pairs: each is worked out once.
    """

    def __init__(self) -> None:
        told = _senses()
        self._every: list[frozenset[str]] = [frozenset(), *sorted(set(told.values()), key=sorted)]
        number_of = {senses: number for number, senses in enumerate(self._every)}
        self.numbers = {word: number_of[senses] for word, senses in told.items()}

    def __missing__(self, pair: int) -> frozenset[str]:
        first, second = (self._every[number] for number in divmod(pair, _ROOM))
        self[pair] = found = frozenset(one[1:] + NEAR + other[1:] for one in first for other in second)
        return found


@cache
def _places() -> _Places:
    return _Places()


@cache
def _senses() -> dict[str, frozenset[str]]:
    senses: dict[str, frozenset[str]] = {}
    for sense, words in lexicon("en.senses")["senses"].items():
        for word in words.split():
            senses[word] = senses.get(word, frozenset()) | {_SENSE + sense}
    return senses
