"""The first banner: an unread mailbox is asked about just this recipient, and the answer is right at once."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services.probing import MOST_ADDRESSES
from connectors.contract import Mailbox
from tests.faults.rig import DANA, GMAIL, OUTLOOK, RITA, THEO, Rig


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_a_mailbox_linked_a_second_ago_already_gives_the_right_verdict(rig: Rig, provider: str) -> None:
    await rig.link(provider)
    first = {who: await rig.advice(who) for who in (RITA, THEO, DANA)}
    assert {advice.coverage for advice in first.values()} == {"partial"}
    assert {advice.as_of for advice in first.values()} == {rig.clock()}
    assert rig.account(GMAIL if provider == "google" else OUTLOOK).as_of is None
    await rig.sync()
    for who, early in first.items():
        late = await rig.advice(who)
        assert said(early) == said(late)


def said(advice: Any) -> object:
    """What the person reads; stage and odds of somebody whose letters were not read yet are not known."""
    unknown = {"stage": None, "odds": None, "odds_words": None, "odds_basis": None}
    people = [replace(one, **unknown) for one in advice.recipients]
    return advice.level, advice.headline, advice.next_good_date, people


async def test_somebody_who_was_chased_and_is_silent_costs_ten_units(rig: Rig) -> None:
    await rig.link("google")
    first = await rig.advice(RITA)
    assert (first.level, first.recipients[0].unanswered) == ("stop", 4)
    assert rig.meter().methods == {"messages.list": 2}
    assert rig.meter().units == 10
    assert [len(warning.evidence) for warning in first.warnings if warning.evidence]
    assert all(one.link for warning in first.warnings for one in warning.evidence)


async def test_somebody_who_answered_costs_twenty_units_more_for_each_letter_of_theirs(rig: Rig) -> None:
    await rig.link("google")
    first = await rig.advice(DANA)
    assert (first.level, first.recipients[0].last_reply_at) == ("clear", rig.clock() - timedelta(days=6))
    assert rig.meter().units == 10 + 20


async def test_letters_are_read_after_all_where_what_they_say_would_tell(rig: Rig) -> None:
    rig.write("nora@acme.example", mine=True, days=9)
    await rig.link("google")
    early = await rig.advice("nora@acme.example")
    assert rig.meter().methods == {"messages.list": 3, "messages.get": 1}
    await rig.sync()
    assert said(early) == said(await rig.advice("nora@acme.example"))


async def test_of_several_letters_the_older_ones_are_read_only_where_the_newest_does_not_decide(rig: Rig) -> None:
    for days in (60, 7):
        rig.write("two@letters.example", mine=True, days=days)
        rig.write("more@letters.example", mine=True, days=days, text="Thank you, I accept the offer.")
    await rig.link("google")
    costs = {}
    for who in ("two@letters.example", "more@letters.example"):
        before, early = rig.meter().units, await rig.advice(who)
        costs[who] = rig.meter().units - before
        assert early.level != "unknown"
    assert costs == {"two@letters.example": 55, "more@letters.example": 35}


@pytest.mark.parametrize("others", [0, 500])
async def test_an_answer_from_elsewhere_in_the_thread_of_an_unread_letter_is_found(rig: Rig, others: int) -> None:
    touch = rig.write("nora@acme.example", mine=True, days=9)
    raw = (
        f"From: noreply@relay.example\r\nTo: {GMAIL}\r\nSubject: Re: Application\r\n"
        f"Message-ID: <1@relay.example>\r\nIn-Reply-To: {touch.letter.message_id}\r\n\r\n"
        "Hello Ana, thank you. Nora would like to talk to you on Monday at ten.\r\n"
    ).encode()
    at = rig.clock() - timedelta(days=1)
    rig.box().add(raw, at, "inbox", logged=at, thread=touch.thread)
    for _ in range(others):
        rig.write("news@shop.example", days=0.5)
    await rig.link("google")
    assert (await rig.advice("nora@acme.example")).recipients[0].unanswered == 0


async def test_letters_whose_ids_tell_no_time_are_read(rig: Rig) -> None:
    box = rig.box()
    for item in box.items.values():
        item.gmail_id = f"{item.serial:016x}"
        box.ids[item.gmail_id] = item.serial
    await rig.link("google")
    assert (await rig.advice(RITA)).recipients[0].unanswered == 4
    assert rig.meter().methods["messages.get"] + rig.meter().methods["threads.get"] > 0


async def test_whoever_is_asked_about_first_hears_what_a_whole_sync_would_say(rig: Rig) -> None:
    """Forty people with histories drawn at random; a tenth of the units that reading them would cost."""
    draw = random.Random(11)
    people = [f"p{number}@company{number}.example" for number in range(40)]
    for who in people:
        for _ in range(draw.choice((1, 1, 2, 2, 3, 4, 5))):
            rig.write(who, mine=True, days=draw.uniform(0.5, 90))
        if draw.random() < 0.3:
            rig.write(who, days=draw.uniform(0.5, 60))
    await rig.link("google")
    early = {who: await rig.advice(who) for who in people}
    await rig.sync()
    for who in people:
        assert said(early[who])[:1] == said(await rig.advice(who))[:1], who


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_as_many_recipients_as_ten_are_asked_about_in_time(rig: Rig, provider: str) -> None:
    address = GMAIL if provider == "google" else OUTLOOK
    people = [f"p{number}@company{number}.example" for number in range(MOST_ADDRESSES)]
    for who in people:
        rig.write(who, address, mine=True, days=3)
    await rig.link(provider)
    early = await rig.advice(*people)
    assert (early.coverage, [one.unanswered for one in early.recipients]) == ("partial", [1] * MOST_ADDRESSES)
    assert (await rig.advice(*people, "one@more.example")).level == "unknown"


async def test_somebody_never_written_to_costs_ten_units(rig: Rig) -> None:
    await rig.link("google")
    assert (await rig.advice("nobody@never.example")).level == "clear"
    assert rig.meter().units == 10


@pytest.mark.parametrize("address", [GMAIL, OUTLOOK])
async def test_a_colleagues_answer_in_the_thread_is_seen(rig: Rig, address: str) -> None:
    touch = rig.write(RITA, address, mine=True, days=2)
    raw = (
        f"From: boss@acme.example\r\nTo: {address}\r\nSubject: Re: Application at {RITA}\r\n"
        f"Message-ID: <boss@acme.example>\r\nIn-Reply-To: {touch.letter.message_id}\r\n"
        f"References: {touch.letter.message_id}\r\n\r\nHello Ana, let us talk on Monday at ten.\r\n"
    ).encode()
    rig.box(address).add(raw, rig.clock(), "inbox", logged=rig.clock(), thread=touch.thread)
    await rig.link("google" if address == GMAIL else "microsoft")
    assert (await rig.advice(RITA)).recipients[0].unanswered == 0


async def test_a_mailbox_that_does_not_answer_the_probe_gives_no_verdict(rig: Rig) -> None:
    await rig.link("google")
    await rig.fault("script", match="^gmail ", status=503, times=-1)
    advice = await rig.advice(RITA)
    assert (advice.level, advice.coverage, advice.as_of) == ("unknown", "partial", None)


async def test_of_two_mailboxes_both_must_be_read_or_asked(rig: Rig) -> None:
    await rig.link("google")
    await rig.sync()
    await rig.link("microsoft")
    advice = await rig.advice(RITA)
    assert (advice.coverage, advice.recipients[0].unanswered) == ("partial", 8)
    await rig.fault("script", match="^graph ", status=503, times=-1)
    assert (await rig.advice(THEO)).level == "unknown"


def test_a_probe_is_part_of_every_providers_promise() -> None:
    assert "probe" in Mailbox.__abstractmethods__
