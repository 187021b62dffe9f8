"""What every connector promises of linking; the sync's part of the contract inherits it."""

import pytest

from connectors.contract import (
    ConsentDenied,
    LinkRefused,
    Misconfigured,
    MissingPermission,
)
from connectors.simulator.faults import Switch
from tests.connectors.stage import Stage


class LinkingContract:
    """Names the provider, and stands it on a simulator of its own."""

    provider: str

    @pytest.fixture
    def stage(self) -> Stage:
        return Stage(self.provider)

    async def test_linking_gives_a_grant_bound_to_the_person_and_not_to_the_address(self, stage: Stage) -> None:
        grant = await stage.link()
        again = await stage.link()
        assert grant.address == stage.address
        assert grant.subject == again.subject
        assert stage.address not in grant.subject

    async def test_a_grant_never_shows_its_secret(self, stage: Stage) -> None:
        grant = await stage.link()
        assert grant.secret
        assert grant.secret not in repr(grant)

    async def test_the_way_to_the_provider_is_guarded(self, stage: Stage) -> None:
        first = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        second = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        assert "code_challenge_method=S256" in first.url
        assert "nonce=" in first.url
        assert len(first.state) >= 16
        assert first.state != second.state
        assert "include_granted_scopes" not in first.url

    async def test_saying_no_at_the_provider_links_nothing(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        answer = await stage.consent(asked.url, button="deny")
        with pytest.raises(ConsentDenied):
            await stage.connector.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)

    async def test_an_answer_to_somebody_elses_link_is_refused(self, stage: Stage) -> None:
        mine = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        theirs = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        answer = await stage.consent(theirs.url)
        with pytest.raises(LinkRefused):
            await stage.connector.finish(flow=mine.flow, answer=answer, redirect_uri=stage.redirect_uri)

    async def test_a_code_slipped_into_another_flow_is_refused(self, stage: Stage) -> None:
        mine = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        theirs = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        answer = {**await stage.consent(theirs.url), "state": mine.state}
        with pytest.raises(LinkRefused):
            await stage.connector.finish(flow=mine.flow, answer=answer, redirect_uri=stage.redirect_uri)

    async def test_a_code_is_good_for_one_link(self, stage: Stage) -> None:
        asked = await stage.connector.begin(redirect_uri=stage.redirect_uri)
        answer = await stage.consent(asked.url)
        await stage.connector.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)
        with pytest.raises(LinkRefused):
            await stage.connector.finish(flow=asked.flow, answer=answer, redirect_uri=stage.redirect_uri)

    @pytest.mark.parametrize(
        "spoilt",
        [{"aud": "another-app"}, {"iss": "https://evil.example"}, {"exp": 1_000_000_000}, {"nonce": "another"}],
        ids=["audience", "issuer", "expiry", "nonce"],
    )
    async def test_a_proof_of_identity_with_a_flaw_is_refused(self, stage: Stage, spoilt: dict[str, object]) -> None:
        stage.world.faults.switches["id_token_claims"] = Switch(spoilt)
        with pytest.raises(LinkRefused):
            await stage.link()

    async def test_a_link_without_a_lasting_permission_is_refused(self, stage: Stage) -> None:
        stage.world.faults.switches["no_refresh_token"] = Switch(True)
        with pytest.raises(LinkRefused, match="lasting"):
            await stage.link()

    async def test_leaving_out_the_mail_permission_is_named(self, stage: Stage) -> None:
        stage.world.faults.switches["scope_subset"] = Switch(True)
        with pytest.raises(MissingPermission):
            await stage.link()

    async def test_a_wrong_client_secret_is_our_own_fault(self, stage: Stage) -> None:
        with pytest.raises(Misconfigured):
            await stage.link(stage.connected(client_secret="wrong"))

    async def test_no_client_id_is_our_own_fault(self, stage: Stage) -> None:
        with pytest.raises(Misconfigured):
            await stage.connected(client_id="").begin(redirect_uri=stage.redirect_uri)
