"""Google's sign-in refuses what Google refuses, and nothing gets in by a second use."""

from typing import Any

import jwt
import pytest

from .conftest import GOOGLE_CALLBACK, READONLY, Town

ANA = "ana@example.com"


async def test_discovery_leads_to_every_endpoint(town: Town) -> None:
    found = (await town.web.get("/google/.well-known/openid-configuration")).json()
    assert found["issuer"] == town.config.google_issuer
    for name in ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri"):
        assert found[name].startswith(town.config.google_issuer)


async def test_the_id_token_is_signed_by_the_published_key_and_bound_to_the_request(town: Town) -> None:
    tokens = await town.link_google()
    keys = jwt.PyJWKSet.from_dict((await town.web.get("/google/oauth2/v3/certs")).json())
    head = jwt.get_unverified_header(tokens["id_token"])
    claims: dict[str, Any] = jwt.decode(
        tokens["id_token"],
        keys[head["kid"]].key,
        algorithms=["RS256"],
        audience=town.config.google_client_id,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iss"] == town.config.google_issuer
    assert claims["nonce"] == "nonce-1"
    assert claims["email"] == ANA
    assert claims["exp"] - claims["iat"] == 3600


async def test_scopes_come_back_under_their_long_names(town: Town) -> None:
    tokens = await town.link_google()
    assert set(tokens["scope"].split()) == {"openid", "https://www.googleapis.com/auth/userinfo.email", READONLY}


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": GOOGLE_CALLBACK + "/"},
        {"redirect_uri": GOOGLE_CALLBACK.replace("127.0.0.1", "localhost")},
        {"client_id": "another"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"response_type": "token"},
        {"scope": "openid https://www.googleapis.com/auth/drive"},
    ],
)
async def test_a_request_out_of_order_is_answered_on_the_spot_and_never_redirected(
    town: Town, change: dict[str, str]
) -> None:
    answer = await town.web.get(town.google_url(**change))
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_person_may_leave_the_mail_scope_out(town: Town) -> None:
    answer = await town.back(town.google_url(), ANA, scopes=["openid"])
    tokens = (await town.google_token(code=answer["code"])).json()
    assert READONLY not in tokens["scope"]
    town.tokens["google"] = tokens
    refused = await town.gmail("messages")
    assert refused.status_code == 403
    assert refused.json()["error"]["errors"][0]["reason"] == "insufficientPermissions"


async def test_no_means_access_denied_with_the_state(town: Town) -> None:
    answer = await town.back(town.google_url(), ANA, deny=True)
    assert answer["error"] == "access_denied"
    assert answer["state"] == "state-1"


async def test_the_consent_form_can_be_answered_once(town: Town) -> None:
    page = (await town.web.get(town.google_url())).text
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    form = {"ticket": ticket, "account": ANA, "scope": READONLY, "answer": "allow"}
    assert (await town.web.post("/google/consent", data=form)).status_code == 302
    assert (await town.web.post("/google/consent", data=form)).status_code == 400


async def test_a_second_use_of_a_code_is_refused_and_kills_the_first_tokens(town: Town) -> None:
    answer = await town.back(town.google_url(), ANA)
    town.tokens["google"] = (await town.google_token(code=answer["code"])).json()
    again = await town.google_token(code=answer["code"])
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"
    assert (await town.gmail("profile")).status_code == 401


async def test_a_code_lives_ten_minutes(town: Town) -> None:
    answer = await town.back(town.google_url(), ANA)
    await town.control("advance", minutes=10)
    assert (await town.google_token(code=answer["code"])).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": GOOGLE_CALLBACK + "?x=1"}, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_an_exchange_out_of_order_is_refused(town: Town, change: dict[str, str], error: str) -> None:
    answer = await town.back(town.google_url(), ANA)
    refused = await town.google_token(**{"code": answer["code"], **change})
    assert refused.json()["error"] == error


@pytest.mark.parametrize("change", [{"access_type": ""}, {"prompt": ""}])
async def test_a_refresh_token_needs_offline_access_and_a_consent_screen(town: Town, change: dict[str, str]) -> None:
    assert "refresh_token" not in await town.link_google(**change)


async def test_a_refresh_gives_access_but_no_new_refresh_token(town: Town) -> None:
    tokens = await town.link_google()
    await town.control("advance", hours=2)
    assert (await town.gmail("profile")).status_code == 401
    fresh = (await town.google_token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])).json()
    assert "refresh_token" not in fresh
    town.tokens["google"] = fresh
    assert (await town.gmail("profile")).status_code == 200


async def test_revoking_kills_access_and_refresh_tokens(town: Town) -> None:
    tokens = await town.link_google()
    assert (await town.web.post("/google/revoke", data={"token": tokens["refresh_token"]})).status_code == 200
    assert (await town.gmail("profile")).status_code == 401
    refused = await town.google_token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.json()["error"] == "invalid_grant"
    assert (await town.web.post("/google/revoke", data={"token": tokens["refresh_token"]})).status_code == 400


async def test_in_testing_mode_a_refresh_token_dies_after_a_week(town: Town) -> None:
    await town.control("faults", name="testing_mode")
    tokens = await town.link_google()
    await town.control("advance", days=6)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await town.google_token(**form)).status_code == 200
    await town.control("advance", days=2)
    assert (await town.google_token(**form)).json()["error"] == "invalid_grant"


async def test_the_hundred_and_first_refresh_token_silently_kills_the_first(town: Town) -> None:
    first = await town.link_google()
    for _ in range(100):
        await town.link_google()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert (await town.google_token(**form)).json()["error"] == "invalid_grant"


async def test_microsofts_code_is_worth_nothing_at_google(town: Town) -> None:
    answer = await town.back(town.microsoft_url(), "ana.berg@outlook.example")
    assert (await town.google_token(code=answer["code"])).json()["error"] == "invalid_grant"
