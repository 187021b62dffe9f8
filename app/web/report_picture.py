"""The pictures of the report: where every bar and line stands. Pure layout; the template draws it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.services.reporting import Gap, Point, Report

WIDTH = 380
"""Pixels of each picture; it is drawn as wide as its column."""
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 14, 34
HEIGHT = 200
LAST_BAR = 20
"""Working days; the last bar holds this many and more."""
SIDES = ("sooner", "good", "later")


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of one `kind`, told by `words`."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words at (x, y) of a scale."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture. `line` and `area` are SVG path data, empty where there is none."""

    pieces: tuple[Piece, ...]
    across: tuple[Label, ...]
    up: tuple[Label, ...] = ()
    line: str = ""
    area: str = ""
    height: int = HEIGHT
    width: int = WIDTH


def outcomes_chart(outcomes: Mapping[str, int], words: Mapping[str, str]) -> Chart:
    """One bar, as long as there are threads, in pieces by how they stand."""
    total, x, pieces = sum(outcomes.values()) or 1, 0.0, []
    for kind, count in outcomes.items():
        width = WIDTH * count / total
        if count:
            pieces.append(Piece(x, 0, max(width - 2, 1), 40, kind, f"{words[kind]}: {count}"))
        x += width
    return Chart(tuple(pieces), (), height=40)


def gaps_chart(gaps: Sequence[Gap]) -> Chart:
    """A bar for each number of working days, stacked by whether it was sooner, good or later than usual."""
    counted = Counter((min(gap.days, LAST_BAR), gap.side) for gap in gaps)
    tallest = max((sum(counted[day, side] for side in SIDES) for day in range(LAST_BAR + 1)), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / (LAST_BAR + 1)
    pieces = []
    for day in range(LAST_BAR + 1):
        foot = 0
        for side in SIDES:
            if count := counted[day, side]:
                y = _up(foot + count, tallest)
                words = f"{day}{'+' if day == LAST_BAR else ''} working days: {count} {side}"
                pieces.append(Piece(LEFT + day * step + 1, y, step - 2, _up(foot, tallest) - y, side, words))
                foot += count
    across = tuple(
        Label(LEFT + (day + 0.5) * step, HEIGHT - 14, f"{day}{'+' if day == LAST_BAR else ''}")
        for day in range(0, LAST_BAR + 1, 5)
    )
    return Chart(tuple(pieces), across, _counts(tallest))


def replies_chart(report: Report) -> Chart:
    """One's own curve as a line, what studies expect as a band; up are answers of 10 threads, across are days."""
    points = report.replies.points
    highest = max(0.5, *(max(point.own, point.high) for point in points))
    tenths = int(highest * 10 + 0.999)
    room, last = WIDTH - LEFT - RIGHT, points[-1].day

    def at(day: int, share: float) -> tuple[float, float]:
        return LEFT + room * day / last, _up(share * 10, tenths)

    top = [at(point.day, point.high) for point in points]
    back = [at(point.day, point.low) for point in reversed(points)]
    weeks = range(0, last + 1, 7)
    return Chart(
        pieces=(),
        across=tuple(Label(at(day, 0)[0], HEIGHT - 14, str(day)) for day in weeks),
        up=tuple(Label(LEFT - 8, _up(mark, tenths) + 4, str(mark)) for mark in _marks(tenths)),
        line=_path(_stairs([at(point.day, point.own) for point in points])) if report.replies.enough else "",
        area=f"{_path([*top, *back])} Z",
    )


def rows_of_curve(points: Sequence[Point], days: Iterable[int] = (2, 7, 14, 28, 45)) -> list[tuple[int, str, str]]:
    """(day, own, expected) in answers of 10 threads, for the table beside the picture."""
    by_day = {point.day: point for point in points}
    return [(day, _tenths(by_day[day].own), _range(by_day[day])) for day in days]


def _tenths(share: float) -> str:
    return f"about {round(share * 10)}" if share >= 0.05 else "none" if share == 0 else "fewer than 1"


def _range(point: Point) -> str:
    low, high = round(point.low * 10), round(point.high * 10)
    return f"{low} to {high}" if low < high else f"about {high}"


def _up(value: float, highest: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / highest)


def _counts(tallest: int) -> tuple[Label, ...]:
    return tuple(Label(LEFT - 8, _up(mark, tallest) + 4, str(mark)) for mark in _marks(tallest))


def _marks(highest: int) -> list[int]:
    """Nothing, the highest, and a whole number about half way."""
    return sorted({0, highest // 2, highest}) if highest > 2 else [0, highest]


def _stairs(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same corners joined by level and upright lines."""
    stairs = list(corners[:1])
    for x, y in corners[1:]:
        stairs += [(x, stairs[-1][1]), (x, y)]
    return stairs


def _path(corners: Iterable[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
