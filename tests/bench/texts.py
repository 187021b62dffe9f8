"""What reading costs beside the public libraries in the same run: phrases and RE2, drafts and answers and others."""

import itertools
import re
import tomllib
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import re2
from dateparser.search import search_dates
from mailparser_reply import EmailReplyParser
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from app.reading.drafts.findings import findings
from app.reading.drafts.lexicon import draft_lexicon
from app.reading.drafts.opened import opened
from app.reading.drafts.sentences import chunks
from app.reading.lexicons import lexicon
from app.reading.outbound import read_draft
from app.reading.promises import find_promise
from app.reading.quotes import new_text
from tests.bench.figure import Figure, interleaved
from tests.bench.labelled import CASES
from tests.bench.reading import DRAFT

LENGTH = 2_000
ANSWERS, DATED = 50, 10
"""One answer in five holds a date."""
SENT = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
QUOTED = (
    "\n\nBest regards,\nRita\n\nOn Mon, Nov 16, 2026 at 9:15 AM Ana <ana@example.com> wrote:\n" + "> Any news?\n" * 20
)


def figures() -> Iterator[Figure]:
    yield from draft()
    yield from answers()


def draft(rounds: int = 7) -> Iterator[Figure]:
    """A draft of 2,000 characters, never the same one twice."""
    text, number, vader = DRAFT[:LENGTH], itertools.count(), SentimentIntensityAnalyzer()
    ours, theirs = interleaved(
        lambda: read_draft("email", "", f"{next(number)} {text}"),
        lambda: vader.polarity_scores(text),
        times=20,
        rounds=rounds,
    )
    whole = Figure("a draft of 2,000 characters, read", ours * 1e6, "us")
    yield whole.beside("vaderSentiment", theirs * 1e6, "<= 0.25").of_row(7, gate=0.5)
    known = draft_lexicon("en")
    union, lower = re2.compile("|".join(_phrases())), text.lower()
    ours, theirs = interleaved(
        lambda: findings(opened(chunks(f"{next(number)} {text}"), known.forms), known.book).names(),
        lambda: [each.span() for each in union.finditer(lower)],
        times=20, rounds=rounds,
    )  # fmt: skip
    match = Figure("... its phrases found, cut into sentences and opened", ours * 1e6, "us")
    yield match.beside("RE2, a union of 300 fixed phrases", theirs * 1e6, "<= 3").of_row(7)


def _phrases() -> Iterator[str]:
    """300 of the phrases in their first wording, without gaps and endings: the least there is to look for."""
    every = itertools.chain.from_iterable(lexicon("en")["groups"].values())
    for phrase in itertools.islice(every, 300):
        first = re.sub(r"\(([^|)]*)[^)]*\)\??", r"\1", phrase)
        yield re2.escape(" ".join(re.sub(r"_\d|\{\w+\}|[*$^]", " ", first).split()))


def answers(rounds: int = 3) -> Iterator[Figure]:
    """Cutting the quotation off and finding what was promised, over a corpus of labelled mails."""
    warnings.simplefilter("ignore")
    mails, number = [*_corpus()], itertools.count()
    parser = EmailReplyParser(languages=["en"])

    def theirs(text: str) -> list[str]:
        said = search_dates(parser.parse_reply(text), languages=["en"], settings=_ANCHORED) or []
        return [day.date().isoformat() for _, day in said]

    ours_took, theirs_took = interleaved(
        lambda: [find_promise(new_text(f"{next(number)} {text}{QUOTED}"), SENT) for text, _ in mails],
        lambda: [theirs(f"{text}{QUOTED}") for text, _ in mails],
        times=1, rounds=rounds,
    )  # fmt: skip
    took = Figure("an answer cut and its promises dated, mean of the corpus", ours_took / len(mails) * 1e6, "us")
    peer = "mail-parser-reply + dateparser"
    yield took.beside(peer, theirs_took / len(mails) * 1e6, "<= 0.1").of_row(8)
    dated = [(text, end) for text, end in mails if end]
    found = sum(str(_promised(text)) == end for text, end in dated) / len(dated)
    known = sum(end in theirs(f"{text}{QUOTED}") for text, end in dated) / len(dated)
    yield Figure("... share of the dates found", found, "x").beside(peer, known, ">= 1").of_row(8)


_ANCHORED = {"RELATIVE_BASE": SENT.replace(tzinfo=None), "PREFER_DATES_FROM": "future"}


def _corpus() -> Iterator[tuple[str, str]]:
    """Text and the last day of what is promised in it, empty for none."""
    dated = [row for row in _rows("promises-build") if re.fullmatch(r"\d{4}-\d\d-\d\d", row["end"])]
    plain = [row for row in _rows("inbound-build") if row["kind"] == "reply" and "promise" not in row]
    for row in dated[:: len(dated) // DATED][:DATED]:
        yield row["text"], row["end"]
    for row in plain[:: max(1, len(plain) // (ANSWERS - DATED))][: ANSWERS - DATED]:
        yield row["text"], ""


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))["cases"]
    return rows


def _promised(text: str) -> object:
    promise = find_promise(new_text(f"{text}{QUOTED}"), SENT)
    return promise.end if promise else None
