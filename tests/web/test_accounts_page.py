"""The accounts page: states, what to do next, syncing, unlinking with a receipt, and the calendar address."""

from datetime import timedelta

from sqlalchemy import update

from app.services import high_water, linking
from app.store import accounts, audit, tables
from tests.builders import Reader
from tests.world import GMAIL, OUTLOOK, World


async def test_a_fresh_mailbox_is_shown_before_it_was_read(reader: Reader, world: World) -> None:
    account_id = await world.link("google")
    page = await reader.open("/accounts")
    assert page.text(f"#account-{account_id} .badge") == "Linked, about to be read"
    assert "none yet" in page.text(f"#account-{account_id}")


async def test_both_mailboxes_show_their_newest_message_once_read(reader: Reader, world: World) -> None:
    await world.link_both()
    page = await reader.open("/accounts")
    assert sorted(page.texts(".account h2")) == sorted([GMAIL, OUTLOOK])
    assert set(page.texts(".account .badge")) == {"Up to date"}
    assert "none yet" not in page.text("#accounts")


async def test_a_mailbox_of_an_organisation_says_who_else_sees_the_permission(reader: Reader, world: World) -> None:
    account_id = await world.link("microsoft")
    assert "administrators" not in (await reader.open("/accounts")).text(f"#account-{account_id}")
    with world.parts.database.write() as tx:
        tx.execute(update(tables.accounts).values(subject="11111111-2222-3333-4444-555555555555.object"))
    assert "administrators" in (await reader.open("/accounts")).text(f"#account-{account_id}")


async def test_a_dead_permission_says_why_and_offers_to_link_again(reader: Reader, world: World) -> None:
    account_id = await world.link("microsoft")
    with world.parts.database.write() as tx:
        accounts.set_state(
            tx, account_id, "needs_relink", world.clock(), reason="Access ended.", next_action="Link it again."
        )
    page = await reader.open("/accounts")
    card = page.text(f"#account-{account_id}")
    assert "Access ended." in card
    assert "Link it again." in card
    assert page.one(f"#account-{account_id} a.primary").attributes["href"] == "/link/microsoft"


async def test_progress_is_drawn_with_its_counts_and_survives_without_a_script(reader: Reader, world: World) -> None:
    account_id = await world.link("google")
    with world.parts.database.write() as tx:
        accounts.set_state(tx, account_id, "backfilling", world.clock())
        accounts.save_progress(tx, world.parts.sealer, account_id, cursor="{}", done=1200, total=5000, newest=None)
    page = await reader.open("/accounts")
    bar = page.one("progress").attributes
    assert (bar["value"], bar["max"]) == ("1200", "5000")
    assert "1,200 of 5,000 messages" in page.text(".account")


async def test_the_script_redraws_from_the_same_cards(reader: Reader, world: World) -> None:
    await world.link_both()
    whole, cards = await reader.open("/accounts"), await reader.open("/accounts/cards")
    assert not cards.all("h1")
    assert [node.html for node in cards.all(".account")] == [node.html for node in whole.all(".account")]


async def test_sync_now_asks_for_a_look(reader: Reader, world: World) -> None:
    await world.link_both()
    before = {account.address: account.as_of for account in world.accounts()}
    page = await reader.open("/accounts")
    world.clock.advance(seconds=5)
    done = await reader.send(str(page.all("form[action$='/sync']")[0].attributes["action"]))
    assert "looked at now" in done.text(".notice")
    await world.sync()
    assert [account.address for account in world.accounts() if account.as_of != before[account.address]]


async def test_unlinking_shows_a_receipt_and_leaves_nothing(reader: Reader, world: World) -> None:
    await world.link_both()
    for account in world.accounts():
        page = await reader.send(f"/accounts/{account.id}/unlink")
        receipt = page.text(".receipt")
        assert "Permission: given back" in receipt or "do it at the provider" in receipt
        assert "messages" in receipt
        again = await reader.send(f"/accounts/{account.id}/unlink")
        assert again.text(".receipt") == receipt
    assert world.accounts() == []
    assert "Nothing here yet" in (await reader.open("/history")).text()


async def test_only_our_own_words_are_shown_as_a_notice(reader: Reader) -> None:
    cancelled = await reader.open("/accounts?notice=Nothing+was+linked:+you+cancelled+at+the+provider.")
    assert "you cancelled" in cancelled.text(".notice")
    foreign = await reader.open("/accounts?notice=Please+call+this+number")
    assert not foreign.all(".notice")


async def test_a_cancelled_link_comes_back_with_nothing_linked(reader: Reader, world: World) -> None:
    asked = await linking.begin(world.parts, world.person_id, "google", world.clock())
    answer = await world.consent(asked, "google", button="deny")
    page = await reader.open("/link/google/callback?" + "&".join(f"{name}={value}" for name, value in answer.items()))
    assert page.path == "/accounts"
    assert "Nothing was linked: you cancelled" in page.text(".notice")
    assert world.accounts() == []


async def test_a_permission_that_ends_by_itself_counts_the_days_and_offers_to_link_again(
    reader: Reader, world: World
) -> None:
    account_id = await world.link("google")
    await world.sync()
    with world.parts.database.write() as tx:
        ends = world.clock() + timedelta(days=6)
        tx.execute(update(tables.accounts).where(tables.accounts.c.id == account_id).values(expires_at=ends))
    page = await reader.open("/accounts")
    assert "ends by itself in 6 days, on Sat Nov 28" in page.text(".account .notice")
    assert page.one(f"#relink-{account_id}").attributes["href"] == "/link/google"
    world.clock.advance(days=5)
    assert "ends by itself tomorrow" in (await reader.open("/accounts")).text(".account .notice")


async def test_leaving_the_sample_keeps_what_was_logged_by_hand(reader: Reader, world: World) -> None:
    await world.link_both()
    await reader.send("/history/log", recipient="kim@elsewhere.example", kind="attempt", at="2026-11-20T10:00")
    page = await reader.send("/sample/leave")
    assert "The sample is gone" in page.text(".notice")
    assert [text.split()[0] for text in (await reader.open("/history")).texts(".row .who")] == ["kim@elsewhere.example"]


async def test_an_older_copy_of_the_store_is_told_of_until_it_was_read(reader: Reader, world: World) -> None:
    for _ in range(2):
        with world.parts.database.write() as tx:
            audit.record(tx, world.person_id, world.clock(), "touch_logged")
    high_water.note(world.parts, world.clock())
    with world.parts.database.write() as tx:  # what a backup would not know
        audit.forget(tx, world.person_id)
    high_water.note(world.parts, world.clock())
    for path in ("/", "/accounts"):
        assert "This store is an older copy" in (await reader.open(path)).text("#losses")
    await reader.send("/accounts/losses/seen")
    for path in ("/", "/accounts"):
        assert "older copy" not in (await reader.open(path)).text("main")
