"""What a receipt says of writing again, beside what people said: small histories in which a law was once broken."""

from dataclasses import replace
from datetime import UTC, date, datetime

from app.cadence.cadence import measure
from app.cadence.judge import judge
from app.cadence.thread import Channel, Draft, Notice, NoticeKind, Promise, Reply, Signals, Stage, Thread, Touch
from app.cadence.verdict import Level

NOW = datetime(2026, 6, 10, tzinfo=UTC)
APPLIED = Touch("t0", datetime(2026, 3, 2, tzinfo=UTC), Channel.EMAIL, ("dana@acme.example",), Signals("en", 120))
RECEIPT = Notice(
    "n0",
    datetime(2026, 3, 2, 1, tzinfo=UTC),
    NoticeKind.RECEIPT,
    promise=Promise(start=None, end=date(2026, 3, 16), quote="write to us again after 16 March", invites=True),
)
ASKED = Thread("dana@acme.example", (APPLIED,), (), (RECEIPT,))


def draft(channel: Channel, signals: Signals | None = None) -> Draft:
    return Draft(channel, ("dana@acme.example",), signals)


def test_a_receipt_that_bids_one_write_again_asks_for_no_call() -> None:
    assert judge(ASKED, draft(Channel.EMAIL), NOW).level is Level.CLEAR
    assert [each.rule for each in judge(ASKED, draft(Channel.CALL), NOW).warnings] == ["call-not-invited"]


def test_thanks_for_a_talk_that_only_the_stage_tells_of_are_not_called_in() -> None:
    thread = Thread("dana@acme.example", (APPLIED,), stage=Stage.SCREEN)
    thanks = Signals("en", 20, thanks=True)
    assert judge(thread, draft(Channel.EMAIL, thanks), NOW).level is Level.CLEAR
    assert judge(thread, draft(Channel.CALL, thanks), NOW).level is not Level.CLEAR


def test_a_later_day_a_person_named_outlasts_the_one_of_a_receipt() -> None:
    said = Reply(
        "r0", datetime(2026, 3, 2, tzinfo=UTC), promise=Promise(start=None, end=date(2026, 6, 9), quote="by 9 June")
    )
    receipt = replace(RECEIPT, promise=Promise(start=None, end=date(2026, 3, 16), quote="within two weeks"))
    promise = measure(Thread("dana@acme.example", (APPLIED,), (said,), (receipt,)), NOW).promise
    assert promise is not None
    assert promise.end == date(2026, 6, 9)


def test_an_empty_follow_up_is_noted_behind_a_call_and_a_mail_that_asked_for_nothing() -> None:
    at = datetime(2026, 3, 12, tzinfo=UTC)
    call, work = replace(APPLIED, key="t1", at=at, channel=Channel.CALL), replace(APPLIED, key="t2", at=at)
    thread = Thread("dana@acme.example", (APPLIED, call, work), (Reply("r0", datetime(2026, 3, 3, tzinfo=UTC)),))
    chase = Signals("en", 12, asks_for_news=True, empty=True)
    told = judge(thread, draft(Channel.EMAIL, chase), NOW)
    assert [each.rule for each in told.warnings] == ["empty-follow-up"]
