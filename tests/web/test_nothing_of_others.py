"""Every address with an id in it: a wrong id and another person's id are not found, and nothing of theirs changes."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.reading.facts import CorrectionKind
from app.services import correcting, leaving, logging_touches
from app.services.correcting import Correction
from app.services.logging_touches import TouchToLog
from app.store import accounts, devices, people
from connectors.contract import Grant
from tests.builders import Reader
from tests.world import NOW, World

FORMS: dict[str, dict[str, str]] = {
    "/accounts/{account_id}/sync": {},
    "/accounts/{account_id}/unlink": {},
    "/devices/{device_id}/remove": {},
    "/history/{recipient_id}/correct": {"kind": "not_job_search"},
    "/history/{recipient_id}/undo": {"id": "{correction_id}"},
    "/history/{recipient_id}/change": {"name": "Mine"},
    "/history/{recipient_id}/unchange": {},
    "/history/{recipient_id}/quiet": {"muted": "1"},
    "/history/{recipient_id}/also": {"other": "rita@acme.example"},
    "/history/{recipient_id}/unmerge": {"id": "{recipient_id}"},
    "/history/{recipient_id}/split": {"addresses": "eve@acme.example"},
    "/history/{recipient_id}/unsplit": {"id": "{recipient_id}"},
    "/history/{recipient_id}/edit": {"id": "{touch_id}", "kind": "attempt", "at": "2026-11-20T10:00"},
    "/history/{recipient_id}/unedit": {"id": "{touch_id}.{touch_id}"},
    "/history/{recipient_id}/remove": {"id": "{touch_id}"},
    "/history/{recipient_id}/restore": {"id": "{touch_id}"},
    "/rules/{rule_id}": {"on": "0"},
}
JSON: dict[tuple[str, str], dict[str, Any]] = {
    ("GET", "/history/{recipient_id}"): {},
    ("GET", "/companies/{name}"): {},
    ("GET", "/calendar/{secret}.ics"): {},
    ("GET", "/api/v1/recipients/{recipient_id}"): {},
    ("PATCH", "/api/v1/recipients/{recipient_id}"): {"muted": True, "name": "Mine"},
    ("PATCH", "/api/v1/touches/{touch_id}"): {"outcome": "spoke"},
    ("DELETE", "/api/v1/touches/{touch_id}"): {},
    ("DELETE", "/api/v1/corrections/{correction_id}"): {},
    ("POST", "/api/v1/accounts/{account_id}/sync"): {},
    ("DELETE", "/api/v1/accounts/{account_id}"): {},
    ("DELETE", "/api/v1/devices/{device_id}"): {},
    ("PATCH", "/api/v1/rules/{rule_id}"): {"on": False},
    ("POST", "/api/v1/touches"): {
        "recipient": "{recipient_id}", "channel": "call", "outcome": "spoke", "at": "2026-11-20T10:00:00Z",
    },
    ("POST", "/api/v1/corrections"): {"recipient": "{recipient_id}", "kind": "not_job_search"},
}  # fmt: skip
BY_PROVIDER = ("/link/{provider}", "/link/{provider}/callback", "/set-up/{provider}")


@dataclass(frozen=True)
class Ids:
    """One id of every kind."""

    recipient_id: str
    touch_id: str
    correction_id: str
    account_id: str
    device_id: str
    rule_id: str = "no-such-rule"
    name: str = "acme.example"
    secret: str = "no-such-secret"

    def put_into(self, told: Any) -> Any:
        if isinstance(told, dict):
            return {name: self.put_into(value) for name, value in told.items()}
        if not isinstance(told, str):
            return told
        for name in self.__dataclass_fields__:
            told = told.replace("{" + name + "}", getattr(self, name))
        return told


def wrong() -> Ids:
    return Ids(*(secrets.token_hex(16) for _ in range(5)))


def of_eve(world: World) -> tuple[str, Ids]:
    """Another person with one of everything; her id, and the ids of what is hers."""
    parts = world.parts
    with parts.database.write() as tx:
        eve = people.add(tx, NOW)
        grant = Grant("sub-eve", "eve@mail.example", "{}")
        account = accounts.link(tx, parts.sealer, person_id=eve, provider="google", grant=grant, now=NOW)
        device = devices.Device(secrets.token_hex(16), eve, "Fox", NOW, None, NOW + timedelta(days=1))
        devices.add(tx, device, token_hash=secrets.token_hex(32))
    touch = TouchToLog("eve@acme.example", "call", "no_answer", NOW - timedelta(days=2))
    logged = logging_touches.log_touch(parts, eve, touch, NOW)
    made = correcting.correct(parts, eve, Correction(logged.recipient_id, CorrectionKind.ANSWERED_ELSEWHERE), NOW)
    return eve, Ids(logged.recipient_id, logged.id, made, account, device.id)


def test_every_address_with_an_id_in_it_is_asked_here(app: FastAPI) -> None:
    with_ids = {str(getattr(route, "path", "")) for route in app.routes if "{" in str(getattr(route, "path", ""))}
    asked = {*FORMS, *(path for _, path in JSON), *BY_PROVIDER, "/static/{path:path}"}
    assert with_ids <= asked


@pytest.mark.parametrize("whose", ["nobody's", "another person's"])
async def test_what_is_not_mine_is_not_found_and_stays_as_it_is(reader: Reader, world: World, whose: str) -> None:
    eve, hers = of_eve(world)
    ids = hers if whose == "another person's" else wrong()
    before = leaving.export_all(world.parts, eve, NOW)
    answers = {}
    for path, form in FORMS.items():
        answers[path] = (await reader.browser.post(ids.put_into(path), data=ids.put_into(form))).status_code
    for (method, path), body in JSON.items():
        asked = {"json": ids.put_into(body)} if body else {}
        headers = {"accept": "application/json"} if path.startswith("/api/") else {}
        answer = await reader.browser.request(method, ids.put_into(path), headers=headers, **asked)
        answers[f"{method} {path}"] = answer.status_code
    assert {path: status for path, status in answers.items() if status != 404} == {}
    assert leaving.export_all(world.parts, eve, NOW) == before


@pytest.mark.parametrize("path", BY_PROVIDER)
async def test_there_are_two_providers_and_no_more(reader: Reader, path: str) -> None:
    assert (await reader.open(path.format(provider="yahoo"))).status in (404, 405, 422)


async def test_my_own_entry_is_not_reached_through_anothers_page(reader: Reader, world: World) -> None:
    _, hers = of_eve(world)
    page = await reader.send("/history/log", recipient="rita@acme.example", kind="attempt", at="2026-11-20T10:00")
    mine = page.path.rsplit("/", 1)[1]
    logged = str(page.fields(".notice form")["id"])
    assert (await reader.send(f"/history/{hers.recipient_id}/remove", id=logged)).status == 404
    assert len((await reader.open(f"/history/{mine}")).all(".entries tbody tr")) == 1
