"""The Gmail connector against the simulator: the contract, and what only Gmail does."""

from datetime import timedelta

import pytest

from connectors.contract import (
    AccessRevoked,
    AdminBlocked,
    ConnectorError,
    DailyLimit,
    LinkRefused,
    Misconfigured,
    MissingPermission,
    RateLimited,
    Unreachable,
)
from connectors.gmail.cursor import Place
from connectors.gmail.oauth import METADATA_ONLY
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script, Switch
from tests.connectors.contract_suite import ConnectorContract
from tests.connectors.stage import Ledger, Stage


def refused(status: int, reason: str, **headers: str) -> Reply:
    body = {"error": {"code": status, "message": "No.", "errors": [{"reason": reason, "domain": "global"}]}}
    return Reply(status, body, headers)


class TestGmail(ConnectorContract):
    provider = "google"
    api_calls = r"gmail GET "
    pages_of_open_threads = 1
    token_calls = "google-identity POST"
    revocable = True

    # Linking

    async def test_the_grant_asks_for_reading_and_for_nothing_more(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        assert "gmail.readonly" in asked.url
        assert "access_type=offline" in asked.url
        assert "prompt=consent" in asked.url
        for more in ("gmail.metadata", "gmail.modify", "gmail.send", "mail.google.com"):
            assert more not in asked.url

    async def test_the_address_scope_is_recognised_under_its_long_name(self, stage: Stage) -> None:
        assert "email" in (await stage.link()).scopes

    async def test_unticking_gmail_on_the_consent_page_leaves_no_grant_behind(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        answer = await stage.consent(asked.url, unticked=["gmail"])
        with pytest.raises(MissingPermission):
            await stage.connector.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)
        assert all(grant.revoked for grant in stage.world.grants.of("google", stage.address))

    async def test_an_old_metadata_permission_is_named_and_withdrawn(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        answer = await stage.consent(asked.url)
        grant = stage.world.grants.codes[answer["code"]].grant
        grant.scopes = (*grant.scopes, METADATA_ONLY)
        with pytest.raises(MissingPermission) as problem:
            await stage.connector.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)
        assert problem.value.reason == "gmail_metadata"
        assert grant.revoked

    async def test_an_answer_from_another_issuer_is_refused(self, stage: Stage) -> None:
        stage.world.faults.switches["issuer_mixed_up"] = Switch("https://login.other.example")
        with pytest.raises(LinkRefused):
            await stage.link()

    async def test_a_revocation_that_did_not_arrive_is_not_called_one(self, stage: Stage) -> None:
        grant = await stage.link()
        stage.world.faults.switches["revoke_fails"] = Switch(True)
        assert await stage.connector.revoke(grant) is False

    async def test_revoking_twice_is_revoked(self, stage: Stage) -> None:
        grant = await stage.link()
        assert await stage.connector.revoke(grant)
        assert await stage.connector.revoke(grant)

    # History

    async def test_an_expired_history_id_is_bridged_by_a_list(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.clock.now += timedelta(days=9)
        missed = await stage.deliver()
        stage.world.faults.switches["history_gone"] = Switch(True, times=1)
        await ledger.sync(mailbox)
        assert missed in ledger.present
        assert not ledger.pages[-1].degraded
        before = len(ledger.pages)
        await ledger.sync(mailbox)
        assert len(ledger.pages) == before + 1

    async def test_mail_deleted_behind_an_expired_history_id_is_found_gone(self, stage: Stage) -> None:
        one = await stage.deliver()
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        await stage.control("delete", id=one)
        stage.world.faults.switches["history_gone"] = Switch(True, times=1)
        await ledger.sync(mailbox)
        assert one in ledger.gone

    async def test_history_that_stays_unusable_is_listed_instead_and_said(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.world.faults.switches["history_gone"] = Switch(True)
        for number in range(3):
            one = await stage.deliver(subject=f"Number {number}")
            await ledger.sync(mailbox)
            assert one in ledger.present
            assert ledger.pages[-1].degraded
        units = stage.world.meter.tally(stage.address).units
        await ledger.sync(mailbox)
        assert stage.world.meter.tally(stage.address).units - units < 20
        stage.world.faults.clear()
        late = await stage.deliver(subject="Recovered")
        await ledger.sync(mailbox)
        assert late in ledger.present
        assert not ledger.pages[-1].degraded

    async def test_an_empty_page_of_history_is_not_the_end(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.world.faults.switches["history_empty_pages"] = Switch(True)
        await stage.fill(130)
        await ledger.sync(mailbox)
        assert ledger.present == set(await stage.truth())

    async def test_a_backlog_is_worked_off_page_by_page(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        await stage.fill(250)
        for _ in range(8):
            await ledger.sync(mailbox, most=1)
            if ledger.pages[-1].caught_up:
                break
        assert ledger.pages[-1].caught_up
        assert ledger.present == set(await stage.truth())

    async def test_history_ids_beyond_a_double_are_compared_exactly(self, stage: Stage) -> None:
        box = stage.world.mailbox(stage.address, "google")
        assert box
        box.history = 2**63 + 1
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        box.history_step = 2
        for number in range(5):
            one = await stage.deliver(subject=f"Number {number}")
            await ledger.sync(mailbox)
            assert one in ledger.present
        assert int(Place.parse(ledger.cursor).history) == box.history

    async def test_a_read_mark_costs_no_message(self, stage: Stage) -> None:
        one = await stage.deliver()
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        await stage.control("mark", id=one, read=True)
        units = stage.world.meter.tally(stage.address).units
        await ledger.sync(mailbox)
        assert stage.world.meter.tally(stage.address).units - units == 2

    async def test_ids_that_are_gone_by_the_time_they_are_read_stop_nothing(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        stage.world.faults.switches["get_404_share"] = Switch(0.3)
        await stage.fill(40)
        await ledger.sync(mailbox)
        truth = set(await stage.truth())
        assert ledger.pages[-1].caught_up
        assert truth - ledger.present <= ledger.gone
        assert len(truth - ledger.present) < 40

    # Costs

    async def test_long_threads_are_read_whole(self, stage: Stage) -> None:
        box = stage.world.mailbox(stage.address, "google")
        assert box
        for item in list(box.items.values()):
            box.delete(item, stage.clock.now)
        root = "<root@acme.example>"
        for number in range(12):
            headers = {"headers": {"Message-ID": root}} if number == 0 else {"in_reply_to": root}
            at = (stage.clock.now - timedelta(hours=20 - number)).isoformat()
            await stage.deliver(subject="Re: Role" if number else "Role", at=at, **headers)
        ledger = await Ledger().sync(await stage.mailbox())
        assert ledger.present == set(await stage.truth())
        methods = stage.world.meter.tally(stage.address).methods
        assert methods.get("threads.get") == 1
        assert "messages.get" not in methods

    # Degrading

    async def test_without_a_batch_endpoint_messages_are_read_one_by_one(self, stage: Stage) -> None:
        stage.app.router.routes[:] = [
            route for route in stage.app.router.routes if "/batch" not in getattr(route, "path", "")
        ]
        ledger = await Ledger().sync(await stage.mailbox())
        assert ledger.present == set(await stage.truth())
        assert stage.world.meter.tally(stage.address).most_open <= 5

    async def test_without_a_profile_the_newest_message_gives_the_history_id(self, stage: Stage) -> None:
        stage.world.faults.scripts.append(
            Script("none", "gmail GET .*/profile", times=-1, reply=refused(404, "notFound"))
        )
        mailbox = await stage.mailbox()
        ledger = await Ledger().sync(mailbox)
        one = await stage.deliver()
        await ledger.sync(mailbox)
        assert one in ledger.present
        assert stage.address in await mailbox.own_addresses()

    # Poison

    async def test_a_letter_made_to_exhaust_the_reader_is_set_aside_and_the_rest_read(self, stage: Stage) -> None:
        nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(60))
        raw = f"From: x@acme.example\r\nTo: ana@example.com\r\nSubject: Bomb\r\nMIME-Version: 1.0\r\n{nested}\r\nhi"
        bomb = await stage.deliver(raw=raw)
        ledger = await Ledger().sync(await stage.mailbox())
        assert set(ledger.poisoned) == {bomb}
        assert ledger.present == set(await stage.truth()) - {bomb}
        assert ledger.pages[-1].caught_up

    async def test_a_message_the_provider_cannot_give_is_set_aside_and_the_rest_read(self, stage: Stage) -> None:
        one = await stage.deliver(subject="Alone")
        broken = Script("broken", rf"gmail GET .*/messages/{one}$", times=-1, reply=Reply(500, b""))
        stage.world.faults.scripts.append(broken)
        ledger = await Ledger().sync(await stage.mailbox())
        assert set(ledger.poisoned) == {one}
        assert ledger.present == set(await stage.truth()) - {one}

    # Refusals

    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            (refused(403, "insufficientPermissions"), MissingPermission),
            (refused(403, "forbidden"), MissingPermission),
            (refused(403, "domainPolicy"), AdminBlocked),
            (refused(403, "accessNotConfigured"), Misconfigured),
            (refused(403, "dailyLimitExceeded"), DailyLimit),
            (refused(403, "userRateLimitExceeded"), RateLimited),
            (refused(403, "rateLimitExceeded"), RateLimited),
            (refused(403, "quotaExceeded"), RateLimited),
            (refused(400, "failedPrecondition"), Unreachable),
            (refused(401, "authError"), AccessRevoked),
        ],
        ids=lambda value: value.body["error"]["errors"][0]["reason"] if isinstance(value, Reply) else "",
    )
    async def test_each_refusal_has_its_own_error(
        self, stage: Stage, reply: Reply, error: type[ConnectorError]
    ) -> None:
        mailbox = await stage.mailbox()
        stage.world.faults.scripts.append(Script("refused", r"gmail GET ", times=-1, reply=reply))
        with pytest.raises(error) as raised:
            await Ledger().sync(mailbox)
        assert type(raised.value) is error

    @pytest.mark.parametrize(
        ("status", "word", "error"),
        [
            (401, "invalid_client", Misconfigured),
            (400, "unauthorized_client", Misconfigured),
            (400, "invalid_grant", AccessRevoked),
            (400, "admin_policy_enforced", AdminBlocked),
            (429, "rate_limit_exceeded", RateLimited),
            (500, "internal_failure", Unreachable),
        ],
    )
    async def test_a_refused_renewal_has_its_own_error(
        self, stage: Stage, status: int, word: str, error: type[ConnectorError]
    ) -> None:
        mailbox = await stage.mailbox()
        stage.clock.now += timedelta(hours=2)
        reply = Reply(status, {"error": word}, {"Content-Type": "application/json"})
        stage.world.faults.scripts.append(Script("refused", self.token_calls, times=-1, reply=reply))
        with pytest.raises(error):
            await Ledger().sync(mailbox)

    async def test_parts_of_a_batch_that_are_refused_for_now_are_asked_for_alone(self, stage: Stage) -> None:
        mailbox = await stage.mailbox()
        slow = refused(429, "rateLimitExceeded", **{"Retry-After": "3"})
        stage.world.faults.scripts.append(Script("some", r"gmail GET .*/messages/\w+$", times=10, reply=slow))
        ledger = await Ledger().sync(mailbox)
        assert ledger.present == set(await stage.truth())
        assert max(stage.clock.slept) >= 3
