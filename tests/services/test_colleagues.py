"""A second door at the same company speaks while the first letter waits, and names it; an answer silences it."""

from datetime import timedelta

import pytest

from app.reading.facts import InboundReading, OutboundReading
from app.services import advising, logging_touches
from app.store import messages, recipients
from tests.world import GMAIL, World

RITA, KARL = "rita@acme.example", "karl@acme.example"


async def hops(world: World) -> list[advising.AdvisedWarning]:
    return [warning for warning in (await world.advice(RITA)).warnings if warning.rule == "channel-hopping"]


def mail(world: World, *, to: str = "", sender: str = GMAIL, days_ago: int, names: tuple[str, ...] = ()) -> None:
    """A letter of the person, or to them, as the sync would have stored it."""
    account = world.accounts()[0]
    reading = OutboundReading() if to else InboundReading(names=names)
    key = f"{sender}-{to}-{days_ago}".encode().hex()[:32]
    row = messages.NewMessage(
        account.person_id,
        account.id,
        key,
        key,
        key,
        world.clock() - timedelta(days=days_ago),
        bool(to),
        sender,
        reading,
        1,
        people=(("to", to or GMAIL, ""),),
    )
    with world.parts.database.write() as tx:
        if to:
            recipients.ensure(tx, world.parts.sealer, world.person_id, {to: ""}, world.clock())
        messages.add(tx, world.parts.sealer, [row])


async def test_a_letter_that_waits_at_a_colleague_speaks_and_is_shown(world: World) -> None:
    await world.link_both()
    mail(world, to=KARL, days_ago=1)
    [warning] = await hops(world)
    assert [evidence.at for evidence in warning.evidence] == [world.clock() - timedelta(days=1)]


@pytest.mark.parametrize("to", ["karl@acme-other.example", "karl@gmail.com", RITA])
async def test_a_letter_elsewhere_or_to_themselves_is_no_second_door(world: World, to: str) -> None:
    await world.link_both()
    mail(world, to=to, days_ago=1)
    assert not await hops(world)


async def test_an_answer_of_the_colleague_ends_it(world: World) -> None:
    await world.link_both()
    mail(world, to=KARL, days_ago=2)
    mail(world, sender=KARL, days_ago=1)
    assert not await hops(world)


async def test_somebody_never_written_to_is_a_second_door_too(world: World) -> None:
    await world.link_both()
    assert (await world.advice(RITA)).level == "clear"
    mail(world, to=KARL, days_ago=1)
    advice = await world.advice(RITA)
    assert (advice.level, [warning.rule for warning in advice.warnings]) == ("caution", ["channel-hopping"])
    assert advice.next_good_date is not None
    assert (advice.recipients, advice.history_url) == ((), None)


async def test_a_call_to_a_colleague_counts_as_a_door_and_leads_into_their_history(world: World) -> None:
    await world.link_both()
    asked = logging_touches.TouchToLog(KARL, "call", "no_answer", world.clock() - timedelta(days=1))
    logging_touches.log_touch(world.parts, world.person_id, asked, world.clock())
    [warning] = await hops(world)
    with world.parts.database.read() as tx:
        [karl] = recipients.for_addresses(tx, world.parts.sealer, world.person_id, [KARL])
    assert [evidence.link.partition("#")[0] for evidence in warning.evidence] == [f"/history/{karl.id}"]


async def test_going_to_somebody_who_was_named_is_following_and_not_hopping(world: World) -> None:
    await world.link_both()
    mail(world, to=KARL, days_ago=3)
    mail(world, sender=KARL, days_ago=2, names=("Rita",))
    mail(world, to=KARL, days_ago=1)
    assert not await hops(world)


async def test_the_sync_learns_how_ones_own_threads_went(world: World) -> None:
    await world.link_both()
    learned = world.parts.shelf.streaks(world.person_id)
    assert any(past.answered for past in learned)
    assert any(not past.answered for past in learned)
