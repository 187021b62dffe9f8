"""The phrases of one language for the person's own texts, ready to be looked up."""

import re
from dataclasses import dataclass
from functools import cache

from app.reading.drafts.opened import Forms
from app.reading.drafts.phrases import PhraseBook
from app.reading.lexicons import lexicon as data_file

LANGUAGES = ("en", "de", "es")


@dataclass(frozen=True, slots=True)
class DraftLexicon:
    """`forms` are what words and marks are opened to; the stages, read of sent mail only, are `book`'s "stage.…"."""

    book: PhraseBook
    forms: Forms


@cache
def draft_lexicon(language: str) -> DraftLexicon:
    """For one of LANGUAGES; ValueError if a phrase of it is outside the dialect."""
    content, text = data_file(language), data_file("text")
    sets, common = content["sets"], text["common"].split()
    stages = {re.sub(r"\w+$", r"stage.\g<0>", name): phrases for name, phrases in content["stages"].items()}
    return DraftLexicon(
        PhraseBook(content["groups"] | stages, sets=sets, common=common, implied=text["implies"]),
        Forms(content["rewrite"], [(ending, rest) for ending, rest in content["endings"]]),
    )
