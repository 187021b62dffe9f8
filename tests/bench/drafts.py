"""Drafts: how well they are read on every labelled set, and how fast, on the server and in JavaScript."""

import json
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from app.reading.outbound import read_draft
from app.reading.outbound_rows import read_draft_row
from tests.bench.figure import Figure, interleaved, seconds

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/reading/cases"
LEARNED_FROM = tuple(path.stem.removeprefix("drafts-") for path in sorted(CASES.glob("drafts-*build.toml")))
NEVER_LEARNED_FROM = (
    *("held", "floors-held", "desks-held", "quays-held", "brief-held", "mills-held", "coves-held"),
    *("mills-tone", "vines-tone", "kilns-tone", "locks-tone", "moors-tone"),
)
WORDS = {"annoyed": (0.92, 0.80), "empty": (0.92, 0.85), "adds_value": (0.92, 0.85)}
LENGTH = 2000
LONGEST = 65_536
HOSTILE = ("On ", "> ", "a", "a.", "a-", "a@a.", "From: a\nSent: b\n", "On 1 wrote\n", "?! ", "you said that you ")
Row = dict[str, Any]


def figures() -> Iterator[Figure]:
    for half in (*LEARNED_FROM, "de", "es", *NEVER_LEARNED_FROM):
        yield from _labelled(half)
    yield from _speed()
    yield from _speed_in_javascript()


def rows_of(half: str) -> list[Row]:
    rows: list[Row] = tomllib.loads((CASES / f"drafts-{half}.toml").read_text(encoding="utf-8"))["draft"]
    return rows


def _labelled(half: str) -> Iterator[Figure]:
    rows = rows_of(half)
    said = [
        read_draft_row({name: row[name] for name in ("id", "channel", "subject", "text") if name in row})
        for row in rows
    ]
    yield Figure(f"{half}: labelled drafts", len(rows), "texts")
    for word, (precision, recall) in WORDS.items():
        judged = [each for each in zip(said, rows, strict=True) if word != "empty" or not each[1].get("annoyed")]
        pairs = [(bool(answer[word]), bool(row.get(word))) for answer, row in judged]
        if not any(meant for _, meant in pairs):
            continue
        hits = sum(told and meant for told, meant in pairs)
        share = hits / max(1, sum(told for told, _ in pairs))
        yield Figure.at_least(f"{half}: {word}, precision", share, "share", precision)
        yield Figure.at_least(f"{half}: {word}, recall", hits / sum(meant for _, meant in pairs), "share", recall)


def long_drafts() -> list[str]:
    """Ten drafts of 2,000 characters, each a medley of different labelled ones."""
    texts = [row["text"] for row in rows_of("others-build") if len(row["text"]) < LENGTH]
    return ["Hi Dana,\n\n" + "\n\n".join(texts[start:] + texts[:start])[: LENGTH - 10] for start in range(0, 100, 10)]


def _speed() -> Iterator[Figure]:
    drafts, vader = long_drafts(), SentimentIntensityAnalyzer()
    ours, theirs = interleaved(
        lambda: [read_draft("email", "Re: Application", draft) for draft in drafts],
        lambda: [vader.polarity_scores(draft) for draft in drafts],
        times=3,
    )
    yield Figure.at_most("reading a 2,000-character draft / vaderSentiment", ours / theirs, "ratio", 0.25)
    yield Figure("reading a 2,000-character draft", ours / len(drafts) * 1e6, "microseconds")
    slowest = max(
        seconds(lambda text=text: read_draft("email", "", text), times=1, rounds=3) for text in map(_hostile, HOSTILE)
    )
    yield Figure.at_most("the slowest of ten hostile texts of 64 KB", slowest * 1e3, "milliseconds", 50)


def _hostile(piece: str) -> str:
    return piece * (LONGEST // len(piece))


def _speed_in_javascript() -> Iterator[Figure]:
    told = json.dumps({"drafts": long_drafts(), "hostile": [_hostile(piece) for piece in HOSTILE]})
    command = ["node", str(ROOT / "extension/src/reader/time.mjs")]
    done = subprocess.run(command, input=told, capture_output=True, check=True, text=True, cwd=ROOT, timeout=120)
    took = json.loads(done.stdout)
    yield Figure.at_most("V8: reading a 2,000-character draft", took["draft"], "milliseconds", 1)
    yield Figure("V8: setting the reader up, and the first draft", took["first"], "milliseconds")
    yield Figure.at_most("V8: the slowest of ten hostile texts of 64 KB", took["hostile"], "milliseconds", 50)
