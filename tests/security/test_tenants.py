"""F46, S18: two people at one server, one mailbox linked by both. Nothing Ana asks shows or changes what is Ben's."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.reading.facts import CorrectionKind
from app.services import signing_in
from tests.security.conftest import CANARY, Houses

ENDLESS = {"/api/v1/events"}  # a stream, keyed by the session's own person; tests/web/test_api.py
ENDS_ANA = {
    "/api/v1/me",
    "/privacy/delete",
    "/sign-out",
    "/devices/sign-out",
    "/sample/leave",
}  # about Ana alone, and would end the run
WRITES = {"POST", "PATCH", "DELETE"}
JSON_FIELDS = {
    "/api/v1/recipients/{recipient_id}": ("merge", "split"),
    "/api/v1/corrections": ("recipient", "kind", "evidence"),
    "/api/v1/touches": ("recipient", "channel", "outcome", "at"),
    "/api/v1/touches/{touch_id}": ("outcome",),
    "/api/v1/rules/{rule_id}": ("on",),
    "/api/v1/device/token": ("device_code",),
}
NAMES_A_THING = {"id", "recipient", "other", "merge", "split", "addresses", "account", "device_code"}
MEANT: dict[str, list[Any]] = {
    "kind": [*CorrectionKind, "call-spoke", "voicemail"],
    "channel": ["call", "voicemail"],
    "outcome": ["spoke", "no_answer"],
    "at": ["2026-11-20T10:00:00+00:00"],
    "muted": ["1"],
    "answer": ["approve"],
    "on": ["0"],
    "stage": ["interview"],
}
REFUSED = {401, 403, 404, 409, 422, 429}  # 409: an undo that comes too late


def _routes(houses: Houses) -> Iterator[tuple[str, Any]]:
    for context in iter_route_contexts(houses.app.routes):
        if context.path in ENDLESS | ENDS_ANA or not getattr(context, "dependant", None):
            continue
        for method in sorted(context.methods or ()):
            yield method, context


def _filled(method: str, context: Any, ids: st.DataObject, houses: Houses) -> tuple[str, dict[str, Any]]:
    """A request that would be right if every id in it were Ana's; a path id may be hers, every other one is Ben's."""
    bens = st.sampled_from(sorted(houses.bens.values()))
    path = context.path
    for param in context.dependant.path_params:
        kind = param.name.removesuffix("_id")
        his = [one for name, one in houses.bens.items() if name.startswith(kind)] or list(houses.bens.values())
        hers = houses.anas if kind == "recipient" else []
        path = path.replace("{" + param.name + "}", ids.draw(st.sampled_from(his) | st.sampled_from(hers or his)))
    if path.startswith("/api/") and method in WRITES:
        return path, {name: _meant(name, ids, bens) for name in JSON_FIELDS.get(context.path, ())}
    named = [*context.dependant.body_params, *context.dependant.query_params]
    return path, {param.alias: _meant(param.alias, ids, bens) for param in named}


def _meant(name: str, ids: st.DataObject, bens: st.SearchStrategy[str]) -> Any:
    if name not in NAMES_A_THING:
        return ids.draw(st.sampled_from(MEANT.get(name, ["words"])))
    return [ids.draw(bens)] if name in {"split", "addresses"} else ids.draw(bens)


@pytest.fixture(scope="module")
def ana(houses: Houses) -> dict[str, dict[str, str]]:
    """Ana at her browser and at her extension: the headers of each."""
    link = signing_in.new_link(houses.parts, houses.parts.clock())
    session = signing_in.open_session(houses.parts, link.partition("token=")[2], houses.parts.clock())
    return {
        "browser": {"cookie": f"aftertouch_session={session}", "origin": houses.parts.settings.base_url},
        "extension": {"authorization": f"Bearer {houses.token}"},
    }


async def test_no_request_of_one_person_shows_or_changes_what_is_anothers(
    houses: Houses, ana: dict[str, dict[str, str]]
) -> None:
    routes = list(_routes(houses))
    before = await _of_ben(houses)
    assert CANARY in before

    @settings(max_examples=5, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def made_up(ids: st.DataObject) -> None:
        for method, context in routes:
            path, fields = _filled(method, context, ids, houses)
            requests.append((method, path, fields))

    requests: list[tuple[str, str, dict[str, Any]]] = []
    made_up()
    for who in ana.values():
        for method, path, fields in requests:
            await _asked(houses, who, method, path, fields)
    assert await _of_ben(houses) == before


async def _asked(houses: Houses, who: dict[str, str], method: str, path: str, fields: dict[str, Any]) -> None:
    as_form = who.keys() >= {"cookie"} and not path.startswith("/api/")
    body: dict[str, Any] = (
        ({"data": fields} if as_form else {"json": fields}) if method in WRITES else {"params": fields}
    )
    async with _at(houses) as asking:
        answer = await asking.request(method, path, headers=who, **body)
    assert answer.status_code < 500, (method, path, answer.text)
    sent = f"{path} {fields}"
    for told in (CANARY, *houses.bens.values()):
        at = answer.text.find(told)
        assert told in sent or told not in answer.text, (method, path, answer.text[max(0, at - 300) : at + 50])
    if any(one in path for one in houses.bens.values()):
        assert answer.status_code in REFUSED, (method, path, answer.status_code)


async def _of_ben(houses: Houses) -> str:
    async with _at(houses) as asking:
        answer = await asking.get("/api/v1/export", headers={"authorization": "Bearer ben's token"})
        his_browser = await asking.get("/accounts", headers={"cookie": "aftertouch_session=ben's session"})
    assert (answer.status_code, his_browser.status_code) == (200, 200)
    return answer.text


def _at(houses: Houses) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=houses.app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=houses.parts.settings.base_url)
