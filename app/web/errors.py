"""One table: which error becomes which status, code and words, as problem+json (RFC 9457) or, in a browser, a page."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.services import errors
from app.store.errors import KeyMissing, StorageFull, StoreUnavailable
from app.web.pages.problems import problem_page, wants_page
from connectors.contract import AdminBlocked, ConnectorError, Misconfigured, Transient

log = structlog.get_logger()

STATUS: dict[type[Exception], tuple[int, str]] = {
    errors.NotFound: (404, "not-found"),
    errors.NotSignedIn: (401, "not-signed-in"),
    errors.OutOfScope: (403, "out-of-scope"),
    errors.LinkNotOurs: (400, "link-not-ours"),
    errors.LinkFailed: (400, "link-failed"),
    errors.ProviderMissing: (409, "provider-missing"),
    errors.WrongInput: (422, "wrong-input"),
    errors.Conflict: (409, "conflict"),
    errors.TooManyAttempts: (429, "too-many-attempts"),
    Misconfigured: (502, "misconfigured"),
    AdminBlocked: (502, "admin-blocked"),
    Transient: (502, "provider-unreachable"),
    ConnectorError: (502, "provider-refused"),
    StorageFull: (507, "storage-full"),
    KeyMissing: (503, "key-missing"),
    StoreUnavailable: (503, "store-unavailable"),
}


WATCHED = {401, 403, 429}
"""Refusals that stand in the log: whoever was not let in, asked for more than they may, or knocked too often."""


def problem(request: Request, status: int, code: str, detail: str, **more: Any) -> Response:
    if wants_page(request):
        return problem_page(request, status, detail)
    body = {
        "type": f"about:blank#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "correlation_id": request.state.correlation_id,
        **more,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _known(request: Request, error: Exception) -> Response:
    for kind in type(error).__mro__:
        if kind in STATUS:
            status, code = STATUS[kind]
            if status in WATCHED:
                log.info("refused", kind=code, correlation_id=request.state.correlation_id)
            answer = problem(request, status, code, str(error))
            answer.headers.update(_headers(error))
            return answer
    raise error


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, errors.TooManyAttempts):
        return {"Retry-After": str(error.wait)}
    if isinstance(error, errors.OutOfScope):  # RFC 6750 section 3.1
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{error.scope}"'}
    return {}


def _pairing(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.PairingPending)
    return problem(request, 400, error.code, str(error), error=error.code)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [{"where": list(fault["loc"]), "what": fault["msg"]} for fault in error.errors()]
    return problem(request, 422, "invalid", "The request does not fit the published schema.", errors=faults)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(request, error.status_code, "http", str(error.detail))


def _unexpected(request: Request, error: Exception) -> Response:
    correlation_id = request.state.correlation_id
    log.error("unexpected", correlation_id=correlation_id, kind=type(error).__name__, exc_info=error)
    return problem(request, 500, "unexpected", "Something went wrong here; nothing was changed.")


def install(app: FastAPI) -> None:
    """Register the table on the application."""
    for kind in STATUS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(errors.PairingPending, _pairing)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
