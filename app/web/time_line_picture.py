"""The time line as a picture: where every mark, window and date stands. Pure layout; the template draws it."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import log2
from zoneinfo import ZoneInfo

from app.services.history import Entry, TimeLine
from app.web.words import what_of

WIDE, NARROW = 960, 340
"""Pixels: a desk's window and a telephone's."""
LEFT, RIGHT = 28, 74
LANE = 30
"""Pixels between two marks of one lane that would otherwise overlap."""
LANES = 8
FIRST = 40
"""Pixels from the line to the innermost lane."""
BAND = 38
"""Pixels a window takes, with the words above it."""
LETTER = 6.6
"""Pixels of an average letter of the drawing's 12 pixel type."""
LONGEST_DAYS = 21
"""A stretch without anything longer than this is drawn shorter and marked with a break."""
LABEL_ROOM = 64
FACT_ROOM = 20
"""Pixels at the foot where the mark that is pointed at or focused says what it is."""


LEGEND = (
    ("counted", "counts as unanswered"),
    ("touch", "yours, does not count"),
    ("reply", "theirs"),
    ("silence", "silence"),
    ("promise", "a date they named"),
    ("absence", "away"),
    ("next", "next good date"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One event at (x, y), tied to the line by a stem. `shape` is mail, call, voicemail, other, notice or closure."""

    x: float
    y: float
    shape: str
    side: str
    entry: Entry
    row: str


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch from x to `end_x`: silence (without an `entry`), promise or absence. Its words start at `words_x`."""

    x: float
    end_x: float
    y: float
    kind: str
    entry: Entry | None = None
    row: str = ""
    words_x: float = 0


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything in pixels of a canvas `width` by `height`; `line` is the y of the time itself."""

    width: int
    height: float
    line: float
    marks: tuple[Mark, ...]
    windows: tuple[Window, ...]
    ticks: tuple[Tick, ...]
    breaks: tuple[Tick, ...]
    today: float
    next_good: float | None

    @property
    def foot(self) -> float:
        """The y of the words under the time."""
        return self.height - 8 - FACT_ROOM

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(kind, words) of what is really drawn."""
        kinds = {window.kind for window in self.windows} | {_key(mark) for mark in self.marks}
        if self.next_good is not None:
            kinds.add("next")
        return [(kind, told) for kind, told in LEGEND if kind in kinds]


class Scale:
    """Days to pixels: straight, but for long empty stretches, which grow with their logarithm only."""

    def __init__(self, days: Iterable[date], width: int = WIDE) -> None:
        self.days = sorted(set(days))
        places = [0.0]
        for earlier, later in pairwise(self.days):
            places.append(places[-1] + _drawn_days((later - earlier).days))
        room = width - LEFT - RIGHT
        self.places = [LEFT + place * room / max(places[-1], 14) for place in places]

    def at(self, day: date, share: float = 0.0) -> float:
        """The x of a moment: a day and the share of it that has passed, 0 to 1."""
        here = min(max(bisect_right(self.days, day) - 1, 0), len(self.days) - 2)
        if here < 0:
            return self.places[0]
        first, last = self.days[here], self.days[here + 1]
        part = ((day - first).days + share) / (last - first).days
        return self.places[here] + part * (self.places[here + 1] - self.places[here])

    def breaks(self) -> list[Tick]:
        """Where a long stretch was drawn shorter, each with how long it is."""
        stretches = zip(pairwise(self.days), pairwise(self.places), strict=True)
        return [
            Tick((x + end_x) / 2, f"{round((later - earlier).days / 7)} weeks")
            for (earlier, later), (x, end_x) in stretches
            if (later - earlier).days > LONGEST_DAYS
        ]


def picture_of(line: TimeLine, zone: str, width: int = WIDE) -> Picture:
    """Lay out a time line on a canvas of that width. `zone` is the IANA zone whose days are drawn."""
    place = ZoneInfo(zone)
    scale = Scale(_days(line, place), width)
    drawn = [(f"entry-{number}", entry) for number, entry in enumerate(line.entries)]
    marks = _marks([(row, entry) for row, entry in drawn if entry.what not in {"promise", "absence"}], scale, place)
    above = max((mark.y for mark in marks if mark.side == "above"), default=float(FIRST))
    below = max((mark.y for mark in marks if mark.side == "below"), default=0.0)
    axis = above + LANE
    spans = _windows([(row, entry) for row, entry in drawn if entry.until], scale, place)
    silence = _silence(line, scale, place, axis)
    next_date = line.summary.next_good_date
    return Picture(
        width=width,
        height=axis + below + LANE + BAND * len(spans) + 22 + FACT_ROOM,
        line=axis,
        marks=tuple(_placed(mark, axis) for mark in marks),
        windows=(*silence, *(_laid(window, axis + below + LANE, width) for window in spans)),
        ticks=tuple(_ticks(scale)),
        breaks=tuple(scale.breaks()),
        today=scale.at(line.today, 0.5),
        next_good=scale.at(next_date, 0.5) if next_date and next_date >= line.today else None,
    )


def _drawn_days(days: int) -> float:
    return days if days <= LONGEST_DAYS else LONGEST_DAYS + 5 * log2(days / LONGEST_DAYS)


def _days(line: TimeLine, place: ZoneInfo) -> list[date]:
    days = [entry.at.astimezone(place).date() for entry in line.entries]
    days += [entry.until for entry in line.entries if entry.until]
    days += [line.today, line.today + timedelta(days=1)]
    if line.summary.next_good_date:
        days += [line.summary.next_good_date, line.summary.next_good_date + timedelta(days=1)]
    return [min(days) - timedelta(days=1), *days]


def _x(at: datetime, scale: Scale, place: ZoneInfo) -> float:
    local = at.astimezone(place)
    return scale.at(local.date(), (local.hour * 60 + local.minute) / 1440)


def _marks(entries: Sequence[tuple[str, Entry]], scale: Scale, place: ZoneInfo) -> list[Mark]:
    """Marks with y as the distance from the line; one that would cover another moves a lane further out."""
    ends: dict[tuple[str, int], float] = {}
    marks = []
    for row, entry in entries:
        x = _x(entry.at, scale, place)
        side = "above" if entry.what == "touch" else "below"
        lane = _free_lane(ends, side, x)
        ends[side, lane] = x
        marks.append(Mark(x, float(FIRST + LANE * lane), _shape(entry), side, entry, row))
    return marks


def _free_lane(ends: Mapping[tuple[str, int], float], side: str, x: float) -> int:
    """The innermost lane with room at x; the outermost one when none has."""
    free = (lane for lane in range(LANES) if ends.get((side, lane), -LANE) + LANE <= x)
    return next(free, LANES - 1)


def _key(mark: Mark) -> str:
    """Which line of the legend explains a mark."""
    if mark.side == "above":
        return "counted" if mark.entry.counted else "touch"
    return "reply"


def _shape(entry: Entry) -> str:
    if entry.what in {"notice", "closure"}:
        return entry.what
    return {"email": "mail", "call": "call", "voicemail": "voicemail"}.get(entry.channel, "other")


def _silence(line: TimeLine, scale: Scale, place: ZoneInfo, axis: float) -> list[Window]:
    counted = [entry.at for entry in line.entries if entry.counted]
    if not counted:
        return []
    return [Window(_x(min(counted), scale, place), scale.at(line.today, 0.5), axis, "silence")]


def _windows(entries: Sequence[tuple[str, Entry]], scale: Scale, place: ZoneInfo) -> list[Window]:
    """One band a window, each on its own height below the marks."""
    return [
        Window(
            _x(entry.at, scale, place),
            max(scale.at(entry.until, 1.0), _x(entry.at, scale, place) + 6) if entry.until else 0,
            float(BAND * number),
            entry.what,
            entry,
            row,
        )
        for number, (row, entry) in enumerate(entries)
    ]


def _placed(mark: Mark, axis: float) -> Mark:
    y = axis - mark.y if mark.side == "above" else axis + mark.y
    return replace(mark, y=y)


def _laid(window: Window, top: float, width: int) -> Window:
    """A window at its height, its words above it and never over the edge."""
    words = LETTER * len(what_of(window.entry)) if window.entry else 0
    return replace(window, y=top + window.y + BAND / 2, words_x=max(8, min(window.x, width - 8 - words)))


def _ticks(scale: Scale) -> list[Tick]:
    """Days to read the line by: the first of months, or Mondays while the line is short; none too close together."""
    first, last = scale.days[0], scale.days[-1]
    every = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    long = len(every) > 62
    named = [day for day in every if (day.day == 1 if long else day.weekday() == 0)]
    ticks: list[Tick] = []
    for day in named:
        x = scale.at(day)
        if not ticks or x - ticks[-1].x >= LABEL_ROOM:
            label = (
                f"{day:%b} {day.year}" if long and day.month == 1 else f"{day:%b}" if long else f"{day:%b} {day.day}"
            )
            ticks.append(Tick(x, label))
    return ticks
