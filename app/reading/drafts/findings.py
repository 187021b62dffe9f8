"""What a text holds, looked for when it is asked for, before anything is concluded from it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from app.reading.drafts.opened import Opened
from app.reading.drafts.phrases import Candidates, PhraseBook


@dataclass(frozen=True, slots=True)
class Findings:
    """A name stands for its group of phrases and all those below it ("value" for "value.link").

    In a sentence with an exception ("not.value") what it is an exception to does not count.
    """

    text: Opened
    book: PhraseBook
    candidates: Candidates

    def any(self, name: str) -> bool:
        """True if a phrase of this name is anywhere."""
        return any(True for _ in self._places(name))

    def at(self, *names: str, among: Collection[int] | None = None) -> set[int]:
        """The sentences with a phrase of one of these names; of those in `among`, where it is given."""
        return {number for name in names for number in self._places(name, among)}

    def below(self, stem: str) -> set[str]:
        """The last names of what was found below this one."""
        begin = stem + "."
        told = {name for group, name in self.book.told_by.get(stem, ()) if group in self.candidates}
        return {name.removeprefix(begin) for name in told if name.startswith(begin) and self.any(name)}

    def names(self) -> frozenset[str]:
        """All that was found."""
        return frozenset(filter(self.any, self.book.told_by))

    def everywhere(self) -> set[int]:
        return set(range(len(self.text.lines)))

    def words_in(self, numbers: Iterable[int]) -> int:
        return sum([self.text.length(number) for number in numbers])

    def _places(self, asked: str, among: Collection[int] | None = None) -> Iterator[int]:
        for group, name in self.book.told_by.get(asked, ()):
            if group in self.candidates:
                for number in self._standing(group, among):
                    if not self._is_excepted(name, number):
                        yield number

    def _standing(self, group: str, among: Collection[int] | None) -> Iterator[int]:
        """Where the phrases of a group stand; a phrase that does not is looked for but once."""
        rest = self.candidates[group]
        for at in range(len(rest) - 1, -1, -1):
            number, phrase = rest[at]
            if among is not None and number not in among:
                continue
            if phrase.stands_in(self.text.lines[number]):
                yield number
            else:
                del rest[at]

    def _is_excepted(self, name: str, number: int) -> bool:
        doubts = [group for group in self.book.exceptions[name] if group in self.candidates]
        return any(True for group in doubts for _ in self._standing(group, {number}))


def findings(text: Opened, book: PhraseBook) -> Findings:
    return Findings(text, book, book.candidates(text))
