"""What counts as a touch and what as an answer: row by row, and its laws."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cadence.cadence import measure
from app.cadence.judge import judge
from app.cadence.thread import Channel, Draft, NoticeKind, Promise, Signals, Stage, Thread
from app.reading.facts import (
    CorrectionFact,
    CorrectionKind,
    InboundReading,
    Kind,
    LoggedFact,
    Matter,
    MessageFact,
    OutboundReading,
)
from app.reading.threads import build_thread

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DANA = "dana@acme.example"
ME = "ana@example.com"


def on(day: float) -> datetime:
    return START + timedelta(days=day)


def sent(key: str, day: float, *to: str, **more) -> MessageFact:
    reading = more.pop("reading", OutboundReading())
    facts = {"message_key": f"mk-{key}", "thread_key": "a:1", "sender_name": "Ana"} | more
    return MessageFact(key=key, at=on(day), outbound=True, sender=ME, people=to or (DANA,), reading=reading, **facts)


def got(key: str, day: float, sender: str = DANA, kind: Kind = Kind.REPLY, **more) -> MessageFact:
    said = InboundReading(kind=kind, **more.pop("said", {}))
    facts = {"message_key": f"mk-{key}", "thread_key": "a:1", "sender_name": "", "people": (ME,)} | more
    return MessageFact(key=key, at=on(day), outbound=False, sender=sender, reading=said, **facts)


def thread(*facts: MessageFact, **more) -> Thread:
    return build_thread(DANA, frozenset({DANA}), facts, **more)


def keys(events) -> list[str]:
    return [event.key for event in events]


def test_the_same_letter_in_two_mailboxes_is_one_touch():
    twice = thread(sent("1", 0), sent("2", 0, message_key="mk-1", thread_key="b:7"))
    assert keys(twice.touches) == ["1"]


def test_a_reply_in_the_thread_of_the_other_mailbox_is_an_answer():
    facts = sent("1", 0), sent("2", 0, message_key="mk-1", thread_key="b:7")
    assert keys(thread(*facts, got("3", 1, "sam@other.example", thread_key="b:7")).replies) == ["3"]


def test_a_bcc_to_the_recipient_is_a_touch():
    assert keys(thread(sent("1", 0, "someone@else.example", DANA)).touches) == ["1"]


def test_mail_to_others_and_to_myself_is_no_touch():
    assert thread(sent("1", 0, ME), sent("2", 0, "friend@example.com")).touches == ()


def test_an_answer_from_another_known_address_counts():
    facts = [sent("1", 0), got("2", 1, "dana@home.example", thread_key="a:9")]
    assert keys(build_thread(DANA, frozenset({DANA, "dana@home.example"}), facts).replies) == ["2"]


def test_an_answer_from_an_unknown_address_with_the_same_full_name_counts():
    reply = got("2", 1, "dd@private.example", thread_key="a:9", sender_name="Dana Diaz")
    assert keys(thread(sent("1", 0), reply, name="Dana Diaz (Acme)").replies) == ["2"]


def test_a_shared_first_name_is_not_the_same_person():
    reply = got("2", 1, "dana@shop.example", thread_key="a:9", sender_name="Dana")
    assert thread(sent("1", 0), reply, name="Dana").replies == ()


def test_a_colleague_who_references_my_mail_answers_from_anywhere():
    reply = got("2", 1, "lee@relay.example", thread_key="a:9", reference_keys=("mk-1",))
    assert keys(thread(sent("1", 0), reply).replies) == ["2"]


def test_a_colleague_in_another_thread_is_only_a_hint():
    facts = sent("1", 0), got("2", 1, "lee@acme.example", thread_key="a:9")
    assert thread(*facts).replies == ()
    assert keys(thread(*facts).hints) == ["2"]


@pytest.mark.parametrize("said", [{"meeting": True}, {"asks": ("availability",)}, {"closure": True}])
def test_a_colleague_who_speaks_of_the_matter_answers_from_any_thread(said: dict):
    answered = thread(sent("1", 0), got("2", 1, "lee@acme.example", thread_key="a:9", said=said))
    assert keys(answered.replies) == ["2"]
    assert answered.hints == ()


def test_a_colleague_the_person_wrote_to_apart_answers_for_themselves():
    apart = sent("2", 0.5, "lee@acme.example", thread_key="a:9")
    answered = thread(sent("1", 0), apart, got("3", 1, "lee@acme.example", thread_key="a:9", said={"meeting": True}))
    assert answered.replies == answered.hints == ()


def test_colleagues_of_ones_own_company_say_nothing_about_an_application_inside_it():
    inside = {"sender": "ana@acme.example"}
    mine = replace(sent("1", 0), **inside)
    lunch = replace(got("2", 1, "lee@acme.example", thread_key="a:9"), people=("ana@acme.example",))
    assert thread(mine, lunch).hints == ()


def test_free_mail_hosts_are_no_company():
    facts = [sent("1", 0, "dana@gmail.com"), got("2", 1, "lee@gmail.com", thread_key="a:9")]
    assert build_thread("dana@gmail.com", frozenset(), facts).hints == ()


def test_a_friend_to_whom_the_thread_was_forwarded_does_not_answer_for_the_recruiter():
    forward = sent("2", 1, "friend@example.com", reading=OutboundReading(forward=True), reference_keys=("mk-1",))
    comment = got("3", 2, "friend@example.com", reference_keys=("mk-1", "mk-2"))
    answered = thread(sent("1", 0), forward, comment)
    assert keys(answered.touches) == ["1"]
    assert answered.replies == ()


@pytest.mark.parametrize("kind", [Kind.OOO, Kind.ATS_RECEIPT, Kind.AUTO_REPLY, Kind.LIST, Kind.CALENDAR, Kind.BOUNCE])
def test_automatic_mail_is_no_answer(kind: Kind):
    assert thread(sent("1", 0), got("2", 1, kind=kind)).replies == ()


def test_a_calendar_request_is_a_meeting():
    (reply,) = thread(sent("1", 0), got("2", 1, kind=Kind.CALENDAR, said={"calendar_method": "REQUEST"})).replies
    assert reply.meeting


def test_an_absence_in_any_thread_says_until_when():
    away = got("2", 1, kind=Kind.OOO, thread_key="a:9", said={"return_date": on(8).date()})
    (notice,) = thread(sent("1", 0), away).notices
    assert (notice.kind, notice.until) == (NoticeKind.ABSENCE, on(8).date())


def test_a_rejection_by_a_person_is_a_closing_reply_and_by_a_machine_a_notice():
    assert thread(sent("1", 0), got("2", 1, kind=Kind.REJECTION)).replies[0].closes
    machine = thread(sent("1", 0), got("2", 1, "no-reply@acme.example", kind=Kind.REJECTION, thread_key="a:9"))
    assert [notice.kind for notice in machine.notices] == [NoticeKind.REJECTION]


def test_a_bounce_by_reference_leaves_the_touch_undelivered():
    bounce = got("3", 2, "mailer-daemon@mx.example", Kind.BOUNCE, thread_key="a:9", reference_keys=("mk-2",))
    answered = thread(sent("1", 0), sent("2", 2), bounce)
    assert [touch.delivered for touch in answered.touches] == [True, False]
    assert [notice.kind for notice in answered.notices] == [NoticeKind.BOUNCE]


def test_a_bounce_by_address_is_about_mail_of_the_last_days():
    bounce = got("3", 9, "postmaster@acme.example", Kind.BOUNCE, thread_key="a:9", said={"failed_address": DANA})
    assert [touch.delivered for touch in thread(sent("1", 0), sent("2", 8.9), bounce).touches] == [True, False]


def test_mail_that_is_only_delayed_may_still_arrive():
    said = {"failed_address": DANA, "bounce_reason": "delayed"}
    assert thread(sent("1", 0), got("2", 1, kind=Kind.BOUNCE, said=said)).touches[0].delivered


def test_a_logged_talk_is_a_touch_and_an_answer():
    call = LoggedFact("c1", on(1), "call", "spoke")
    answered = thread(sent("1", 0), logged=[call])
    assert answered.touches[1].spoke
    assert [reply.channel for reply in answered.replies] == [Channel.CALL]


def test_a_message_left_is_a_voice_mail():
    call = LoggedFact("c1", on(1), "call", "message_left")
    assert thread(logged=[call]).touches[0].channel is Channel.VOICEMAIL


def test_what_the_person_set_right_is_obeyed():
    facts = sent("1", 0), sent("2", 3), sent("2b", 3, message_key="mk-2")
    wrong = CorrectionFact(CorrectionKind.NOT_A_TOUCH, on(4), "2b")
    elsewhere = CorrectionFact(CorrectionKind.ANSWERED_ELSEWHERE, on(5))
    private = CorrectionFact(CorrectionKind.NOT_JOB_SEARCH, on(5))
    corrected = thread(*facts, corrections=[wrong, elsewhere, private])
    assert keys(corrected.touches) == ["1"]
    assert [reply.at for reply in corrected.replies] == [on(5)]
    assert not corrected.job_contact


JOB, PRIVATE = Matter(job=4), Matter(private=4)


def about(matter: Matter, *facts: MessageFact) -> list[MessageFact]:
    return [replace(fact, reading=replace(fact.reading, matter=matter)) for fact in facts]


def test_a_friend_is_no_job_contact():
    dinner = about(PRIVATE, sent("1", 0), sent("2", 2), sent("3", 4))
    assert not thread(*dinner).job_contact
    assert thread(*dinner, *about(JOB, sent("4", 5), sent("5", 6), sent("6", 7))).job_contact


@pytest.mark.parametrize("kind", [Kind.ATS_RECEIPT, Kind.REJECTION])
def test_what_only_a_search_brings_outweighs_private_words(kind: Kind):
    assert thread(*about(PRIVATE, sent("1", 0), sent("2", 2)), got("3", 3, kind=kind)).job_contact


def test_where_nothing_shows_it_is_taken_for_a_search():
    assert thread(sent("1", 0), sent("2", 2)).job_contact


def test_whom_the_person_logs_a_call_to_or_who_gives_a_date_is_a_job_contact():
    dinner = about(Matter(private=3), sent("1", 0))
    assert not thread(*dinner).job_contact
    assert thread(*dinner, logged=[LoggedFact("c", on(3), "call", "no_answer")]).job_contact
    assert thread(*dinner, got("9", 2, said={"promise": Promise(None, on(9).date())})).job_contact


def test_a_mailbox_for_applications_is_always_about_a_job():
    dinner = about(PRIVATE, sent("1", 0, "jobs@bistro.example"))
    assert build_thread("jobs@bistro.example", frozenset(), dinner).job_contact


def test_what_the_person_says_of_the_matter_wins_and_the_newest_word_counts():
    dinner = about(PRIVATE, sent("1", 0))
    search = CorrectionFact(CorrectionKind.JOB_SEARCH, on(1))
    assert thread(*dinner, corrections=[search]).job_contact
    assert not thread(*dinner, corrections=[search, CorrectionFact(CorrectionKind.NOT_JOB_SEARCH, on(2))]).job_contact


def test_the_trade_is_the_one_most_letters_name():
    letters = [
        replace(sent(f"{day}", day), reading=OutboundReading(matter=Matter(industry="retail"))) for day in (0, 1)
    ]
    assert (
        thread(*letters, replace(sent("2", 2), reading=OutboundReading(matter=Matter(industry="tech")))).industry
        == "retail"
    )
    assert thread(sent("1", 0)).industry is None


_people = st.sampled_from(
    [DANA, "dana@home.example", "lee@acme.example", "friend@example.com", "no-reply@acme.example"]
)


@st.composite
def _facts(draw) -> MessageFact:
    number = draw(st.integers(0, 7))
    shared = {"message_key": f"mk-{number}", "thread_key": f"a:{draw(st.integers(0, 2))}"}
    references = tuple(f"mk-{other}" for other in draw(st.sets(st.integers(0, 7), max_size=2)))
    key, person = f"{draw(st.integers(0, 99))}", draw(_people)
    if draw(st.booleans()):
        return sent(key, number, person, reference_keys=references, **shared)
    said = {"failed_address": draw(st.sampled_from(["", DANA]))}
    kind = draw(st.sampled_from(list(Kind)))
    return got(key, number, person, kind, sender_name="Dana Diaz", said=said, reference_keys=references, **shared)


@given(st.lists(_facts(), max_size=12, unique_by=lambda fact: fact.key), st.randoms(use_true_random=False))
def test_the_thread_depends_neither_on_the_order_of_the_facts_nor_on_doubles(facts, chance):
    mixed = [*facts, *facts[:3]]
    chance.shuffle(mixed)
    known = frozenset({DANA, "dana@home.example"})
    assert build_thread(DANA, known, mixed) == build_thread(DANA, known, facts)


@given(st.lists(_facts(), max_size=12, unique_by=lambda fact: fact.key))
def test_every_event_of_a_thread_is_one_of_the_facts_and_stands_in_order_of_time(facts):
    built = build_thread(DANA, frozenset({DANA}), facts)
    events = [*built.touches, *built.replies, *built.notices]
    assert {event.key for event in events} <= {fact.key for fact in facts}
    for line in (built.touches, built.replies, built.notices):
        assert list(line) == sorted(line, key=lambda event: (event.at, event.key))


COUNTED = st.lists(_facts(), max_size=12, unique_by=lambda fact: fact.key)
MUCH_LATER = on(60)


def unanswered(*facts: MessageFact) -> int:
    return measure(build_thread(DANA, frozenset({DANA}), facts), MUCH_LATER).unanswered


@given(COUNTED, st.sampled_from([Kind.OOO, Kind.AUTO_REPLY, Kind.LIST, Kind.ATS_RECEIPT]), st.floats(0, 20))
def test_automatic_mail_never_breaks_a_silence_and_never_makes_one(facts, kind: Kind, day: float):
    machine = got("machine", day, "no-reply@acme.example", kind, message_key="mk-machine")
    assert unanswered(*facts, machine) == unanswered(*facts)


@given(COUNTED)
def test_a_second_mailbox_that_holds_the_same_letters_changes_nothing(facts):
    copies = [replace(fact, key=f"z{fact.key}", thread_key=f"b{fact.thread_key}") for fact in facts]
    one, both = (build_thread(DANA, frozenset({DANA}), held) for held in (facts, [*facts, *copies]))
    assert judge(both, Draft(to=(DANA,)), MUCH_LATER) == judge(one, Draft(to=(DANA,)), MUCH_LATER)


@given(COUNTED, st.data())
def test_letters_spread_over_two_mailboxes_give_the_verdict_of_one(facts, data):
    """A letter lies in the mailbox it was sent from or to; its answers come to the same one."""
    moved = data.draw(st.sets(st.sampled_from(["a:0", "a:1", "a:2"])))
    spread = [replace(fact, thread_key=f"b{fact.thread_key}") if fact.thread_key in moved else fact for fact in facts]
    one, two = (build_thread(DANA, frozenset({DANA}), held) for held in (facts, spread))
    assert judge(two, Draft(to=(DANA,)), MUCH_LATER) == judge(one, Draft(to=(DANA,)), MUCH_LATER)


def test_an_offer_in_the_persons_own_words_is_none_while_nobody_has_answered():
    coffee = sent("1", 0, reading=OutboundReading(cue=Stage.OFFER))
    assert thread(coffee).cues == ()
    accepted = replace(coffee, reading=OutboundReading(Signals(acceptance=True), cue=Stage.OFFER))
    assert [cue for _, cue in thread(accepted).cues] == [Stage.OFFER]
    assert [cue for _, cue in thread(coffee, got("2", 1)).cues] == [Stage.OFFER]


def test_the_trade_is_not_taken_from_an_absence_notice():
    away = replace(got("2", 1, kind=Kind.OOO), reading=InboundReading(kind=Kind.OOO, matter=Matter(industry="retail")))
    assert thread(sent("1", 0), away).industry is None


def test_a_receipt_keeps_the_date_it_names():
    word = Promise(None, on(14).date())
    [receipt] = thread(sent("1", 0), got("2", 1, kind=Kind.ATS_RECEIPT, said={"promise": word})).notices
    assert receipt.promise == word
