"""The phrases of one language for the person's own texts, ready to be looked up."""

from dataclasses import dataclass
from functools import cache

from app.reading.drafts.opened import Forms
from app.reading.drafts.phrases import PhraseBook
from app.reading.lexicons import lexicon as data_file

LANGUAGES = ("en", "de", "es")


@dataclass(frozen=True, slots=True)
class DraftLexicon:
    """`stages` are read of sent mail only; `forms` are what words and marks are opened to."""

    book: PhraseBook
    stages: PhraseBook
    forms: Forms


@cache
def draft_lexicon(language: str) -> DraftLexicon:
    """For one of LANGUAGES; ValueError if a phrase of it is outside the dialect."""
    content, text = data_file(language), data_file("text")
    sets, common = content["sets"], text["common"].split()
    return DraftLexicon(
        PhraseBook(content["groups"], sets=sets, common=common, implied=text["implies"]),
        PhraseBook(content["stages"], sets=sets, common=common, implied={}),
        Forms(content["rewrite"], [(ending, rest) for ending, rest in content["endings"]]),
    )
