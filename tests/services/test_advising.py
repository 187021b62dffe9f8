"""Advice is only as sure as what was seen: freshness, dead grants, new replies, calls, corrections, quiet."""

from datetime import timedelta

import pytest

from app.cadence.thread import Channel, Signals
from app.reading.facts import CorrectionKind
from app.services import advising, correcting, letters, linking, logging_touches
from app.services.errors import WrongInput
from app.store import messages, recipients
from connectors.message import Address, Message
from tests.world import GMAIL, OUTLOOK, World

FRIEND = "lou@pals.example"
DANA = "dana@northwind.example"


async def test_a_new_reply_changes_the_advice_after_one_poll(world: World) -> None:
    await world.link_both()
    assert (await world.advice(DANA)).level != "clear"
    world.clock.advance(seconds=30)
    await world.deliver(GMAIL, **{"from": DANA, "subject": "Re: Application", "text": "Hello Ana, let us talk."})
    await world.poll()
    advice = await world.advice(DANA)
    assert (advice.level, advice.recipients[0].unanswered) == ("clear", 0)


async def test_the_odds_are_told_as_a_band_a_frequency_and_what_they_rest_on(world: World) -> None:
    await world.link_both()
    [dana] = (await world.advice(DANA)).recipients
    assert dana.odds in {"likely", "possible", "unlikely", "rare"}
    assert dana.odds_words is not None
    assert " of 1" in dana.odds_words or "fewer than" in dana.odds_words
    assert dana.odds_basis is not None
    assert "job" not in dana.odds_words


async def test_without_a_mailbox_that_was_seen_or_answers_there_is_no_verdict(world: World) -> None:
    await world.link("google")
    await world.control("faults", name="script", match="^gmail ", status=503, times=-1)
    advice = await world.advice(DANA)
    assert (advice.level, advice.coverage, advice.as_of) == ("unknown", "partial", None)
    assert "ana@example.com" in advice.headline


async def test_a_mailbox_not_seen_for_long_is_asked_and_gives_no_verdict_where_it_does_not_answer(world: World) -> None:
    await world.link_both()
    fresh = await world.advice(DANA)
    seen = world.clock()
    world.clock.advance(hours=3)
    advice = await world.advice(DANA)
    assert (advice.level, advice.coverage, advice.as_of) == (fresh.level, "partial", world.clock())
    await world.control("faults", name="script", match="^graph ", status=503, times=-1)
    advice = await world.advice(DANA)
    assert (advice.level, advice.coverage, advice.as_of) == ("unknown", "stale", seen)


async def test_a_revoked_grant_is_told_and_never_becomes_silence(world: World) -> None:
    await world.link_both()
    await world.control("revoke", mailbox=GMAIL, provider="google")
    world.clock.advance(hours=2)
    await world.sync()
    [gmail] = [account for account in world.accounts() if account.address == GMAIL]
    assert (gmail.state, bool(gmail.next_action)) == ("needs_relink", True)
    advice = await world.advice(DANA)
    assert advice.level == "unknown"
    assert GMAIL in advice.headline
    await world.link("google")
    await world.sync()
    assert (await world.advice(DANA)).level != "unknown"


async def test_a_page_of_an_unlinked_mailbox_gets_no_verdict(world: World) -> None:
    await world.link_both()
    advice = await world.advice(DANA, account="someone@else.example")
    assert (advice.level, advice.coverage) == ("unknown", "none")


async def test_nothing_linked_still_judges_what_was_logged(world: World) -> None:
    for days in (4, 2, 1):
        log(world, days_ago=days, channel="voicemail", outcome="message_left")
    asked = advising.Question(Channel.VOICEMAIL, ("rita@acme.example",))
    advice = await advising.advise(world.parts, world.person_id, asked, world.clock())
    assert advice.level in {"hold", "stop"}
    assert "voicemail-streak" in {warning.rule for warning in advice.warnings}
    assert advice.call is not None
    assert advice.call.answer in {"wait", "no"}


async def test_calls_count_beside_mail(world: World) -> None:
    await world.link_both()
    before = (await world.advice("theo@marlow.example")).recipients[0].unanswered
    log(world, recipient="theo@marlow.example", days_ago=1, channel="call", outcome="no_answer")
    assert (await world.advice("theo@marlow.example")).recipients[0].unanswered == before + 1
    log(world, recipient="theo@marlow.example", days_ago=0, channel="call", outcome="spoke")
    assert (await world.advice("theo@marlow.example")).recipients[0].unanswered == 0


async def test_a_double_click_logs_once(world: World) -> None:
    first = log(world, channel="call", outcome="no_answer")
    assert log(world, channel="call", outcome="no_answer").id == first.id


async def test_a_logged_promise_is_waited_for(world: World) -> None:
    log(world, days_ago=1, channel="call", outcome="spoke", note_promise="by Friday")
    asking = Signals(language="en", words=6, asks_for_news=True, empty=True)
    advice = await world.advice("rita@acme.example", signals=asking)
    assert "promise-pending" in {warning.rule for warning in advice.warnings}
    assert advice.next_good_date is not None
    assert advice.next_good_date > (world.clock() + timedelta(days=4)).date()


