"""Looking back: the same facts as the banner, over 90 days."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.thread import Stage, Touch
from app.services import history, logging_touches, reporting
from app.services.logging_touches import TouchToLog
from app.services.reporting import Report, _own, _replies, _Run
from tests.world import NOW, World

RITA = "rita@acme.example"
runs = st.lists(
    st.builds(
        _Run,
        stage=st.sampled_from(list(Stage)),
        touches=st.just((Touch("k", NOW),)),
        days=st.floats(0, 90),
        answered=st.booleans(),
    ),
    max_size=30,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = World(tmp_path)
    yield opened
    await opened.close()


def log(world: World, *days: str, to: str = RITA, outcome: str = "message_left", channel: str = "email") -> None:
    for day in days:
        at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
        logging_touches.log_touch(world.parts, world.person_id, TouchToLog(to, channel, outcome, at), NOW)


def report_of(world: World) -> Report:
    return reporting.look_back(world.parts, world.person_id, world.clock())


@given(runs)
def test_the_own_curve_only_rises_and_ends_with_the_share_when_nothing_is_silent(given: list[_Run]) -> None:
    curve = list(_own(given, range(100)))
    assert curve == sorted(curve)
    assert all(0 <= share <= 1 for share in curve)
    if given and all(run.answered for run in given):
        assert curve[-1] == 1


@given(runs)
def test_silence_that_is_longer_never_raises_the_curve(given: list[_Run]) -> None:
    longer = [run if run.answered else _Run(run.stage, run.touches, run.days + 100, answered=False) for run in given]
    assert all(more <= less + 1e-9 for more, less in zip(_own(longer, range(46)), _own(given, range(46)), strict=True))


@given(runs)
def test_what_is_expected_lies_between_none_and_all(given: list[_Run]) -> None:
    told = _replies(given)
    assert 0 <= told.expected[0] <= told.expected[1] <= told.runs
    assert all(0 <= point.low <= point.high <= 1 for point in told.points)


async def test_every_thread_of_the_period_has_one_outcome(world: World) -> None:
    await world.link_both()
    told = report_of(world)
    since = NOW - reporting.PERIOD
    written = [
        row
        for row in history.list_recipients(world.parts, world.person_id, NOW)
        if row.state != "muted" and row.last_touch_at and row.last_touch_at >= since
    ]
    assert sum(told.outcomes.values()) == told.threads == len(written)
    closed = told.outcomes["silent"] + told.outcomes["declined"] + told.outcomes["withdrawn"]
    assert closed == sum(row.state == "closed" for row in written)


async def test_a_mail_sent_too_early_is_shown_with_the_day_that_would_have_been_good(world: World) -> None:
    log(world, "2026-11-02", "2026-11-03", "2026-11-04")
    told = report_of(world)
    assert [(gap.days, gap.side) for gap in told.gaps] == [(1, "sooner"), (1, "sooner")]
    (crossed,) = told.crossings
    assert crossed.good_date is not None
    assert crossed.on < date(2026, 11, 5) < crossed.good_date


async def test_a_mail_sent_on_a_good_day_crossed_nothing(world: World) -> None:
    log(world, "2026-11-02", "2026-11-16")
    told = report_of(world)
    assert [gap.side for gap in told.gaps] == ["good"]
    assert told.crossings == ()


async def test_what_lies_before_the_period_is_left_out(world: World) -> None:
    log(world, "2026-05-04", "2026-05-05")
    told = report_of(world)
    assert (told.threads, told.gaps, told.crossings, told.replies.runs) == (0, (), (), 0)


async def test_a_conversation_ends_the_wait_and_counts_as_an_answer(world: World) -> None:
    log(world, "2026-11-02")
    log(world, "2026-11-06", outcome="spoke", channel="call")
    told = report_of(world)
    assert told.outcomes["answered"] == 1
    assert (told.replies.runs, told.replies.answered) == (1, 1)
    assert told.since == (NOW - timedelta(days=90)).date()
