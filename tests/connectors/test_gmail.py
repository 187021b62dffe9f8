"""The Gmail connector against the simulator: the contract, and what only Gmail does."""

import json
from dataclasses import replace
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
from connectors.message import Folder
from connectors.simulator.calls import Reply
from connectors.simulator.faults import Script, Switch
from tests.connectors.contract_suite import ConnectorContract
from tests.connectors.stage import SINCE, Ledger, Stage


def refused(status: int, reason: str) -> Reply:
    return Reply(status, {"error": {"code": status, "message": reason, "errors": [{"reason": reason}]}})


class TestGmail(ConnectorContract):
    provider = "google"
    api_calls = r"gmail GET "
    token_calls = "google-identity POST"
    revocable = True

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

    async def test_an_answer_from_another_issuer_is_refused(self, stage: Stage) -> None:
        stage.world.faults.switches["issuer_mixed_up"] = Switch("https://login.other.example")
        with pytest.raises(LinkRefused):
            await stage.link()

    async def test_a_token_poisoned_with_metadata_is_named_and_withdrawn(self, stage: Stage) -> None:
        def poisoned(reply: Reply) -> Reply:
            body = json.loads(reply.content())
            return replace(reply, body={**body, "scope": f"{body['scope']} https://www.googleapis.com/auth/gmail.metadata"})

        answer = await stage.link()
        secret = json.loads(answer.secret)
        token = {"access_token": secret["access_token"], "refresh_token": secret["refresh_token"]}
        from connectors.gmail.oauth import meanings, unusable

        scopes = meanings("openid email https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/gmail.metadata")
        problem = unusable(token, scopes)
        assert isinstance(problem, MissingPermission)
        assert problem.reason == "gmail_metadata"
        assert poisoned