@pytest.mark.parametrize(
    ("kind", "level"), [(CorrectionKind.ANSWERED_ELSEWHERE, "clear"), (CorrectionKind.NOT_JOB_SEARCH, "clear")]
)
async def test_a_correction_acts_at_once_and_can_be_undone(world: World, kind: CorrectionKind, level: str) -> None:
    await world.link_both()
    before = await world.advice(DANA)
    asked = correcting.Correction(before.recipients[0].id, kind)
    correction_id = correcting.correct(world.parts, world.person_id, asked, world.clock())
    assert (await world.advice(DANA)).level == level
    correcting.undo_correction(world.parts, world.person_id, correction_id, world.clock())
    assert await world.advice(DANA) == before


@pytest.mark.parametrize("kind", [CorrectionKind.NOT_A_TOUCH, CorrectionKind.OTHER_RECIPIENT])
async def test_a_correction_of_one_message_takes_it_away_and_has_to_name_it(world: World, kind: CorrectionKind) -> None:
    await world.link_both()
    [dana] = (before := await world.advice(DANA)).recipients
    with pytest.raises(WrongInput, match="which message"):
        correcting.correct(world.parts, world.person_id, correcting.Correction(dana.id, kind), world.clock())
    shown = next(each.key for each in before.warnings[0].evidence if each.direction == "out")
    asked = correcting.Correction(dana.id, kind, shown)
    correction_id = correcting.correct(world.parts, world.person_id, asked, world.clock())
    [since] = (await world.advice(DANA)).recipients
    assert since.unanswered == dana.unanswered - 1
    correcting.undo_correction(world.parts, world.person_id, correction_id, world.clock())
    assert await world.advice(DANA) == before


async def test_a_friend_chased_three_times_is_let_be_until_the_person_says_otherwise(world: World) -> None:
    await world.link_both()
    for days in (5, 3, 1):
        write_to_a_friend(world, days_ago=days)
    before = await world.advice(FRIEND)
    assert (before.level, before.recipients[0].unanswered, before.recipients[0].state) == ("clear", 3, "muted")
    asked = correcting.Correction(before.recipients[0].id, CorrectionKind.JOB_SEARCH)
    correction_id = correcting.correct(world.parts, world.person_id, asked, world.clock())
    assert (await world.advice(FRIEND)).level == "hold"
    correcting.undo_correction(world.parts, world.person_id, correction_id, world.clock())
    assert await world.advice(FRIEND) == before


def write_to_a_friend(world: World, *, days_ago: int) -> None:
    """A letter of the person's, read and stored as the sync would."""
    sent = Message(
        provider_message_id=f"friend-{days_ago}",
        provider_thread_id="friend",
        at=world.clock() - timedelta(days=days_ago),
        sender=Address(GMAIL),
        to=(Address(FRIEND),),
        subject="Saturday",
        text="Hey, are you coming to mum's birthday party? Shall we have dinner before? Bring the kids.",
    )
    [account] = [account for account in world.accounts() if account.address == GMAIL]
    rows, _ = letters.read_letters(world.parts, account, frozenset({GMAIL}), [sent])
    with world.parts.database.write() as tx:
        messages.add(tx, world.parts.sealer, rows)
        recipients.ensure(tx, world.parts.sealer, world.person_id, letters.addressed(rows), world.clock())


async def test_quiet_for_a_recipient_is_kept_and_reversible(world: World) -> None:
    await world.link_both()
    before = await world.advice(DANA)
    for muted, level in ((True, "clear"), (False, before.level)):
        change = correcting.Change(muted=muted)
        correcting.change_recipient(world.parts, world.person_id, before.recipients[0].id, change, world.clock())
        assert (await world.advice(DANA)).level == level


async def test_of_several_recipients_the_one_it_is_about_is_named(world: World) -> None:
    await world.link_both()
    advice = await world.advice("jonas@kelp.example", "greg@vantacore.example")
    assert advice.level == "stop"
    assert len(advice.recipients) == 2
    assert "greg" in advice.headline or len(f"greg@vantacore.example: {advice.headline}") > 140


async def test_an_annoyed_draft_is_held_whatever_the_cadence(world: World) -> None:
    await world.link_both()
    signals = Signals(language="en", words=40, annoyed=True)
    advice = await world.advice("theo@marlow.example", signals=signals)
    assert "annoyed-tone" in {warning.rule for warning in advice.warnings}


async def test_two_mailboxes_of_one_person_give_the_verdict_of_one(world: World) -> None:
    await world.link_both()
    both = await world.advice(DANA)
    [outlook] = [account for account in world.accounts() if account.address == OUTLOOK]
    await linking.unlink(world.parts, world.person_id, outlook.id, world.clock())
    assert (await world.advice(DANA)).warnings == both.warnings


def log(
    world: World, *, recipient: str = "rita@acme.example", days_ago: int = 0, **touch: str
) -> logging_touches.logged.LoggedTouch:
    at = world.clock() - timedelta(days=days_ago)
    asked = logging_touches.TouchToLog(recipient=recipient, at=at, **touch)
    return logging_touches.log_touch(world.parts, world.person_id, asked, world.clock())


async def test_after_my_own_call_nobody_is_said_to_have_called(world: World) -> None:
    log(world, days_ago=2, channel="call", outcome="spoke", note_promise="by Friday")
    asked = advising.Question(Channel.CALL, ("rita@acme.example",))
    call = (await advising.advise(world.parts, world.person_id, asked, world.clock())).call
    assert call is not None
    assert (call.answer, "They called you." in call.reasons) == ("wait", False)
    assert any("Fri" in reason for reason in call.reasons)
