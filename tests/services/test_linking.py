"""Linking a mailbox: what comes of consent, refusal, foreign and replayed answers, and of leaving again."""

import pytest

from app.services import history, linking
from app.services.errors import LinkFailed, LinkNotOurs, NotFound
from app.services.history import list_recipients
from tests.world import World


async def test_a_linked_mailbox_becomes_live_and_says_when_it_was_seen(world: World) -> None:
    await world.link("google")
    assert [account.state for account in world.accounts()] == ["linking"]
    await world.sync()
    [account] = world.accounts()
    assert (account.state, account.as_of) == ("live", world.clock())
    assert account.newest_message_at is not None


async def test_a_second_mailbox_joins_the_same_person(world: World) -> None:
    await world.link_both()
    assert {account.address for account in world.accounts()} == {"ana@example.com", "ana.berg@outlook.example"}
    assert {account.state for account in world.accounts()} == {"live"}


async def test_saying_no_at_the_provider_links_nothing(world: World) -> None:
    url = await linking.begin(world.parts, world.person_id, "google", world.clock())
    answer = await world.consent(url, "google", button="deny")
    with pytest.raises(LinkFailed, match="Nothing was linked"):
        await linking.finish(world.parts, world.person_id, "google", answer, world.clock())
    assert world.accounts() == []


async def test_an_answer_is_good_once(world: World) -> None:
    url = await linking.begin(world.parts, world.person_id, "google", world.clock())
    answer = await world.consent(url, "google")
    await linking.finish(world.parts, world.person_id, "google", answer, world.clock())
    with pytest.raises(LinkNotOurs):
        await linking.finish(world.parts, world.person_id, "google", answer, world.clock())
    assert len(world.accounts()) == 1


@pytest.mark.parametrize("state", ["", "somebody-elses", None])
async def test_a_foreign_state_stores_nothing(world: World, state: str | None) -> None:
    answer = {"code": "4/abc"} | ({} if state is None else {"state": state})
    with pytest.raises(LinkNotOurs):
        await linking.finish(world.parts, world.person_id, "google", answer, world.clock())
    assert world.accounts() == []


async def test_an_answer_of_one_provider_is_refused_by_the_other(world: World) -> None:
    url = await linking.begin(world.parts, world.person_id, "google", world.clock())
    answer = await world.consent(url, "google")
    with pytest.raises(LinkNotOurs):
        await linking.finish(world.parts, world.person_id, "microsoft", answer, world.clock())


async def test_linking_the_same_mailbox_again_keeps_what_is_known(world: World) -> None:
    first = await world.link("google")
    await world.sync()
    before = history.list_recipients(world.parts, world.person_id, world.clock())
    assert await world.link("google") == first
    await world.sync()
    assert history.list_recipients(world.parts, world.person_id, world.clock()) == before


async def test_unlinking_revokes_deletes_and_says_so(world: World) -> None:
    account_id = await world.link("google")
    await world.sync()
    receipt = await linking.unlink(world.parts, world.person_id, account_id, world.clock())
    assert receipt.revoked
    assert receipt.deleted["messages"] > 100
    assert world.accounts() == []
    assert history.list_recipients(world.parts, world.person_id, world.clock()) == []
    grants = (await world.browser.get("/_simulator/grants")).json()["grants"]
    assert [grant["live"] for grant in grants] == [False]


async def test_nothing_of_an_unlinked_mailbox_is_left_in_a_file(world: World) -> None:
    account_id = await world.link("google")
    await world.sync()
    await linking.unlink(world.parts, world.person_id, account_id, world.clock())
    for path in world.folder.rglob("*"):
        assert not path.is_file() or b"dana@northwind.example" not in path.read_bytes(), path


async def test_nothing_of_an_unlinked_mailbox_is_held_in_memory(world: World) -> None:
    account_id = await world.link("google")
    await world.sync()
    assert list_recipients(world.parts, world.person_id, world.clock())
    assert world.parts.shelf.of(world.person_id).mail
    await linking.unlink(world.parts, world.person_id, account_id, world.clock())
    assert not world.parts.shelf.of(world.person_id).mail


async def test_what_is_not_linked_cannot_be_unlinked(world: World) -> None:
    with pytest.raises(NotFound):
        await linking.unlink(world.parts, world.person_id, "nobody", world.clock())
