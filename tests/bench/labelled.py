"""How well texts and scenarios are read: the figures of both labelled halves, built on and held back."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.reading.inbound_rows import read_inbound_row
from app.reading.outbound_rows import read_draft_row
from tests.bench.figure import Figure
from tests.bench.scenarios import scenario_figures

CASES = Path(__file__).parents[1] / "reading" / "cases"
Row = dict[str, Any]


def labelled() -> Iterator[Figure]:
    for half in ("build", "held"):
        yield from _drafts(half)
        yield from _inbound(half)
        yield from scenario_figures(half)


def _rows(name: str) -> list[Row]:
    told = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    [rows] = [part for part in told.values() if isinstance(part, list)]
    return list(rows)


def _drafts(half: str) -> Iterator[Figure]:
    rows = _rows(f"drafts-{half}")
    read = [read_draft_row({"id": str(place), "channel": "email", **row}) for place, row in enumerate(rows)]
    yield Figure(f"{half}: labelled drafts", len(rows), "texts")
    for word, precision, recall in (("annoyed", 0.92, 0.80), ("empty", 0.92, 0.85), ("adds_value", 0.92, 0.85)):
        judged = [pair for pair in zip(read, rows, strict=True) if word != "empty" or not pair[1].get("annoyed")]
        pairs = [(bool(said[word]), bool(row.get(word))) for said, row in judged]
        yield from _precision_and_recall(f"{half}: {word}", pairs, precision, recall)


def _inbound(half: str) -> Iterator[Figure]:
    rows = _rows(f"inbound-{half}")
    read = [read_inbound_row(_as_row(place, row)) for place, row in enumerate(rows)]
    kinds = [(said["kind"], row["kind"]) for said, row in zip(read, rows, strict=True)]
    yield Figure(f"{half}: labelled inbound mails", len(rows), "texts")
    yield Figure.at_least(f"{half}: inbound kind", _share(kinds, lambda pair: pair[0] == pair[1]), "share", 0.95)
    rejections = [(said == "rejection", meant == "rejection") for said, meant in kinds]
    yield from _precision_and_recall(f"{half}: rejection", rejections, 0.97, 0.92)


def _as_row(place: int, row: Row) -> Row:
    return {
        "id": str(place),
        "received": str(row.get("received") or "2026-11-18T12:00:00Z"),
        "from": row.get("from", "Rita Long <rita@acme.example>"),
        "subject": row.get("subject", ""),
        "text": row.get("text", ""),
        "headers": row.get("headers", {}),
    }


def _precision_and_recall(
    name: str, pairs: list[tuple[bool, bool]], precision: float, recall: float
) -> Iterator[Figure]:
    hits = sum(said and meant for said, meant in pairs)
    yield Figure.at_least(f"{name}, precision", hits / max(1, sum(said for said, _ in pairs)), "share", precision)
    yield Figure.at_least(f"{name}, recall", hits / max(1, sum(meant for _, meant in pairs)), "share", recall)


def _share(pairs: list[Any], holds: Callable[[Any], bool]) -> float:
    return sum(holds(pair) for pair in pairs) / max(1, len(pairs))
