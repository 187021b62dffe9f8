"""The first banner: an unread mailbox is asked about just this recipient, and the answer is right at once."""

from pathlib import Path

import pytest

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
        assert (early.level, early.headline, early.recipients) == (late.level, late.headline, late.recipients)


async def test_a_probe_costs_two_lists_and_one_thread_beside_what_is_new(rig: Rig) -> None:
    await rig.link("google")
    await rig.advice(RITA)
    assert rig.meter().methods == {"messages.list": 2, "threads.get": 1, "messages.get": 3}
    await rig.advice(RITA)
    assert rig.meter().methods == {"messages.list": 4, "threads.get": 2, "messages.get": 3}


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
