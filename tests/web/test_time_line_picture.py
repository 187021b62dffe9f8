"""Laws of the drawn time line: order, room, and that nothing is left out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.services.history import Entry, Summary, TimeLine
from app.web.time_line_picture import LANE, LANES, NARROW, WIDE, Picture, Scale, picture_of

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
KINDS = (("touch", "email"), ("touch", "call"), ("touch", "voicemail"), ("reply", "email"), ("notice", "email"))


def line_with(entries: list[Entry], next_good: date | None = None) -> TimeLine:
    unanswered = sum(entry.counted for entry in entries)
    who = Summary("r", "dana@acme.example", "", unanswered, None, None, "applied", "waiting", next_good)
    ordered = tuple(sorted(entries, key=lambda entry: entry.at))
    return TimeLine(who, (who.address,), ordered, (), NOW.date(), False)


def entry(number: int, minutes_ago: int, kind: tuple[str, str] = KINDS[0], **more: object) -> Entry:
    at = NOW - timedelta(minutes=minutes_ago)
    return Entry(f"k{number}", at, kind[0], "out", kind[1], "", "mail", **more)  # type: ignore[arg-type]


YEARS = 4 * 365 * 24 * 60
ages = st.lists(st.tuples(st.integers(0, YEARS), st.sampled_from(KINDS), st.booleans()), max_size=40)
entries = ages.map(
    lambda drawn: [entry(number, age, kind, counted=counted) for number, (age, kind, counted) in enumerate(drawn)]
)
nexts = st.none() | st.dates(NOW.date(), NOW.date() + timedelta(days=400))


def drawn(of: list[Entry], next_good: date | None = None) -> Picture:
    return picture_of(line_with(of, next_good), "Europe/Berlin")


@given(entries, nexts, st.sampled_from([WIDE, NARROW]))
def test_every_entry_is_drawn_once_and_within_the_canvas(of: list[Entry], next_good: date | None, width: int) -> None:
    picture = picture_of(line_with(of, next_good), "Europe/Berlin", width)
    assert sorted(mark.entry.key for mark in picture.marks) == sorted(each.key for each in of)
    assert all(0 < mark.x < width and 0 < mark.y < picture.height for mark in picture.marks)
    assert 0 < picture.today < width
    assert picture.next_good is None or picture.today <= picture.next_good < width


@given(entries, nexts)
def test_later_is_never_further_left(of: list[Entry], next_good: date | None) -> None:
    marks = sorted(drawn(of, next_good).marks, key=lambda mark: mark.entry.at)
    assert all(first.x <= second.x + 1e-9 for first, second in pairwise(marks))


@given(entries)
def test_marks_of_one_lane_do_not_cover_each_other_while_there_is_room(of: list[Entry]) -> None:
    lanes: dict[float, list[float]] = {}
    for mark in drawn(of).marks:
        lanes.setdefault(mark.y, []).append(mark.x)
    if len(lanes) < LANES:
        assert all(second - first >= LANE - 1e-6 for xs in lanes.values() for first, second in pairwise(xs))


@given(entries, st.integers(1, 300))
def test_shifting_everything_by_whole_weeks_changes_no_place(of: list[Entry], weeks: int) -> None:
    by = timedelta(weeks=weeks)
    later = [Entry(each.key, each.at + by, each.what, each.direction, each.channel, "", "mail") for each in of]
    shifted = picture_of(
        TimeLine(*_shifted(line_with(later), NOW.date() + by)),  # type: ignore[arg-type]
        "UTC",
    )
    assert [round(mark.x, 6) for mark in shifted.marks] == [
        round(mark.x, 6) for mark in picture_of(line_with(of), "UTC").marks
    ]


def _shifted(line: TimeLine, today: date) -> tuple[object, ...]:
    return line.summary, line.addresses, line.entries, line.corrections, today, line.muted


@given(entries)
def test_what_is_yours_stands_above_the_line_and_theirs_below(of: list[Entry]) -> None:
    picture = drawn(of)
    assert all((mark.y < picture.line) == (mark.entry.what == "touch") for mark in picture.marks)


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1, max_size=30))
def test_the_scale_grows_with_every_day_drawn(days: list[date]) -> None:
    scale = Scale(days)
    places = [scale.at(day) for day in sorted(set(days))]
    assert all(first < second for first, second in pairwise(places))


def test_a_long_silence_is_drawn_shorter_and_says_how_long_it_is() -> None:
    picture = drawn([entry(1, 400 * 24 * 60), entry(2, 60)])
    assert [mark.label for mark in picture.breaks] == ["57 weeks"]


def test_silence_lasts_from_the_first_unanswered_touch_until_today() -> None:
    picture = drawn([entry(1, 20_000), entry(2, 10_000, counted=True), entry(3, 5_000, counted=True)])
    silence = next(window for window in picture.windows if window.kind == "silence")
    assert silence.x == next(mark.x for mark in picture.marks if mark.entry.key == "k2")
    assert silence.end_x == picture.today


def test_a_promise_is_a_window_from_when_it_was_given_to_its_date() -> None:
    promise = entry(1, 3 * 24 * 60, ("promise", ""), until=date(2026, 11, 27))
    picture = drawn([entry(2, 5 * 24 * 60), promise], date(2026, 12, 1))
    window = next(window for window in picture.windows if window.kind == "promise")
    assert window.x < picture.today < window.end_x < (picture.next_good or 0)


def test_the_legend_names_only_what_is_drawn() -> None:
    assert drawn([entry(1, 60)]).legend == [("touch", "yours, does not count")]
    kinds = [kind for kind, _ in drawn([entry(1, 60, counted=True), entry(2, 30, KINDS[3])]).legend]
    assert kinds == ["counted", "reply", "silence"]
