"""The phrases of one language for the person's own texts, ready to be looked up."""

from dataclasses import dataclass
from functools import cache

from app.reading.drafts.anchors import Anchors
from app.reading.drafts.phrases import PhraseBook
from app.reading.drafts.sentences import Sentence
from app.reading.lexicons import lexicon as data_file

LANGUAGES = ("en", "de", "es")


@dataclass(frozen=True, slots=True)
class DraftLexicon:
    """`stages` are read of sent mail only. `rewrite` opens short forms by word, `endings` by how a word ends."""

    book: PhraseBook
    stages: PhraseBook
    rewrite: dict[str, tuple[str, ...]]
    endings: tuple[tuple[str, tuple[str, ...]], ...]

    def opened(self, sentence: Sentence) -> tuple[str, ...]:
        """Its words with short forms opened, between "^" and "$", "qm" and "em" for question and exclamation marks."""
        return ("^", *self._opened(sentence.words), *_marks(sentence.raw), "$")

    def groups_in(self, words: tuple[str, ...]) -> frozenset[str]:
        """Groups found in the opened words of a sentence."""
        return frozenset(self.book.groups_in(words))

    def _opened(self, words: tuple[str, ...]) -> list[str]:
        out: list[str] = []
        for word in words:
            if word in self.rewrite:
                out.extend(self.rewrite[word])
            elif "'" in word:
                out.extend(self._by_ending(word))
            else:
                out.append(word)
        return out

    def _by_ending(self, word: str) -> tuple[str, ...]:
        for ending, rest in self.endings:
            if word.endswith(ending):
                return (word[: -len(ending)], *rest)
        return (word,)


def _marks(raw: str) -> list[str]:
    """How the sentence ends, as words: qm for a question mark, em for an exclamation mark."""
    tail = raw[-4:]
    return ["qm"] * ("?" in tail) + ["em"] * ("!" in tail)


@cache
def draft_lexicon(language: str) -> DraftLexicon:
    """For one of LANGUAGES; ValueError if a phrase of it is outside the dialect."""
    content, text = data_file(language), data_file("text")
    anchors = Anchors(content["sets"], frozenset(text["common"].split()))
    return DraftLexicon(
        PhraseBook(content["groups"], anchors, text["implies"]),
        PhraseBook(content["stages"], anchors, {}),
        {word: tuple(opened.split()) for word, opened in content["rewrite"].items()},
        tuple((ending, tuple(rest.split())) for ending, rest in content["endings"]),
    )
