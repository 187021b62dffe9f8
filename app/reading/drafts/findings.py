"""What a text holds, looked for when it is asked for, before anything is concluded from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.reading.drafts.opened import Opened
from app.reading.drafts.phrases import FOUND, Candidates, PhraseBook


@dataclass(frozen=True, slots=True)
class Findings:
    """A name stands for its group of phrases and all those below it ("value" for "value.link").

    In a sentence with an exception ("not.value") what it is an exception to does not count. `told_by` has for each name
    the groups that tell of it or of a name below it, each with that name.
    """

    text: Opened
    book: PhraseBook
    candidates: Candidates
    told_by: Mapping[str, Sequence[tuple[str, str]]]

    def any(self, name: str) -> bool:
        """True if a phrase of this name is anywhere."""
        return name in self.told_by and any(True for _ in self._places(name))

    def at(self, *names: str, among: Collection[int] | None = None) -> set[int]:
        """The sentences with a phrase of one of these names; of those in `among`, where it is given."""
        return {number for name in names for number in self._places(name, among)}

    def below(self, stem: str) -> set[str]:
        """The last names of what was found below this one."""
        begin = stem + "."
        told = {name for _, name in self.told_by.get(stem, ()) if name.startswith(begin)}
        return {name.removeprefix(begin) for name in told if self.any(name)}

    def names(self) -> frozenset[str]:
        """All that was found."""
        return frozenset(filter(self.any, self.told_by))

    def everywhere(self) -> set[int]:
        return set(range(len(self.text.lines)))

    def words_in(self, numbers: Iterable[int]) -> int:
        return sum([self.text.length(number) for number in numbers])

    def _places(self, asked: str, among: Collection[int] | None = None) -> Iterator[int]:
        for group, name in self.told_by.get(asked, ()):
            for number in self._standing(group, among):
                if not self._is_excepted(name, number):
                    yield number

    def _standing(self, group: str, among: Collection[int] | None) -> Iterator[int]:
        """Where the phrases of a group stand; each is looked for but once."""
        rest, lines = self.candidates[group], self.text.lines
        for at in range(len(rest) - 1, -1, -1):
            number, phrase = rest[at]
            if among is not None and number not in among:
                continue
            if phrase.stands_in(lines[number]):
                rest[at] = number, FOUND
                yield number
            else:
                del rest[at]

    def _is_excepted(self, name: str, number: int) -> bool:
        doubts = [group for group in self.book.exceptions[name] if group in self.candidates]
        return any(True for group in doubts for _ in self._standing(group, {number}))


def findings(text: Opened, book: PhraseBook) -> Findings:
    candidates = book.candidates(text)
    told_by: dict[str, list[tuple[str, str]]] = {}
    for group in candidates:
        for above, name in book.told.get(group, ()):
            told_by.setdefault(above, []).append((group, name))
    return Findings(text, book, candidates, told_by)
