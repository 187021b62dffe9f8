"""A refusal as a page: the same status and words a program gets, with a way on for a person."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.web.pages.view import page
from app.web.security import parts_of

TITLES = {
    404: "Not found",
    403: "Refused",
    409: "That cannot be done now",
    422: "That does not fit",
    429: "Too many attempts",
    500: "Something went wrong here",
    502: "The provider did not answer as expected",
    503: "Not now",
    507: "The disk is full",
}


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to be read, not a program for data."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def problem_page(request: Request, status: int, why: str) -> HTMLResponse:
    """Signed-out visitors learn how to sign in; everybody else what went wrong and where to go on."""
    if status == 401:
        return page(request, "signed_out.html", status=401, signed_in=False, why=why, ways_in=_ways_in(request))
    linking = request.url.path.startswith("/link/")
    return page(
        request,
        "problem.html",
        status=status,
        title="Nothing was linked" if linking else TITLES.get(status, HTTPStatus(status).phrase),
        why=why,
        way="/accounts" if linking else "/",
        way_name="Back to the accounts" if linking else "Back to the first page",
        correlation_id=request.state.correlation_id,
    )


def _ways_in(request: Request) -> list[tuple[str, str]]:
    """The providers one signs in with on a shared server; none on one's own machine."""
    parts = parts_of(request)
    named = (("google", "Google"), ("microsoft", "Microsoft"))
    return [way for way in named if way[0] in parts.connectors] if parts.settings.hosted else []
