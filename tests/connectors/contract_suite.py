"""What every connector promises, as tests; each provider's class inherits them and runs against the simulator."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.contract import (
    AccessRevoked,
    RateLimited,
    Unreachable,
)
from connectors.message import Folder
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script, Switch
from tests.connectors.linking_contract import LinkingContract
from tests.connectors.stage import SINCE, START, Ledger, Stage


class ConnectorContract(LinkingContract):
    """Inherit, name the provider, and say how its API calls look in the simulator's fault scripts."""

    api_calls: str
    pages_of_open_threads = 0
    """How many pages of the sample mailbox come first because they wait for an answer."""
    token_calls: str
    revocable: bool

    # First sync

    async def test_the_first_sync_brings_the_whole_window_and_nothing_else(self, stage: Stage) -> None:
        await stage.fill(150)
        await stage.deliver(subject="Long ago", at=(SINCE - timedelta(days=1)).isoformat())
        ledger = await Ledger().sync(await stage.mailbox())
        truth = await stage.truth()
        assert ledger.present == {one for one, told in truth.items() if told["at"] >= SINCE.isoformat()}
        assert not ledger.poisoned

    async def test_what_is_read_is_what_was_sent(self, stage: Stage) -> None:
        one = await stage.deliver(subject="Über die Stelle", text="Grüße aus Köln", in_reply_to="<a@acme.example>")
        message = (await Ledger().sync(await stage.mailbox())).messages[one]
        assert message.subject == "Über die Stelle"
        assert "Grüße aus Köln" in message.text + message.html
        assert message.sender is not None
        assert message.sender.address == "rita@acme.example"
        assert [person.address for person in message.to] == [stage.address]
        assert message.references == ("<a@acme.example>",)
        assert message.message_id
        assert message.folder is Folder.INBOX
        assert message.at == START
        assert message.link.startswith("https://")

    async def test_the_newest_mail_comes_first_and_the_last_page_says_so(self, stage: Stage) -> None:
        await stage.fill(150)
        ledger = await Ledger().sync(await stage.mailbox())
        newest = [max(message.at for message in page.messages) for page in ledger.pages if page.messages]
        newest = newest[self.pages_of_open_threads :]
        assert len(newest) > 1
        assert newest == sorted(newest, reverse=True)
        assert [page.caught_up for page in ledger.pages] == [False] * (len(ledger.pages) - 1) + [True]

    async def test_progress_grows_up_to_the_total(self, stage: Stage) -> None:
        await stage.fill(150)
        pages = (await Ledger().sync(await stage.mailbox())).pages
        done = [page.done for page in pages]
        assert done == sorted(done)
        assert pages[-1].done == pages[-1].total
        assert pages[-1].total == len(await stage.truth())

    async def test_a_first_sync_that_dies_after_every_page_still_brings_everything(self, stage: Stage) -> None:
        await stage.fill(150)
        mailbox = await stage.mailbox()
        whole = await Ledger().sync(mailbox)
        broken = Ledger()
        for _ in range(4 * len(whole.pages)):
            await broken.sync(mailbox, most=1)
            if broken.pages[-1].caught_up:
                break
        assert broken.pages[-1].caught_up
        assert broken.messages == whole.messages

    async def test_mail_that_comes_during_the_first_sync_is_not_missed(self, stage: Stage) -> None:
        await stage.fill(150)
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, most=1)
        late = await stage.deliver(subject="Meanwhile")
        await ledger.sync(mailbox)
        assert late in ledger.present
        assert ledger.present == set(await stage.truth())

    async def test_syncing_twice_from_the_start_gives_the_same_messages(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        assert (await Ledger().sync(mailbox)).messages == (await Ledger().sync(mailbox)).messages

    async def test_a_cursor_that_cannot_be_read_means_the_beginning(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = Ledger(cursor="not a cursor")
        await ledger.sync(mailbox)
        assert ledger.present == set(await stage.truth())

    async def test_an_empty_mailbox_is_caught_up_at_once_and_its_first_mail_is_seen(self, stage: Stage) -> None:
        box = stage.world.mailbox(stage.address, stage.provider)
        assert box
        for item in list(box.items.values()):
            box.delete(item, stage.clock.now)
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        assert ledger.pages[-1].caught_up
        assert not ledger.messages
        one = await stage.deliver()
        await ledger.sync(mailbox)
        assert ledger.present == {one}

    # What changes

    async def test_a_poll_sees_new_mail_and_gives_nothing_twice(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        await ledger.sync(mailbox)
        assert ledger.pages[-1].messages == ()
        one = await stage.deliver()
        before = len(ledger.pages)
        await ledger.sync(mailbox)
        assert [message.provider_message_id for page in ledger.pages[before:] for message in page.messages] == [one]

    async def test_a_quiet_poll_is_cheap(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        before = stage.world.meter.tally(stage.address).requests
        await ledger.sync(mailbox)
        assert stage.world.meter.tally(stage.address).requests - before == 1

    async def test_deleted_mail_is_gone(self, stage: Stage) -> None:
        one = await stage.deliver()
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        await stage.control("delete", id=one)
        await ledger.sync(mailbox, deep=True)
        assert one in ledger.gone

    @pytest.mark.parametrize(
        ("folder", "seen"), [("junkemail", Folder.SPAM), ("deleteditems", Folder.TRASH), ("archive", Folder.OTHER)]
    )
    async def test_a_moved_message_is_seen_where_it_is_now(self, stage: Stage, folder: str, seen: Folder) -> None:
        one = await stage.deliver()
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        await stage.control("move", id=one, folder=folder)
        await ledger.sync(mailbox, deep=True)
        assert one in ledger.present
        assert ledger.messages[one].folder is seen

    @pytest.mark.parametrize("folder", ["junkemail", "deleteditems", "recruiters"])
    async def test_a_reply_filed_away_is_found_by_the_next_poll(self, stage: Stage, folder: str) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        one = await stage.deliver(subject="Re: Your application", folder=folder)
        await ledger.sync(mailbox)
        assert one in ledger.present

    async def test_sent_mail_is_in_sent_and_a_draft_is_a_draft(self, stage: Stage) -> None:
        mine = {"from": stage.address, "to": "rita@acme.example"}
        sent = await stage.deliver(folder="sentitems", **mine)
        draft = await stage.deliver(folder="drafts", **mine)
        messages = (await Ledger().sync(await stage.mailbox())).messages
        assert messages[sent].folder is Folder.SENT
        assert not messages[sent].is_draft
        assert messages[draft].is_draft

    async def test_a_deep_sync_repairs_what_was_lost(self, stage: Stage) -> None:
        await stage.fill(5)
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        newest = sorted(ledger.messages, key=lambda one: ledger.messages[one].at)[-3:]
        for one in newest:
            del ledger.messages[one]
        await ledger.sync(mailbox, deep=True)
        assert ledger.present == set(await stage.truth())

    async def test_a_deep_sync_without_knowledge_gives_the_last_month_again(self, stage: Stage) -> None:
        await stage.fill(5)
        mailbox = await stage.mailbox()
        first = await Ledger().sync(mailbox, deep=True, knowing=False)
        again = await Ledger(cursor=first.cursor).sync(mailbox, deep=True, knowing=False)
        month = stage.clock.now - timedelta(days=30)
        assert again.present == {one for one, message in first.messages.items() if message.at >= month}

    # Aliases and probe

    async def test_every_accepted_alias_is_mine(self, stage: Stage) -> None:
        box = stage.world.mailbox(stage.address, stage.provider)
        assert box
        accepted = {alias.address for alias in box.aliases if alias.status == "accepted"}
        own = await (await stage.mailbox()).own_addresses()
        assert own >= {stage.address, *accepted}
        assert not own & {alias.address for alias in box.aliases if alias.status != "accepted"}

    async def test_a_probe_finds_both_directions_in_any_folder_and_nothing_of_others(self, stage: Stage) -> None:
        out = await stage.deliver(**{"from": stage.address, "to": "new@person.example"}, folder="sentitems")
        back = await stage.deliver(**{"from": "new@person.example"}, folder="junkemail")
        await stage.deliver(**{"from": "somebody@else.example"})
        found = await (await stage.mailbox()).probe("New@Person.example", since=SINCE)
        assert {message.provider_message_id for message in found} == {out, back}

    @pytest.mark.parametrize("address", ["nobody@nowhere.example", "", "x OR in:anywhere", "o'neil) or (1 eq 1"])
    async def test_a_probe_for_nobody_finds_nothing(self, stage: Stage, address: str) -> None:
        assert await (await stage.mailbox()).probe(address, since=SINCE) == ()

    # Trouble

    async def test_an_unlinked_mailbox_says_so(self, stage: Stage) -> None:
        grant = await stage.link()
        assert await stage.connector.revoke(grant) is self.revocable
        if self.revocable:
            stage.clock.now += timedelta(hours=2)
            with pytest.raises(AccessRevoked):
                await Ledger().sync(stage.connector.open(grant, keep=stage.keep))

    async def test_a_dead_grant_asks_for_a_new_link(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.world.faults.switches["refresh_tokens_expired"] = Switch(True)
        stage.clock.now += timedelta(hours=2)
        with pytest.raises(AccessRevoked):
            await ledger.sync(mailbox)

    async def test_a_stored_secret_that_was_damaged_asks_for_a_new_link(self, stage: Stage) -> None:
        grant = await stage.link()
        for damaged in ("", "{", "null", grant.secret[:40]):
            with pytest.raises(AccessRevoked):
                await Ledger().sync(stage.connector.open(replace(grant, secret=damaged), keep=stage.keep))
            assert await stage.connector.revoke(replace(grant, secret=damaged)) is False

    async def test_a_renewed_secret_is_kept_before_it_is_used(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.clock.now += timedelta(hours=2)
        await ledger.sync(mailbox)
        assert stage.kept
        await ledger.sync(stage.connector.open(stage.kept[-1], keep=stage.keep))
        assert ledger.pages[-1].caught_up

    async def test_many_readers_renew_once(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        await Ledger().sync(mailbox)
        stage.clock.now += timedelta(hours=2)
        stage.kept.clear()
        await asyncio.gather(*(mailbox.probe("rita@acme.example", since=SINCE) for _ in range(5)))
        assert len(stage.kept) == 1

    async def test_a_keeper_that_fails_stops_the_sync_instead_of_losing_the_secret(self, stage: Stage) -> None:
        grant = await stage.link()
        stage.clock.now += timedelta(hours=2)

        async def full(_: object) -> None:
            raise OSError("no space left")

        with pytest.raises(OSError, match="no space"):
            await Ledger().sync(stage.connector.open(grant, keep=full))

    async def test_trouble_at_the_token_endpoint_is_not_a_dead_grant(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.clock.now += timedelta(hours=2)
        for reply, error in ((Reply(503, b"<html>"), Unreachable), (Reply(429, b"slow"), RateLimited)):
            stage.world.faults.scripts[:] = [Script("down", self.token_calls, times=-1, reply=reply)]
            with pytest.raises(error):
                await ledger.sync(mailbox)
        stage.world.faults.clear()
        await ledger.sync(mailbox)
        assert ledger.pages[-1].caught_up

    @pytest.mark.parametrize(
        "reply",
        [
            Reply(500, {"error": {}}),
            Reply(503, b"<html>busy</html>"),
            Reply(200, b'{"messages": [{"id": "1'),
            Reply(200, b"[" * 3_000),
            Reply(429, {"error": {"code": "TooManyRequests"}}, {"Retry-After": "7"}),
        ],
        ids=["500", "503", "cut", "bottomless", "429"],
    )
    async def test_passing_trouble_is_sat_out(self, stage: Stage, reply: Reply) -> None:
        mailbox = await stage.mailbox()
        stage.world.faults.scripts.append(Script("trouble", self.api_calls, times=3, reply=reply))
        ledger = await Ledger().sync(mailbox)
        assert ledger.present == set(await stage.truth())
        assert not await stage.broken_rules()

    async def test_lasting_trouble_is_raised_after_few_tries_and_the_cursor_stays(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        cursor = ledger.cursor
        script = Script("down", self.api_calls, times=-1, reply=Reply(500, b""))
        stage.world.faults.scripts.append(script)
        with pytest.raises(Unreachable):
            await ledger.sync(mailbox)
        assert script.used <= 5
        assert ledger.cursor == cursor

    async def test_a_long_wait_is_handed_to_the_schedule(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        wait = Reply(429, {"error": {"code": 429}}, {"Retry-After": "300"})
        stage.world.faults.scripts.append(Script("wait", self.api_calls, times=-1, reply=wait))
        with pytest.raises(RateLimited) as refused:
            await Ledger().sync(mailbox)
        assert refused.value.retry_after == 300
        assert stage.clock.slept == []

    async def test_a_refused_access_token_is_renewed_once(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        stage.world.grants.access.clear()
        ledger = await Ledger().sync(mailbox)
        assert ledger.pages[-1].caught_up

    async def test_a_whole_first_sync_stays_within_the_providers_limits(self, stage: Stage) -> None:
        await stage.fill(300)
        ledger = await Ledger().sync(await stage.mailbox(), deep=True)
        assert ledger.present == set(await stage.truth())
        assert await stage.broken_rules() == []

    async def test_the_cursor_is_text_that_survives_storage(self, stage: Stage) -> None:
        ledger = await Ledger().sync(await stage.mailbox())
        assert ledger.cursor is not None
        assert json.loads(json.dumps(ledger.cursor)) == ledger.cursor
