"""When silence is an answer, and what does not undo it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.cadence.judge import judge
from app.cadence.thread import Channel, Draft, Reply, Signals, Thread, Touch
from app.cadence.verdict import Level

START = datetime(2026, 3, 2, tzinfo=UTC)
NOW = START + timedelta(weeks=20)
APPLIED = Touch("t0", START, Channel.EMAIL, ("dana@acme.example",), Signals("en", 120))
CALLS = tuple(
    replace(APPLIED, key=f"t{week}", at=START + timedelta(weeks=week), channel=Channel.CALL) for week in (2, 4)
)
SILENT = Thread("dana@acme.example", (APPLIED, *CALLS))
AGAIN = replace(APPLIED, key="t18", at=NOW - timedelta(weeks=2), signals=Signals("en", 20, asks_for_news=True))
DRAFT = Draft(Channel.EMAIL, ("dana@acme.example",))


def test_one_more_mail_after_months_of_silence_does_not_begin_a_new_silence() -> None:
    assert judge(SILENT, DRAFT, NOW).level is Level.STOP
    told = judge(replace(SILENT, touches=(*SILENT.touches, AGAIN)), DRAFT, NOW)
    assert [each.rule for each in told.warnings][:1] == ["silence-is-an-answer"]
    assert told.next_good_date is None


def test_their_word_ends_it() -> None:
    wrote = Reply("r0", NOW - timedelta(days=1))
    thread = replace(SILENT, touches=(*SILENT.touches, AGAIN), replies=(wrote,))
    assert judge(thread, DRAFT, NOW).level is Level.CLEAR


def test_as_many_messages_within_weeks_are_not_an_answer_yet() -> None:
    assert judge(SILENT, DRAFT, START + timedelta(weeks=6)).level is not Level.STOP
