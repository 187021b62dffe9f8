"""What a device token may do: every route names one scope, and without it nothing is told and nothing changes (S6)."""

from typing import Any

import httpx
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services import pairing
from app.services.scopes import EVERYTHING, EXTENSION, Scope, held
from tests.security.conftest import Houses

OPEN = {
    "GET /health",
    "GET /ready",
    "GET /calendar/{secret}.ics",
    "POST /api/v1/device/code",
    "POST /api/v1/device/token",
}
ENDLESS = "GET /api/v1/events"
FOR_GOOD = "DELETE /api/v1/me"
AFAR = ("203.0.113.9", 4444)  # counters are open to this machine
AT = "2026-11-20T10:00:00+00:00"
SENT: dict[str, dict[str, Any]] = {
    "POST /api/v1/advice": {"channel": "email", "to": ["dana@northwind.example"]},
    "PATCH /api/v1/recipients/{recipient_id}": {"muted": True, "stage": "interview", "name": "changed"},
    "POST /api/v1/corrections": {"kind": "not_job_search"},
    "POST /api/v1/touches": {"recipient": "new@acme.example", "channel": "call", "outcome": "spoke", "at": AT},
    "PATCH /api/v1/touches/{touch_id}": {"outcome": "no_answer"},
    "PATCH /api/v1/rules/{rule_id}": {"on": False},
}
RULE = "voicemail-streak"


def operations(houses: Houses) -> dict[str, dict[str, Any]]:
    """Every operation of the published description, as `METHOD path`."""
    paths = houses.app.openapi()["paths"]
    return {f"{verb.upper()} {path}": told for path, verbs in paths.items() for verb, told in verbs.items()}


def needed(told: dict[str, Any]) -> Scope:
    [scope] = {scope for way in told["security"] for scopes in way.values() for scope in scopes}
    return Scope(scope)


def asking(houses: Houses) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=houses.app, client=AFAR)
    return httpx.AsyncClient(transport=transport, base_url=houses.parts.settings.base_url)


async def asked(houses: Houses, label: str, scopes: set[Scope]) -> httpx.Response:
    """A request that would do something, by a token of these scopes."""
    token = pairing.add_device(houses.parts, "narrow", houses.parts.clock(), scopes)
    method, path = label.split(" ")
    for name, one in {"recipient_id": houses.anas[0], "rule_id": RULE}.items():
        path = path.replace(f"{{{name}}}", one)
    path = path.replace("{", "").replace("}", "")  # any other id is nobody's
    sent = dict(SENT.get(label, {}))
    if label.endswith("/corrections"):
        sent["recipient"] = houses.anas[0]
    async with asking(houses) as narrow:
        return await narrow.request(
            method, path, json=sent if sent else None, headers={"authorization": f"Bearer {token}"}
        )


async def known(houses: Houses) -> dict[str, Any]:
    """What is known of Ana, but for the devices that ask, and the record of them."""
    async with asking(houses) as whole:
        answer = await whole.get("/api/v1/export", headers={"authorization": f"Bearer {houses.token}"})
    told: dict[str, Any] = answer.json()
    return {name: rows for name, rows in told.items() if name not in {"devices", "audit", "exported_at"}}


def test_every_route_is_open_by_name_or_names_one_scope(houses: Houses) -> None:
    named = {label: needed(told) for label, told in operations(houses).items() if label not in OPEN}
    assert operations(houses).keys() >= OPEN
    assert all("security" not in operations(houses)[label] for label in OPEN)
    assert set(named.values()) == set(Scope) - {Scope.DEVICES}  # which is what `itself` lacks to reach the others


async def test_a_token_without_the_scope_of_a_route_is_refused_there_and_changes_nothing(houses: Houses) -> None:
    before = await known(houses)
    drawn: list[tuple[str, set[Scope]]] = []

    @settings(max_examples=12, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sets(st.sampled_from(Scope)))
    def tokens(scopes: set[Scope]) -> None:
        drawn.extend((label, scopes - {needed(told)}) for label, told in named.items())

    named = {label: told for label, told in operations(houses).items() if label not in OPEN}
    tokens()
    drawn.extend((label, set(EVERYTHING) - {needed(told)}) for label, told in named.items())
    for label, scopes in drawn:
        answer = await asked(houses, label, scopes)
        wanted = needed(named[label])
        assert (answer.status_code, answer.json()["code"]) == (403, "out-of-scope"), (label, scopes)
        assert "may not" in answer.json()["detail"]
        assert f'error="insufficient_scope", scope="{wanted}"' in answer.headers["www-authenticate"]
    assert await known(houses) == before


async def test_a_token_of_one_scope_opens_what_that_scope_names(houses: Houses) -> None:
    for label, told in operations(houses).items():
        if label in OPEN | {ENDLESS, FOR_GOOD} or (label in SENT and not label.endswith("/advice")):
            continue  # what would change Ana's things is allowed in tests/web; here nothing may
        answer = await asked(houses, label, {needed(told)})
        nothing = answer.status_code == 404 and "{" in label
        another = label == "DELETE /api/v1/devices/{device_id}"  # not itself
        assert answer.is_success or nothing or (another and answer.status_code == 403), (label, answer.text)


async def test_no_token_opens_a_page_or_the_way_to_a_provider(houses: Houses) -> None:
    token = pairing.add_device(houses.parts, "everything", houses.parts.clock())
    tried = 0
    async with asking(houses) as anybody:
        for context in iter_route_contexts(houses.app.routes):
            if not getattr(context, "dependant", None) or getattr(context, "include_in_schema", True):
                continue
            path = (context.path or "").replace("{provider}", "google").replace("{", "").replace("}", "")
            for method in context.methods or ():
                answer = await anybody.request(method, path, headers={"authorization": f"Bearer {token}"})
                assert answer.status_code in {401, 403}, (method, path, answer.status_code)
                tried += 1
    assert tried > 40


async def test_a_paired_browser_may_do_what_an_extension_needs_and_sees_no_other_device(houses: Houses) -> None:
    now, ana = houses.parts.clock(), houses.ana
    code = pairing.begin(houses.parts, "Chrome", now)
    pairing.decide(houses.parts, ana, code.user_code, approve=True, now=now)
    given_out = pairing.claim(houses.parts, code.device_code, now)
    assert set(given_out.scope.split()) == set(EXTENSION)
    assert not {"export", "unlink", "erase", "devices", "metrics"} & set(given_out.scope.split())
    others = [each.id for each in pairing.list_devices(houses.parts, ana) if each.name != "Chrome"]
    assert others
    async with asking(houses) as chrome:
        chrome.headers["authorization"] = f"Bearer {given_out.token}"
        [itself] = (await chrome.get("/api/v1/devices")).json()["devices"]
        assert (itself["name"], itself["itself"], itself["scope"]) == ("Chrome", True, given_out.scope)
        for other in (*others[:3], houses.bens["device"], "nothing"):
            assert (await chrome.delete(f"/api/v1/devices/{other}")).status_code == 403
        assert others == [each.id for each in pairing.list_devices(houses.parts, ana) if each.name != "Chrome"]
        assert (await chrome.delete(f"/api/v1/devices/{itself['id']}")).status_code == 200
        assert (await chrome.get("/api/v1/rules")).status_code == 401


def test_a_device_of_before_there_were_scopes_may_do_what_an_extension_may() -> None:
    assert held(None) == EXTENSION
    assert held("") == ()
    assert held("erase of-a-later-version advice") == (Scope.ADVICE, Scope.ERASE)
