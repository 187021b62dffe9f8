"""The table of what was promised about speed and cost: 21 rows, each with the figures that were measured for it."""

import re
from collections.abc import Iterable, Iterator

from tests.bench.figure import Figure

ROWS = {
    1: "advice, requests a second of a core",
    2: "advice, p50 on one connection",
    3: "advice, p99 / p50 on 32 connections",
    4: "advice as the store grows",
    5: "bytes of a stored message",
    6: "inserting through the store",
    7: "reading a draft of 2,000 characters",
    8: "an answer: quotation cut, promises dated",
    9: "ingest, messages a second of a core",
    10: "Gmail units until the open threads are known",
    11: "Gmail: the quota used, nothing lost",
    12: "from linking to the first right verdict",
    13: "first word about somebody, nothing read yet",
    14: "Graph: requests, in flight, Retry-After",
    15: "size of the scripts on a mail page",
    16: "a mail page at rest, 1,000 mutations",
    17: "compose opened to banner painted",
    18: "last key to verdict updated",
    19: "main thread for one look at a draft",
    20: "script of a mail page's start",
    21: "Gmail units of a person's day",
}
NO_JNS = "no peer: Just Not Sorry is in no registry"
NO_SDK = "no peer: neither Just Not Sorry nor InboxSDK's build is in a registry"
# Figures measured elsewhere, by how their names begin or what is in them: row, gate, peer.
_OTHERS: tuple[tuple[str, int, float | None, str], ...] = (
    (r"^(gmail|outlook)\.js, gzip", 15, 20, NO_SDK),
    (r"^background\.js, gzip", 15, 20, NO_SDK),
    (r"per 1,000 mutations", 16, 1.0, NO_JNS),
    (r"(recipient committed|compose opened) to banner painted", 17, None, "no peer: none speaks before one writes"),
    (r"^last key to verdict", 18, None, NO_JNS),
    (r"CPU per look at a compose|^tasks over 50 ms", 19, None, NO_JNS),
    (r"script CPU of a mail page's start", 20, None, NO_JNS),
)


def in_rows(figures: Iterable[Figure]) -> list[Figure]:
    """Those that belong to a row, in the order of the rows."""
    return sorted((each for each in map(_placed, figures) if each.row), key=lambda each: each.row)


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """The lines of the table. A row of which nothing was measured says so."""
    found = in_rows(figures)
    yield f"{'':>2}  {'':<62} {'value':>10} {'unit':<10} {'peer':>10} {'ratio':>7}  {'goal':<9} {'[gate]':<8}"
    for row, title in ROWS.items():
        yield f"{row:>2}  {title}"
        lines = [_line(each) for each in found if each.row == row]
        yield from lines or ["      not measured in this run"]
    short = [each for each in found if each.passed is False]
    yield f"{len({each.row for each in short})} of {len(ROWS)} rows have a figure short of its goal, " + (
        f"{len({each.row for each in found if each.sound is False})} one beyond its gate"
    )


def _placed(figure: Figure) -> Figure:
    if figure.row:
        return figure
    for pattern, row, gate, peer in _OTHERS:
        if re.search(pattern, figure.name):
            return figure.of_row(row, gate=gate, peer=peer)
    return figure


def _line(each: Figure) -> str:
    word = {True: "pass", False: "short", None: ""}[each.passed]
    word += ", beyond the gate" if each.sound is False else ""
    gate = "" if each.gate is None else f"[{each.gate:g}]"
    against = "" if each.against is None else f"{each.against:.4g}"
    ratio = "" if each.ratio is None else f"{each.ratio:.3g}"
    told = f"      {each.name:<60} {each.value:>10.4g} {each.unit:<10} {against:>10} {ratio:>7}  "
    return f"{told}{each.goal:<9} {gate:<8} {word:<24} {each.peer}".rstrip()
