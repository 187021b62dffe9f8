"""Laws that hold for every thread and every draft, whatever the numbers of the policy are."""

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from app.cadence.cadence import measure
from app.cadence.calling import may_i_call
from app.cadence.judge import HEADLINE_LENGTH, MOST_WARNINGS, judge
from app.cadence.rules.book import RULES
from app.cadence.state import state_of
from app.cadence.thread import Channel, Draft, Notice, NoticeKind, Promise, Reply, Signals, Stage, Thread, Touch
from app.cadence.verdict import Level, Verdict
from app.cadence.workdays import calendar_of

START = datetime(2026, 3, 2, tzinfo=UTC)
NOW = START + timedelta(days=100)
RULE_IDS = frozenset(rule.id for rule in RULES)
RANKS = {rule.id: rule.rank for rule in RULES}
BANNED = re.compile(r"stalk|desperate|annoying|\bpest\b|\bfail|you should have|!|\d\.\d", re.IGNORECASE)
FLAGS = (
    *(
        "asks_for_news",
        "annoyed",
        "barely_annoyed",
        "threat",
        "pressure",
        "pleading",
        "apologetic",
        "argues",
        "thanks",
        "logistics",
    ),
    *("acceptance", "withdrawal", "competing_offer", "new_opportunity"),
)
ASKS = ("availability", "references", "portfolio")

