"""How well received mail is read: every labelled half, built on or held back, and beside the public libraries."""

import tomllib
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from dateparser.search import search_dates
from dateutil import parser as dateutil_parser
from mailparser_reply import EmailReplyParser

from app.reading.facts import InboundReading
from app.reading.inbound import read_inbound
from app.reading.promises import find_promise, today_of
from app.reading.quotes import new_text
from app.reading.received.dating import expressions
from app.reading.received.sentences import sentences
from app.reading.row_messages import message_of
from tests.bench.figure import Figure
from tests.bench.labelled import CASES
from tests.reading.stripped import mails_with_new_text, overlap

Row = dict[str, Any]
LEARNED_FROM = (
    "others",
    "offices",
    "offices-second",
    "trades",
    "trades-second",
    "more",
    "more-second",
    "floors",
    "desks",
    "halls",
    "quays",
    "quays-second",
    "mills-second",
    *("kilns", "locks", "moors", "ports", "sheds", "dales", "wolds"),
    *("fells", "tarns", "becks", "combes", "sykes", "leats"),
    "absences",
    "machines-public",
    "machines-small",
)
HALVES = ("build", "second-build", *(f"{author}-build" for author in LEARNED_FROM))
HELD = (
    *("held", "offices-held", "trades-held", "floors-held", "desks-held", "halls-held"),
    *("absences-held", "coves-held", "firths-held", "downs-held"),
    *("mills-unlearned", "weirs-unlearned", "glens-unlearned"),
)
"""Of offices and trades only the sentences about waiting are held back, of "held" only the mails."""
UNDATED = ("none", "open")


def figures() -> Iterator[Figure]:
    warnings.simplefilter("ignore")
    for half in (*HALVES, *HELD):
        yield from _mails(half)
        yield from _promises(half)
    yield from _dates("dates-build", "build")
    for half in HELD:
        yield from _dates(f"promises-{half}", half)
    yield from _stripping()


def _rows(name: str, anchor: str) -> list[tuple[datetime, Row]]:
    """The rows of a file with the instant each was written; none where the file is not here."""
    path = CASES / f"{name}.toml"
    if not path.exists():
        return []
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return [(datetime.fromisoformat(str(row.get(anchor) or told[anchor])), row) for row in told["cases"]]


def _mails(half: str) -> Iterator[Figure]:
    rows = _rows(f"inbound-{half}", "received")
    if not rows:
        return
    read = [(row, read_inbound(message_of(row, at))) for at, row in rows]
    yield Figure(f"{half}: received mails", len(rows), "mails")
    yield _share(f"{half}: kind", [row["kind"] == said.kind.value for row, said in read], 0.95)
    told = [row["kind"] == "rejection" for row, said in read if said.kind.value == "rejection"]
    meant = [said.kind.value == "rejection" for row, said in read if row["kind"] == "rejection"]
    yield _share(f"{half}: rejection, precision", told, 0.97)
    yield _share(f"{half}: rejection, recall", meant, 0.92)
    if dated := [_returns(row, said) for row, said in read if "return_date" in row]:
        yield _share(f"{half}: return date", dated, 0.90)
    if asked := [set(row["asks"]) <= set(said.asks) for row, said in read if "asks" in row]:
        yield Figure(f"{half}: asks all found", sum(asked) / len(asked), "share")


def _returns(row: Row, said: InboundReading) -> bool:
    return str(said.return_date or "none") == row["return_date"]


def _promises(half: str) -> Iterator[Figure]:
    rows = [(row, _end(row["text"], at)) for at, row in _rows(f"promises-{half}", "sent")]
    if not rows:
        return
    yield Figure(f"{half}: sentences about waiting", len(rows), "texts")
    dated = [end == row["end"] for row, end in rows if row["end"] not in UNDATED]
    yield _share(f"{half}: promise end date", dated, 0.90)
    undated = [end in UNDATED for row, end in rows if row["end"] in UNDATED]
    yield _share(f"{half}: no date where none was given", undated, 0.95)


def _end(text: str, sent: datetime) -> str:
    promise = find_promise(text, sent)
    return "none" if promise is None else str(promise.end or "open")


def _dates(file: str, half: str) -> Iterator[Figure]:
    """Right: a day found is the one meant, or none is found where none is named. Wrong: only other days are found.

    Of the held halves the sentences about waiting are taken, those that name a day: there ours is the one day that is
    waited for, of an invitation the first, while a library may find several.
    """
    rows = [
        (at, row) for at, row in _rows(file, "sent") if not file.startswith("promises") or row["end"] not in UNDATED
    ]
    if not rows:
        return
    yield Figure(f"{half}: times in prose", len(rows), "texts")
    best = 0.0
    for name, finder in (("dateparser", _by_dateparser), ("dateutil, fuzzy", _by_dateutil)):
        right, _ = _judged(rows, finder)
        best = max(best, right)
        yield Figure(f"{half}: dates in prose right, {name}", right, "share")
    right, wrong = _judged(rows, _awaited if file.startswith("promises") else _by_us)
    yield Figure.at_least(f"{half}: dates in prose right", right, "share", best)
    yield Figure.at_most(f"{half}: dates in prose wrong", wrong, "share", 0.05)


def _judged(rows: list[tuple[datetime, Row]], finder: Callable[[str, datetime], list[date]]) -> tuple[float, float]:
    right = wrong = 0
    for at, row in rows:
        days = [day.isoformat() for day in finder(row["text"], at)]
        fits = not days if row["end"] == "none" else row["end"] in days
        right += fits
        wrong += bool(days) and not fits
    return right / len(rows), wrong / len(rows)


def _awaited(text: str, at: datetime) -> list[date]:
    promise = find_promise(text, at)
    return [promise.end] if promise and promise.end else []


def _by_us(text: str, at: datetime) -> list[date]:
    today = today_of(at, "UTC")
    found = [dated.interval(today.day) for said in sentences(text) for dated in expressions(said.folded, today)]
    return [interval[1] for interval in found if interval]


def _by_dateparser(text: str, at: datetime) -> list[date]:
    settings = {"RELATIVE_BASE": at.replace(tzinfo=None), "PREFER_DATES_FROM": "future"}
    found = search_dates(text, languages=["en", "de", "es"], settings=settings) or []
    return [day.date() for _, day in found]


def _by_dateutil(text: str, at: datetime) -> list[date]:
    try:
        return [dateutil_parser.parse(text, fuzzy=True, default=at.replace(hour=0)).date()]
    except (ValueError, OverflowError):
        return []


def _stripping() -> Iterator[Figure]:
    """Word F1 and exact hits on the mail of other programs and on our own; those of others only where they are."""
    library = EmailReplyParser(languages=["en", "de", "fr", "es"])
    mails = list(mails_with_new_text())
    ours, theirs = [], []
    for text, expected in mails:
        replies = library.read(text).replies
        ours.append(overlap(new_text(text), expected))
        theirs.append(overlap(replies[0].body if replies else "", expected))
    yield Figure("mails stripped", len(mails), "mails")
    yield Figure("new text exact, mail-parser-reply", theirs.count(1.0) / len(mails), "share")
    yield Figure("new text, word F1, mail-parser-reply", sum(theirs) / len(mails), "share")
    yield Figure.at_least("new text exact", ours.count(1.0) / len(mails), "share", theirs.count(1.0) / len(mails))
    yield Figure.at_least("new text, word F1", sum(ours) / len(mails), "share", sum(theirs) / len(mails))


def _share(name: str, holds: list[bool], least: float) -> Figure:
    return Figure.at_least(name, sum(holds) / max(1, len(holds)), "share", least)
