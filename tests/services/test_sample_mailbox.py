"""The sample mailbox, row by row of what counts: what the advice makes of real synced mail."""

import pytest

from app.services import history
from app.services.advising import Advice
from tests.world import World


@pytest.fixture
async def world(world: World) -> World:
    await world.link_both()
    return world


def rules(advice: Advice) -> set[str]:
    return {warning.rule for warning in advice.warnings}


async def test_chased_twice_within_days_is_held_back_with_a_date(world: World) -> None:
    advice = await world.advice("dana@northwind.example")
    assert advice.level in {"caution", "hold"}
    assert "2 follow-ups" in advice.headline
    assert advice.next_good_date is not None
    assert advice.next_good_date > world.clock().date()
    assert advice.recipients[0].unanswered == 3
    assert advice.warnings[0].evidence[0].subject.startswith("Application")
    assert all(shown.link.startswith("https://mail.google.com/") for shown in advice.warnings[0].evidence)


async def test_a_thread_chased_five_times_has_its_answer(world: World) -> None:
    advice = await world.advice("greg@vantacore.example")
    assert advice.level == "stop"
    assert "silence-is-an-answer" in rules(advice)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("mara@larchway.example", "answered from another address"),
        ("tom@brightfen.example", "a colleague answered in the thread"),
        ("jonas@kelp.example", "the last message is theirs"),
        ("lena@friends.example", "the thread was forwarded to a friend"),
        ("edith@saltmarsh.example", "answered in a new thread"),
        ("noah@fernhill.example", "answered to the other mailbox"),
        ("yuki@origami.example", "the answer lies in Spam"),
        ("claire@bluebarn.example", "the answer lies in a rule folder"),
        ("nadia@copperleaf.example", "a live two-way exchange"),
        ("bruno@alder.example", "answered to an alias"),
        ("nobody@never-written.example", "never written to"),
    ],
)
async def test_it_stays_quiet_when(world: World, address: str, why: str) -> None:
    advice = await world.advice(address)
    assert advice.level == "clear", f"{why}: {advice.headline}"


@pytest.mark.parametrize(
    ("address", "unanswered", "what"),
    [
        ("sofia@quillbank.example", 2, "out of office"),
        ("henrik@fjordline.example", 2, "a read receipt and a newsletter"),
        ("theo@marlow.example", 2, "mail from a colleague in another thread"),
    ],
)
async def test_a_silence_is_not_broken_by(world: World, address: str, unanswered: int, what: str) -> None:
    advice = await world.advice(address)
    assert advice.recipients[0].unanswered == unanswered, what
    assert advice.level not in {"clear", "unknown"}


async def test_an_absence_moves_the_next_good_date_behind_the_return(world: World) -> None:
    advice = await world.advice("sofia@quillbank.example")
    line = history.time_line(world.parts, world.person_id, advice.recipients[0].id, world.clock())
    [absence] = [entry for entry in line.entries if entry.what == "absence"]
    assert absence.until is not None
    assert advice.next_good_date is not None
    assert advice.next_good_date > absence.until


async def test_a_bounced_follow_up_does_not_count(world: World) -> None:
    advice = await world.advice("petra@oldmill.example")
    line = history.time_line(world.parts, world.person_id, advice.recipients[0].id, world.clock())
    assert [entry.delivered for entry in line.entries if entry.what == "touch"].count(False) == 1
    assert advice.recipients[0].unanswered == 2


async def test_an_address_that_bounced_is_named(world: World) -> None:
    advice = await world.advice("ivo@sternwarte.example")
    assert rules(advice) == {"bounced-address"}
    assert advice.recipients[0].unanswered == 0


async def test_a_pending_promise_is_named(world: World) -> None:
    advice = await world.advice("priya@lumenworks.example")
    line = history.time_line(world.parts, world.person_id, advice.recipients[0].id, world.clock())
    [promise] = [entry for entry in line.entries if entry.what == "promise" and entry.until]
    assert promise.until is not None
    assert promise.until > world.clock().date()
    assert advice.level == "clear" or "promise-pending" in rules(advice)


async def test_a_person_who_said_no_is_not_asked_again(world: World) -> None:
    advice = await world.advice("ruth@pinegrove.example")
    assert "after-rejection" in rules(advice)
    assert advice.recipients[0].state == "closed"


async def test_a_paused_role_is_left_alone(world: World) -> None:
    advice = await world.advice("amir@halcyon.example")
    assert "role-on-hold" in rules(advice)


async def test_drafts_scheduled_and_undone_mail_were_never_sent(world: World) -> None:
    dana = await world.advice("dana@northwind.example")
    line = history.time_line(world.parts, world.person_id, dana.recipients[0].id, world.clock())
    assert sum(entry.what == "touch" for entry in line.entries) == 3


async def test_mail_to_myself_makes_no_recipient(world: World) -> None:
    listed = history.list_recipients(world.parts, world.person_id, world.clock())
    own = {"ana@example.com", "ana.berg@outlook.example", "ana.berg@alumni.example"}
    assert own.isdisjoint(row.address for row in listed)


async def test_the_list_the_time_line_and_the_banner_count_alike(world: World) -> None:
    listed = history.list_recipients(world.parts, world.person_id, world.clock())
    assert len(listed) > 25
    for row in listed:
        line = history.time_line(world.parts, world.person_id, row.id, world.clock())
        assert line.summary == row
        assert sum(entry.counted for entry in line.entries) == row.unanswered
        [advised] = (await world.advice(row.address)).recipients
        assert (advised.unanswered, advised.stage) == (row.unanswered, row.stage), row.address