instants = st.integers(0, 99 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
days = st.integers(0, 160).map(lambda number: START.date() + timedelta(days=number))
asks = st.lists(st.sampled_from(ASKS), max_size=2, unique=True).map(tuple)


@st.composite
def signals(draw: st.DrawFn) -> Signals:
    flags: dict[str, Any] = dict.fromkeys(draw(st.sets(st.sampled_from(FLAGS), max_size=3)), True)
    empty = "asks_for_news" in flags and draw(st.booleans())
    value = 0.0 if empty else draw(st.sampled_from((0.0, 0.0, 0.5, 1.0, 2.0, 3.0)))
    return Signals(
        language=draw(st.sampled_from(("en", "en", "de", None))),
        words=draw(st.integers(0, 200)),
        empty=empty,
        value=("work_sample",) if value else (),
        value_score=value,
        answers=draw(asks),
        **flags,
    )


@st.composite
def promises(draw: st.DrawFn) -> Promise:
    end = draw(st.none() | days)
    return Promise(None, end, draw(st.sampled_from(("", "by Friday", "within two weeks"))), draw(st.booleans()))


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    mostly_not = st.sampled_from((False, False, False, True))
    return Reply(
        "",
        draw(instants),
        draw(st.sampled_from((Channel.EMAIL, Channel.EMAIL, Channel.CALL))),
        promise=draw(st.none() | promises()),
        asks=draw(asks),
        question=draw(st.sampled_from(("", "When could you start?"))),
        closes=draw(mostly_not),
        on_hold=draw(mostly_not),
        hold_until=draw(st.none() | days),
        no_contact=draw(st.sampled_from((None, None, None, None, "all", "phone"))),
        invites_call=draw(mostly_not),
        invites_contact=draw(mostly_not),
        meeting=draw(mostly_not),
        cue=draw(st.none() | st.sampled_from(Stage)),
    )


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    return Notice(
        "",
        draw(instants),
        draw(st.sampled_from(NoticeKind)),
        until=draw(st.none() | days),
        names=draw(st.sampled_from(((), ("Omar Haddad",)))),
        address=draw(st.sampled_from(("", "dana@acme.example"))),
        reason=draw(st.sampled_from(("", "no such mailbox"))),
        promise=draw(st.none() | promises()),
    )


@st.composite
def touches(draw: st.DrawFn) -> Touch:
    return Touch(
        "",
        draw(instants),
        draw(st.sampled_from(Channel)),
        ("dana@acme.example",),
        draw(signals()),
        delivered=draw(st.sampled_from((True, True, True, False))),
        spoke=False,
    )


def in_order(thread: Thread) -> Thread:
    """Events sorted by time, with keys of their own."""
    return replace(
        thread,
        touches=tuple(
            replace(each, key=f"t{at}") for at, each in enumerate(sorted(thread.touches, key=lambda touch: touch.at))
        ),
        replies=tuple(
            replace(each, key=f"r{at}") for at, each in enumerate(sorted(thread.replies, key=lambda reply: reply.at))
        ),
        notices=tuple(
            replace(each, key=f"n{at}") for at, each in enumerate(sorted(thread.notices, key=lambda notice: notice.at))
        ),
    )


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    return in_order(
        Thread(
            "dana@acme.example",
            tuple(draw(st.lists(touches(), max_size=7))),
            tuple(draw(st.lists(replies(), max_size=4))),
            tuple(draw(st.lists(notices(), max_size=2))),
            stage=draw(st.none() | st.sampled_from(Stage)),
            industry=draw(st.sampled_from((None, "retail", "professor", "tech"))),
        )
    )


drafts = st.builds(
    Draft,
    channel=st.sampled_from((Channel.EMAIL, Channel.EMAIL, Channel.CALL, Channel.VOICEMAIL)),
    to=st.just(("dana@acme.example",)),
    signals=st.none() | signals(),
    in_reply=st.booleans(),
)


def newest(thread: Thread) -> datetime:
    events: tuple[Touch | Reply | Notice, ...] = (*thread.touches, *thread.replies, *thread.notices)
    return max((event.at for event in events), default=START)


def severity(thread: Thread, draft: Draft) -> int:
    return judge(thread, draft, NOW).level.severity


@given(threads(), drafts, st.booleans(), st.floats(0.01, 1.0), st.sampled_from((Channel.EMAIL, Channel.VOICEMAIL)))
def test_one_more_chase_never_makes_the_verdict_milder(
    thread: Thread, draft: Draft, empty: bool, when: float, channel: Channel
) -> None:
    at = newest(thread) + (NOW - newest(thread)) * when
    assume(at - newest(thread) > timedelta(minutes=31))
    chase = Touch("", at, channel, ("elsewhere@acme.example",), Signals("en", 20, asks_for_news=True, empty=empty))
    chased = in_order(replace(thread, touches=(*thread.touches, chase)))
    assert severity(chased, draft) >= severity(thread, draft)


@given(threads(), drafts, st.floats(0.01, 1.0))
def test_a_reply_never_makes_the_verdict_harsher(thread: Thread, draft: Draft, when: float) -> None:
    assume(measure(thread, NOW).unanswered)
    at = newest(thread) + (NOW - newest(thread)) * when
    answered = in_order(replace(thread, replies=(*thread.replies, Reply("", at))))
    assert severity(answered, draft) <= severity(thread, draft)


@given(threads(), notices())
def test_automatic_notices_neither_break_nor_make_silence(thread: Thread, notice: Notice) -> None:
    before, after = measure(thread, NOW), measure(in_order(replace(thread, notices=(*thread.notices, notice))), NOW)
    assert after.streak == before.streak
    assert after.answer == before.answer
    assert after.last_reply == before.last_reply


def moved(thread: Thread, by: timedelta) -> Thread:
    def later(day: date | None) -> date | None:
        return day and day + by

    def promise(of: Promise | None) -> Promise | None:
        return of and replace(of, start=later(of.start), end=later(of.end))

    return replace(
        thread,
        touches=tuple(replace(each, at=each.at + by) for each in thread.touches),
        replies=tuple(
            replace(each, at=each.at + by, promise=promise(each.promise), hold_until=later(each.hold_until))
            for each in thread.replies
        ),
        notices=tuple(
            replace(each, at=each.at + by, promise=promise(each.promise), until=later(each.until))
            for each in thread.notices
        ),
    )


@given(threads(), drafts, st.integers(1, 6))
def test_shifting_all_dates_by_weeks_shifts_the_next_good_date(thread: Thread, draft: Draft, weeks: int) -> None:
    by = timedelta(weeks=weeks)
    here, there = judge(thread, draft, NOW), judge(moved(thread, by), draft, NOW + by)
    assume(here.next_good_date is None or here.next_good_date < date(2026, 11, 1))
    assert there.level is here.level
    assert there.next_good_date == (here.next_good_date and here.next_good_date + by)
    assert [warning.rule for warning in there.warnings] == [warning.rule for warning in here.warnings]


def is_quiet(country: str, first: date, last: date) -> bool:
    """Whether no holiday of the country, no day that one makes a poor one, and no turn of the year is in these days."""
    there = calendar_of("UTC", country)
    stretch = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return all(there.is_good(day) == (day.weekday() < 5) for day in stretch)


SUMMER = timedelta(weeks=14)
"""Moves the threads to where Germany has no holiday for months."""


@given(threads(), drafts, st.integers(1, 3))
def test_the_same_holds_where_holidays_are_kept_as_long_as_none_comes_in_between(
    thread: Thread, draft: Draft, weeks: int
) -> None:
    """A holiday stays where it is while the dates move: only weeks without one can shift together."""
    by, summer, now = timedelta(weeks=weeks), moved(thread, SUMMER), NOW + SUMMER
    here = judge(summer, draft, now, country="DE")
    there = judge(moved(summer, by), draft, now + by, country="DE")
    latest = max(each.next_good_date or now.date() for each in (here, there))
    assume(is_quiet("DE", (START + SUMMER).date(), latest + timedelta(weeks=3)))
    assert there.level is here.level
    assert there.next_good_date == (here.next_good_date and here.next_good_date + by)


@given(threads(), drafts, st.sampled_from((0.5, 1.0, 2.0, 4.0)))
def test_more_value_never_makes_the_verdict_harsher(thread: Thread, draft: Draft, more: float) -> None:
    signals = draft.signals or Signals("en", 40)
    assume(not signals.empty)
    plain = replace(draft, signals=replace(signals, language="en"))
    richer = replace(
        plain,
        signals=replace(signals, language="en", value=("work_sample",), value_score=signals.value_score + more),
    )
    assert severity(thread, richer) <= severity(thread, plain)


@given(threads())
def test_far_above_the_ceiling_value_lifts_nothing(thread: Thread) -> None:
    cadence = measure(thread, NOW)
    assume(newest(thread) < NOW - timedelta(days=1))
    first = newest(thread)
    more = [first + timedelta(hours=hour) for hour in range(1, cadence.ceiling + 3)]
    chases = tuple(Touch("", at, signals=Signals("en", 20, asks_for_news=True)) for at in more)
    chased = in_order(replace(thread, touches=(*thread.touches, *chases)))
    rich = Draft(signals=Signals("en", 90, value=("work_sample",), value_score=9.0))
    assert judge(chased, rich, NOW, switched_off=RULE_IDS - {"silence-is-an-answer"}).level is Level.STOP


@given(threads(), drafts)
def test_every_sentence_is_short_calm_and_free_of_banned_words(thread: Thread, draft: Draft) -> None:
    for rule in RULES:
        verdict = judge(thread, draft, NOW, switched_off=RULE_IDS - {rule.id})
        told = [verdict.headline, *(text for each in verdict.warnings for text in (each.message, each.instead))]
        assert all(len(text) <= HEADLINE_LENGTH for text in told)
        assert not any(BANNED.search(text) for text in told)
    state, advice = state_of(thread, NOW), may_i_call(thread, NOW)
    assert not any(BANNED.search(text) for text in (state.words, state.closure, advice.say, *advice.reasons))


@given(threads(), drafts)
def test_a_verdict_is_whole(thread: Thread, draft: Draft) -> None:
    verdict = judge(thread, draft, NOW)
    events: tuple[Touch | Reply | Notice, ...] = (*thread.touches, *thread.replies, *thread.notices)
    known = {event.key for event in events}
    assert json.loads(json.dumps(asdict(verdict), default=str))["level"] == verdict.level.value
    assert bool(verdict.warnings) == bool(verdict.headline) == (verdict.level is not Level.CLEAR)
    assert len(verdict.warnings) <= MOST_WARNINGS
    assert all(set(warning.evidence) <= known for warning in verdict.warnings)
    assert verdict.next_good_date is None or verdict.next_good_date > NOW.date()
    assert_the_worst_comes_first_and_precedence_orders_the_rest(verdict)


def assert_the_worst_comes_first_and_precedence_orders_the_rest(verdict: Verdict) -> None:
    if verdict.warnings:
        first, *others = verdict.warnings
        assert first.level is verdict.level
        assert all(other.level.severity <= first.level.severity for other in others)
        ranks = [RANKS[other.rule] for other in others]
        assert ranks == sorted(ranks)
        assert all(RANKS[first.rule] < RANKS[other.rule] for other in others if other.level is first.level)


@given(threads(), drafts)
def test_with_every_rule_switched_off_nothing_is_said(thread: Thread, draft: Draft) -> None:
    assert judge(thread, draft, NOW, switched_off=RULE_IDS).level is Level.CLEAR


@given(threads(), drafts)
def test_a_recipient_who_is_no_job_contact_is_never_warned_about(thread: Thread, draft: Draft) -> None:
    assert judge(replace(thread, job_contact=False), draft, NOW).level is Level.CLEAR


@given(threads())
def test_what_was_sent_after_now_changes_nothing(thread: Thread) -> None:
    middle = START + timedelta(days=50)
    seen = replace(
        thread,
        touches=tuple(each for each in thread.touches if each.at <= middle),
        replies=tuple(each for each in thread.replies if each.at <= middle),
        notices=tuple(each for each in thread.notices if each.at <= middle),
    )
    assert judge(thread, Draft(), middle) == judge(seen, Draft(), middle)
    assert state_of(thread, middle) == state_of(seen, middle)
