"""The Outlook connector against the simulator: the contract, and what only Graph does."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    ConnectorError,
    LinkRefused,
    Misconfigured,
    MissingPermission,
    RateLimited,
    Unreachable,
)
from connectors.message import Folder
from connectors.outlook.oauth import reads_mail
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script, Switch
from tests.connectors.contract_suite import ConnectorContract
from tests.connectors.stage import SINCE, Ledger, Stage

MEETING = """\
From: Rita <rita@acme.example>
To: ana.berg@outlook.example
Subject: Interview
Date: Sun, 22 Nov 2026 09:00:00 +0000
Message-ID: <meeting@acme.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Shall we talk?
--b
Content-Type: text/calendar; charset=utf-8; method={method}

BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
DTSTART:20261126T100000
DTEND:20261126T110000
END:VEVENT
END:VCALENDAR
--b--
""".replace("\n", "\r\n")


def refused(status: int, code: str, **headers: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": "No."}}, headers)


class TestOutlook(ConnectorContract):
    provider = "microsoft"
    api_calls = r"graph GET "
    token_calls = "microsoft-identity POST"
    revocable = False

    # Linking

    async def test_the_grant_asks_for_reading_and_for_nothing_more(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        assert "Mail.Read+" in asked.url or "Mail.Read%20" in asked.url
        assert "offline_access" in asked.url
        assert "Mail.ReadWrite" not in asked.url
        assert "Mail.Send" not in asked.url

    @pytest.mark.parametrize(
        ("scope", "enough"),
        [
            ("openid https://graph.microsoft.com/Mail.Read", True),
            ("Mail.ReadWrite User.Read", True),
            ("openid Mail.ReadBasic User.Read", False),
        ],
    )
    def test_a_permission_to_see_mail_without_its_texts_is_not_enough(self, scope: str, enough: bool) -> None:
        assert reads_mail(scope) is enough

    async def test_the_way_to_an_authority_on_this_machine_stays_plain(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        assert asked.url.startswith(stage.config.microsoft_authority)

    async def test_mailboxes_of_organisations_are_refused_where_the_authority_is_for_private_ones(
        self, stage: Stage
    ) -> None:
        private = stage.connected(authority=f"{stage.config.base_url}/consumers")
        assert (await stage.link(private)).address == stage.address
        asked = await private.begin(redirect_uri=stage.redirect_uri)
        answer = await stage.consent(asked.url)
        [mailbox] = [box for box in stage.world.mailboxes if box.address == stage.address]
        mailbox.tenant = "11111111-2222-3333-4444-555555555555"
        with pytest.raises(LinkRefused):
            await private.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)
        page = await stage.browser.get((await private.begin(redirect_uri=stage.redirect_uri)).url)
        assert stage.address not in page.text
        assert (await stage.link()).subject.startswith(mailbox.tenant)

    async def test_an_administrators_consent_is_named(self, stage: Stage) -> None:
        stage.world.faults.switches["admin_consent_needed"] = Switch(True)
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        sent_back = await stage.browser.get(asked.url)
        answer = dict(sent_back.next_request.url.params) if sent_back.next_request else {}
        with pytest.raises(AdminBlocked):
            await stage.connector.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)

    async def test_an_expired_client_secret_is_our_own_fault(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.world.faults.switches["client_secret_expired"] = Switch(True)
        stage.clock.now += timedelta(hours=2)
        with pytest.raises(Misconfigured):
            await ledger.sync(mailbox)

    async def test_an_authority_that_is_none_is_our_own_fault(self, stage: Stage) -> None:
        lost = stage.connected(authority=f"{stage.config.base_url}/nowhere")
        with pytest.raises(Misconfigured):
            await lost.begin(redirect_uri=stage.redirect_uri)

    async def test_a_demand_for_the_person_asks_for_a_new_link(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.world.faults.switches["interaction_required"] = Switch(True)
        stage.clock.now += timedelta(hours=2)
        with pytest.raises(AccessRevoked):
            await ledger.sync(mailbox)

    async def test_a_recovered_token_endpoint_is_asked_again_at_once(self, stage: Stage) -> None:
        """MSAL's own throttle would hold back for minutes after one refusal."""
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.clock.now += timedelta(hours=2)
        for reply in (Reply(429, {"error": "slow"}, {"Retry-After": "600"}), Reply(400, {"error": "invalid_grant"})):
            stage.world.faults.scripts.append(Script("once", self.token_calls, times=1, reply=reply))
            with pytest.raises((RateLimited, AccessRevoked)):
                await ledger.sync(mailbox)
        await ledger.sync(mailbox)
        assert ledger.pages[-1].caught_up

    # Folders

    async def test_a_folder_made_later_and_deep_down_is_read(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        box = stage.world.mailbox(stage.address, "microsoft")
        assert box
        parent = "inbox"
        for depth in range(5):
            box.add_folder(f"level{depth}", f"Level {depth}", parent=parent)
            parent = f"level{depth}"
        old = (stage.clock.now - timedelta(days=40)).isoformat()
        one = await stage.deliver(folder="level4", at=old)
        await ledger.sync(mailbox, deep=True)
        assert one in ledger.present

    async def test_what_lies_below_the_bin_is_in_the_bin(self, stage: Stage) -> None:
        box = stage.world.mailbox(stage.address, "microsoft")
        assert box
        box.add_folder("old", "Old things", parent="deleteditems")
        one = await stage.deliver(folder="old")
        assert (await Ledger().sync(await stage.mailbox())).messages[one].folder is Folder.TRASH

    async def test_a_message_moved_away_and_back_is_still_there(self, stage: Stage) -> None:
        one = await stage.deliver()
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        stage.world.faults.switches["delta_loses_returned"] = Switch(True)
        await stage.control("move", id=one, folder="archive")
        await stage.control("move", id=one, folder="inbox")
        await ledger.sync(mailbox, deep=True)
        assert one in ledger.present
        assert ledger.messages[one].folder is Folder.INBOX

    async def test_a_forgotten_round_starts_over_for_its_folder_alone(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        old = (stage.clock.now - timedelta(days=40)).isoformat()
        one = await stage.deliver(at=old)
        stage.world.faults.switches["delta_gone"] = Switch(True, times=1)
        await ledger.sync(mailbox, deep=True)
        assert one in ledger.present
        assert ledger.pages[-1].caught_up

    async def test_folders_that_refuse_to_tell_changes_stop_nothing(self, stage: Stage) -> None:
        stage.world.faults.switches["delta_gone"] = Switch(True)
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        one = await stage.deliver()
        await ledger.sync(mailbox, deep=True)
        assert ledger.pages[-1].caught_up
        assert one in ledger.present

    @pytest.mark.parametrize("fault", ["delta_replays", "delta_shuffled"])
    async def test_repeated_and_shuffled_changes_end_in_the_same_place(self, stage: Stage, fault: str) -> None:
        one, other = await stage.deliver(), await stage.deliver(subject="Other")
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        stage.world.faults.switches[fault] = Switch(True)
        await stage.control("move", id=one, folder="archive")
        await stage.control("delete", id=other)
        await ledger.sync(mailbox, deep=True)
        assert ledger.present == set(await stage.truth())

    async def test_mail_that_the_list_skips_is_found_in_its_folder(self, stage: Stage) -> None:
        stage.world.faults.switches["list_skips_share"] = Switch(0.2)
        await stage.fill(80)
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        assert ledger.present == set(await stage.truth())

    # Lists

    async def test_a_page_too_large_for_the_server_is_halved(self, stage: Stage) -> None:
        stage.world.faults.switches["page_too_large"] = Switch(30)
        await stage.fill(60)
        ledger = await Ledger().sync(await stage.mailbox())
        assert ledger.present == set(await stage.truth())
        assert stage.clock.slept == []

    async def test_a_next_link_that_vanishes_ends_nothing(self, stage: Stage) -> None:
        def without_link(reply: Reply) -> Reply:
            body: Any = reply.body
            return Reply(reply.status, {k: v for k, v in body.items() if k != "@odata.nextLink"}, reply.headers)

        await stage.fill(250)
        stage.world.faults.scripts.append(Script("lost", r"graph GET /me/messages$", times=2, twist=without_link))
        ledger = await Ledger().sync(await stage.mailbox())
        assert ledger.present == set(await stage.truth())

    @pytest.mark.parametrize("where", ["https://evil.example/steal", "http://169.254.169.254/latest", "file:///etc"])
    async def test_a_link_to_another_host_is_not_followed(self, stage: Stage, where: str) -> None:
        def led_astray(reply: Reply) -> Reply:
            body: Any = reply.body
            return Reply(reply.status, {**body, "@odata.nextLink": where}, reply.headers)

        stage.world.faults.scripts.append(Script("astray", r"graph GET /me/messages$", times=-1, twist=led_astray))
        with pytest.raises(Unreachable) as refused_link:
            await Ledger().sync(await stage.mailbox())
        assert refused_link.value.reason == "foreign_host"

    async def test_many_messages_of_one_second_are_all_read(self, stage: Stage) -> None:
        at = (stage.clock.now - timedelta(days=2)).isoformat()
        for number in range(130):
            await stage.deliver(subject=f"Number {number}", at=at)
        mailbox = await stage.mailbox()
        ledger = Ledger()
        for _ in range(12):
            await ledger.sync(mailbox, most=1)
            if ledger.pages[-1].caught_up:
                break
        assert ledger.present == set(await stage.truth())

    # Messages

    @pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "REPLY"])
    async def test_a_meeting_message_has_its_method(self, stage: Stage, method: str) -> None:
        one = await stage.deliver(raw=MEETING.format(method=method))
        messages = (await Ledger().sync(await stage.mailbox())).messages
        assert messages[one].calendar_method == method

    async def test_a_server_that_knows_no_meeting_types_still_gives_its_mail(self, stage: Stage) -> None:
        no_cast = refused(400, "RequestBroker--ParseUri")
        stage.world.faults.scripts.append(Script("cast", r"graph GET /me/messages$", times=1, reply=no_cast))
        ledger = await Ledger().sync(await stage.mailbox())
        assert ledger.present == set(await stage.truth())

    async def test_what_was_sent_along_is_named(self, stage: Stage) -> None:
        raw = (
            "From: ana.berg@outlook.example\r\nTo: rita@acme.example\r\nSubject: Portfolio\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAttached.\r\n'
            "--b\r\nContent-Type: application/pdf\r\n"
            'Content-Disposition: attachment; filename="work.pdf"\r\n\r\nx\r\n--b--'
        )
        one = await stage.deliver(raw=raw, folder="sentitems")
        assert (await Ledger().sync(await stage.mailbox())).messages[one].attachments == ("work.pdf",)

    async def test_one_unreadable_message_is_set_aside_and_the_rest_read(self, stage: Stage) -> None:
        one = await stage.deliver()

        def spoilt(reply: Reply) -> Reply:
            body: Any = reply.body
            told = [{**entry, "body": "?"} if entry["id"] == one else entry for entry in body.get("value", [])]
            return Reply(reply.status, {**body, "value": told}, reply.headers)

        stage.world.faults.scripts.append(Script("spoilt", r"graph GET /me/messages$", times=-1, twist=spoilt))
        ledger = await Ledger().sync(await stage.mailbox())
        assert set(ledger.poisoned) == {one}
        assert ledger.present == set(await stage.truth()) - {one}

    async def test_ids_stay_the_same_when_a_message_moves(self, stage: Stage) -> None:
        one = await stage.deliver()
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox, deep=True)
        await stage.control("move", id=one, folder="jobsearch")
        await ledger.sync(mailbox, deep=True)
        assert len(ledger.messages) == len(await stage.truth())

    async def test_what_waits_in_the_outbox_has_not_been_sent_until_it_is(self, stage: Stage) -> None:
        one = await stage.deliver(folder="outbox", **{"from": stage.address, "to": "rita@acme.example"})
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        assert ledger.messages[one].is_draft
        stage.clock.now += timedelta(minutes=1)
        await stage.control("send", id=one)
        await ledger.sync(mailbox)
        assert not ledger.messages[one].is_draft
        assert ledger.messages[one].folder is Folder.SENT

    # Refusals

    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            (refused(403, "ErrorAccessDenied"), MissingPermission),
            (refused(404, "MailboxNotEnabledForRESTAPI"), AdminBlocked),
            (refused(503, "ErrorMailboxMoveInProgress"), Unreachable),
            (refused(429, "ApplicationThrottled", **{"Retry-After": "2"}), RateLimited),
            (refused(401, "InvalidAuthenticationToken"), AccessRevoked),
            (refused(500, "UnknownError"), Unreachable),
        ],
        ids=lambda value: value.body["error"]["code"] if isinstance(value, Reply) else "",
    )
    async def test_each_refusal_has_its_own_error(
        self, stage: Stage, reply: Reply, error: type[ConnectorError]
    ) -> None:
        mailbox = await stage.mailbox()
        stage.world.faults.scripts.append(Script("refused", r"graph GET ", times=-1, reply=reply))
        with pytest.raises(error) as raised:
            await Ledger().sync(mailbox)
        assert type(raised.value) is error

    async def test_a_first_sync_in_the_past_looks_no_further_than_asked(self, stage: Stage) -> None:
        month = stage.clock.now - timedelta(days=30)
        mailbox = await stage.mailbox()
        told = [m async for page in mailbox.pages(None, since=month, deep=True) for m in page.messages]
        assert told
        assert min(message.at for message in told) >= month > SINCE
