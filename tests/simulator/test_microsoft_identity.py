"""Microsoft's sign-in, spoken to by msal itself and by hand."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msal
import pytest

from connectors.simulator import SimulatorConfig, create_simulator

from .conftest import MICROSOFT_CALLBACK, NOW, Town

ANA = "ana.berg@outlook.example"


class Edge:
    """What msal needs of an http_client: it speaks https, and the simulator hears it as if through a TLS edge."""

    def __init__(self, app: Any, base: str) -> None:
        self.app, self.base = app, base

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        return self.send("GET", url, params=params, headers=headers)

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> httpx.Response:
        return self.send("POST", url, params=params, data=data, headers=headers)

    def close(self) -> None:
        """Nothing is kept open."""

    def send(self, method: str, url: str, headers: Any = None, **options: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=self.base) as web:
                edge = {**(headers or {}), "X-Forwarded-Proto": "https"}
                return await web.request(method, url.replace("https://", "http://"), headers=edge, **options)

        return asyncio.run(once())


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_msal_links_refreshes_and_reads_the_identity() -> None:
    config = SimulatorConfig()
    app = create_simulator(config, clock=lambda: NOW)
    edge = Edge(app, config.base_url)
    application = msal.ConfidentialClientApplication(
        config.microsoft_client_id,
        client_credential=config.microsoft_client_secret,
        authority=config.microsoft_authority.replace("http://", "https://"),
        instance_discovery=False,
        http_client=edge,
    )
    flow = application.initiate_auth_code_flow(["Mail.Read", "User.Read"], redirect_uri=MICROSOFT_CALLBACK)
    told = edge.send("POST", "/_simulator/consent", json={"url": flow["auth_uri"], "account": ANA}).json()
    tokens = application.acquire_token_by_auth_code_flow(flow, dict(parse_qsl(urlsplit(told["location"]).query)))
    assert tokens["id_token_claims"]["oid"] == "00000000-0000-0000-5b1c-6a3f0e9d2c47"
    account = application.get_accounts()[0]
    fresh = application.acquire_token_silent_with_error(["Mail.Read"], account, force_refresh=True)
    assert fresh["access_token"] != tokens["access_token"]


@pytest.mark.parametrize("tenant", ["common", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"])
async def test_a_personal_account_signs_in_under_its_tenants(town: Town, tenant: str) -> None:
    answer = await town.back(town.microsoft_url(tenant), ANA)
    assert (await town.microsoft_token(tenant, code=answer["code"])).status_code == 200


async def test_a_personal_account_cannot_sign_in_as_an_organisation(town: Town) -> None:
    page = (await town.web.get(town.microsoft_url("organizations"))).text
    assert ANA not in page
    refused = await town.web.post(
        "/_simulator/consent", json={"url": town.microsoft_url("organizations"), "account": ANA}
    )
    assert refused.status_code == 400


async def test_the_discovery_document_speaks_in_the_callers_scheme_and_host(town: Town) -> None:
    headers = {"X-Forwarded-Proto": "https", "Host": "login.example:8443"}
    found = (await town.web.get("/common/v2.0/.well-known/openid-configuration", headers=headers)).json()
    assert found["token_endpoint"] == "https://login.example:8443/common/oauth2/v2.0/token"
    assert found["authorization_endpoint"] == "https://login.example:8443/common/oauth2/v2.0/authorize"


async def test_every_refresh_brings_a_new_refresh_token_and_the_old_one_still_works(town: Town) -> None:
    tokens = await town.link_microsoft()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = (await town.microsoft_token(**form)).json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert (await town.microsoft_token(**form)).status_code == 200


async def test_a_strict_tenant_kills_the_old_refresh_token_on_rotation(town: Town) -> None:
    tokens = await town.link_microsoft()
    await town.control("faults", name="rotation_kills_old")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await town.microsoft_token(**form)).status_code == 200
    assert (await town.microsoft_token(**form)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"code_verifier": "w" * 64}, 501481),
        ({"client_secret": "wrong"}, 7000215),
        ({"client_id": "wrong"}, 700016),
        ({"redirect_uri": MICROSOFT_CALLBACK + "/"}, 500112),
    ],
)
async def test_an_exchange_out_of_order_names_its_error_number(town: Town, change: dict[str, str], number: int) -> None:
    answer = await town.back(town.microsoft_url(), ANA)
    refused = (await town.microsoft_token(**{"code": answer["code"], **change})).json()
    assert refused["error_codes"] == [number]


async def test_a_code_is_redeemed_once(town: Town) -> None:
    answer = await town.back(town.microsoft_url(), ANA)
    await town.microsoft_token(code=answer["code"])
    assert (await town.microsoft_token(code=answer["code"])).json()["error_codes"] == [54005]


async def test_interaction_required_is_told_apart_from_a_dead_grant(town: Town) -> None:
    tokens = await town.link_microsoft()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    await town.control("faults", name="interaction_required", times=1)
    assert (await town.microsoft_token(**form)).json()["error"] == "interaction_required"
    await town.control("revoke", mailbox=ANA)
    assert (await town.microsoft_token(**form)).json()["error_codes"] == [50173]


async def test_a_wrong_redirect_uri_is_never_redirected_to(town: Town) -> None:
    answer = await town.web.get(town.microsoft_url(redirect_uri="http://evil.example/cb"))
    assert answer.status_code == 400
    assert "location" not in answer.headers
