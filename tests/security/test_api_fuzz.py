"""Every operation of the published API under made-up requests, well formed and not: by a token that may do everything,
by a paired browser's, and by nobody's."""

import os
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.services.scopes import EXTENSION
from tests.security.conftest import CANARY, Houses

INPUTS = min(int(os.environ.get("AFTERTOUCH_FUZZ", "25")), 1_000)
PATIENCE = 120  # seconds; a starved machine is no fault of the answer
STREAM = "GET /api/v1/events"  # never ends; tests/web/test_api.py reads it
KEPT = {"DELETE /api/v1/me"}  # would end the run; tests/store/test_leaving.py
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPEN = ("/health", "/ready", "/metrics", "/calendar/", "/api/v1/device/")


def test_made_up_requests_break_nothing_and_show_nobody_elses_things(
    houses: Houses, record_property: Callable[[str, object], None]
) -> None:
    schema: Any = schemathesis.openapi.from_dict(houses.app.openapi())
    schema.app = houses.app
    asked = 0
    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.label == STREAM:
            continue
        for signed in (True, False):
            if signed and operation.label in KEPT:
                continue
            asked += _ask(operation, houses, signed=signed)
    record_property("fuzzed", [f"API, {len(schema)} operations", asked, 0.0])


def _ask(operation: Any, houses: Houses, *, signed: bool) -> int:
    asked = 0
    made_up = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])

    @settings(
        max_examples=INPUTS,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(made_up)
    def answers(case: Case) -> None:
        nonlocal asked
        asked += 1
        paired = signed and asked % 2 == 0
        _sign(case, (houses.paired if paired else houses.token) if signed else None)
        _aim(case, houses.bens)
        answer = case.call(base_url=houses.parts.settings.base_url, timeout=PATIENCE)
        case.validate_response(answer, checks=CHECKS)
        assert CANARY not in answer.text
        if paired and not _open_to_extensions(operation):
            assert answer.status_code in range(400, 500), answer.text
        if not signed and not case.path.startswith(OPEN):
            assert answer.status_code in range(400, 500), answer.text

    answers()
    return asked


def _open_to_extensions(operation: Any) -> bool:
    """Whether the description lets a paired browser in: no scope is named, or one that it has."""
    ways = operation.definition.raw.get("security", [])
    return all(scope in EXTENSION for way in ways for scopes in way.values() for scope in scopes)


def _sign(case: Case, token: str | None) -> None:
    """Made-up credentials stay where nobody is signed in."""
    if token is not None:
        case.headers["Authorization"] = f"Bearer {token}"


def _aim(case: Case, bens: dict[str, str]) -> None:
    """Every other made-up id is one of Ben's."""
    for name, made_up in (case.path_parameters or {}).items():
        if len(str(made_up)) % 2:
            case.path_parameters[name] = bens.get(name.removesuffix("_id"), bens["recipient by mail"])
