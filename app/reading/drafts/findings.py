"""What a text was found to hold, before anything is concluded from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from app.reading.drafts.opened import Opened
from app.reading.drafts.phrases import PhraseBook, Places


@dataclass(frozen=True, slots=True)
class Findings:
    """`places` has for each group of phrases the numbers of the sentences it stands in.

    Each group comes with the names above it ("value" with "value.link").
    """

    text: Opened
    places: Places

    def at(self, *names: str) -> set[int]:
        """The sentences with a group of one of these names, or one below it."""
        return set().union(*[self.places[name] for name in names if name in self.places])

    def any(self, *names: str) -> bool:
        """True if a group of one of these names, or one below it, is anywhere."""
        return not self.places.keys().isdisjoint(names)

    def below(self, stem: str) -> Places:
        """The groups right below this one ("value"), by their last name."""
        begin = stem + "."
        return {name[len(begin) :]: at for name, at in self.places.items() if name.startswith(begin)}

    def everywhere(self) -> set[int]:
        return set(range(len(self.text.lines)))

    def words_in(self, numbers: Iterable[int]) -> int:
        return sum([self.text.length(number) for number in numbers])


def findings(text: Opened, book: PhraseBook) -> Findings:
    places = book.places(text)
    for group, at in [*places.items()]:
        for name in _above(group):
            places[name] = places.get(name, set()) | at
    return Findings(text, places)


@cache
def _above(group: str) -> tuple[str, ...]:
    names = group.split(".")
    return tuple(".".join(names[:end]) for end in range(1, len(names)))
