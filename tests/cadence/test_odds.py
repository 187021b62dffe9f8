"""How often an answer still comes: a table worked out beside it, the laws of silence, and the person's own threads."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.cadence import Cadence, measure
from app.cadence.odds import Belief, PastStreak, believe, chance, odds, past_streaks
from app.cadence.policy import PRIORS
from app.cadence.thread import Notice, NoticeKind, Promise, Reply, Signals, Stage, Thread, Touch

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SILENT_DAYS = (1, 3, 7, 14, 21, 30)
PERCENT = {
    (Stage.COLD, 1): (11, 7, 4, 2, 2, 1),
    (Stage.NETWORKING, 1): (33, 22, 14, 8, 6, 4),
    (Stage.NETWORKING, 2): (18, 11, 7, 4, 3, 2),
    (Stage.APPLIED, 1): (29, 26, 19, 12, 8, 5),
    (Stage.APPLIED, 3): (11, 9, 6, 4, 2, 1),
    (Stage.SCREEN, 1): (64, 57, 43, 25, 14, 8),
    (Stage.INTERVIEW, 1): (60, 56, 44, 23, 12, 5),
    (Stage.INTERVIEW, 4): (13, 11, 7, 3, 1, 0),
    (Stage.FINAL, 2): (45, 41, 30, 14, 7, 3),
    (Stage.OFFER, 1): (93, 82, 54, 20, 7, 3),
}


def prior(stage: Stage) -> Belief:
    return believe(stage, ())


@pytest.mark.parametrize(("stage", "touch"), PERCENT)
def test_the_chance_follows_the_design_within_two_percent(stage: Stage, touch: int) -> None:
    told = [100 * chance(prior(stage), days, touch, stage) for days in SILENT_DAYS]
    assert told == pytest.approx(PERCENT[stage, touch], abs=2.0)


@given(st.sampled_from(Stage), st.integers(1, 8), st.floats(0, 200), st.floats(0, 200))
def test_more_silence_never_raises_the_chance(stage: Stage, touch: int, first: float, second: float) -> None:
    shorter, longer = sorted((first, second))
    assert chance(prior(stage), longer, touch, stage) <= chance(prior(stage), shorter, touch, stage)


@given(st.sampled_from(Stage), st.integers(1, 8), st.floats(0, 200))
def test_a_further_touch_never_raises_the_chance(stage: Stage, touch: int, silent: float) -> None:
    assert chance(prior(stage), silent, touch + 1, stage) <= chance(prior(stage), silent, touch, stage)


past = st.builds(
    PastStreak,
    recipient=st.sampled_from(("dana@acme.example", "omar@acme.example", "rita@other.example")),
    stage=st.sampled_from(Stage),
    touches=st.integers(1, 4),
    days=st.floats(0.01, 90),
    answered=st.booleans(),
)


@given(st.sampled_from(Stage), st.lists(past, max_size=30), past)
def test_an_answered_thread_raises_belief_and_a_long_silent_one_lowers_it(
    stage: Stage, own: list[PastStreak], last: PastStreak
) -> None:
    before = believe(stage, own).share
    answered = believe(stage, [*own, PastStreak(last.recipient, stage, 1, last.days, answered=True)])
    silent = believe(stage, [*own, PastStreak(last.recipient, stage, 1, 400.0, answered=False)])
    assert silent.share < before < answered.share < 1


def test_a_fresh_silence_hardly_moves_belief() -> None:
    before = PRIORS[Stage.APPLIED].share
    after = believe(Stage.APPLIED, [PastStreak("dana@acme.example", Stage.APPLIED, 1, 0.0, answered=False)]).share
    assert after == pytest.approx(before)


def test_quick_answers_shorten_the_expected_time() -> None:
    quick = [PastStreak("dana@acme.example", Stage.APPLIED, 1, 1.0, answered=True)] * 10
    assert believe(Stage.APPLIED, quick).median_days < 4


def applied(*, days: int, replies: tuple[Reply, ...] = (), notices: tuple[Notice, ...] = ()) -> Cadence:
    thread = Thread("dana@acme.example", (Touch("t", MONDAY),), replies, notices, stage=Stage.APPLIED)
    return measure(thread, MONDAY + timedelta(days=days))


def test_the_words_are_natural_frequencies_and_name_their_ground() -> None:
    cadence = applied(days=21)
    told = odds(cadence, cadence.now)
    assert told is not None
    assert told.band == "unlikely"
    assert told.words == "In about 1 of 10 threads like this one an answer still comes; a no counts as one."
    assert told.basis == "general e-mail studies"


def test_twenty_own_finished_threads_become_the_ground() -> None:
    cadence = applied(days=21)
    own = [PastStreak("rita@other.example", Stage.APPLIED, 1, 5.0, answered=True)] * 20
    own.append(PastStreak("rita@other.example", Stage.APPLIED, 1, 2.0, answered=False))
    told = odds(cadence, cadence.now, own)
    assert told is not None
    assert told.basis == "your last 20 threads"


def test_own_threads_of_other_stages_alone_are_no_ground() -> None:
    cadence = applied(days=21)
    own = [PastStreak("rita@other.example", Stage.OFFER, 1, 5.0, answered=True)] * 30
    told = odds(cadence, cadence.now, own)
    assert told is not None
    assert told.basis == "general e-mail studies"


def test_the_silence_after_a_third_touch_says_less_than_that_after_a_first() -> None:
    own = [PastStreak("rita@other.example", Stage.APPLIED, touches, 90.0, answered=False) for touches in (1, 3)]
    assert believe(Stage.APPLIED, own[1:]).share > believe(Stage.APPLIED, own[:1]).share


def test_the_recipients_own_past_weighs_in() -> None:
    cadence = applied(days=1)
    silent = [PastStreak("dana@acme.example", Stage.NETWORKING, 1, 60.0, answered=False)] * 12
    general, own = odds(cadence, cadence.now), odds(cadence, cadence.now, silent)
    assert general is not None
    assert own is not None
    assert (general.band, own.band) == ("possible", "unlikely")


def test_strangers_at_a_shared_mail_domain_say_nothing_about_each_other() -> None:
    thread = Thread("dana@gmail.com", (Touch("t", MONDAY),), stage=Stage.APPLIED)
    cadence = measure(thread, MONDAY + timedelta(days=1))
    silent = [PastStreak("omar@gmail.com", Stage.COLD, 1, 60.0, answered=False)] * 12
    assert odds(cadence, cadence.now, silent) == odds(cadence, cadence.now)


def test_nothing_is_told_while_nothing_waits_or_a_date_is_promised() -> None:
    answer = Reply("r", MONDAY + timedelta(days=1))
    promise = Promise(None, date(2026, 3, 20))
    notice = Notice("n", MONDAY + timedelta(days=1), NoticeKind.REJECTION)
    assert odds(applied(days=3, replies=(answer,)), MONDAY + timedelta(days=3)) is None
    assert odds(applied(days=3, notices=(notice,)), MONDAY + timedelta(days=3)) is None
    asked = Touch("a", MONDAY + timedelta(days=2), signals=Signals("en", asks_for_news=True))
    word = Reply("r", MONDAY + timedelta(days=1), promise=promise)
    thread = Thread("dana@acme.example", (asked,), (word,), stage=Stage.INTERVIEW)
    before, after = datetime(2026, 3, 20, 12, tzinfo=UTC), datetime(2026, 3, 23, 12, tzinfo=UTC)
    assert odds(measure(thread, before), before) is None
    told = odds(measure(thread, after), after)
    assert told is not None
    assert told.band == "likely"


def test_past_streaks_remember_answers_and_the_present_silence() -> None:
    touches = (Touch("a", MONDAY), Touch("b", MONDAY + timedelta(days=14)), Touch("c", MONDAY + timedelta(days=28)))
    reply = Reply("r", MONDAY + timedelta(days=1))
    thread = Thread("dana@acme.example", touches, (reply,), stage=Stage.NETWORKING)
    told = past_streaks(measure(thread, MONDAY + timedelta(days=35)))
    assert [(each.touches, each.answered, round(each.days, 1)) for each in told] == [(1, True, 1.4), (2, False, 7.0)]
