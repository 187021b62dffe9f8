"""The history list: where things stand with everybody, what can be done first, and logging by hand."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.services import coverage, history, linking, logging_touches
from app.services.errors import NotFound, WrongInput
from app.services.history import STATE_ORDER, Summary
from app.web.aside import aside
from app.web.pages.logging import CHOICES, Typed, fresh, touch_from, typed
from app.web.pages.recipient import recipient_page
from app.web.pages.view import AtDesk, Desk
from app.web.pages.ways import then

router = APIRouter()
PAGE = 50
FromForm = Annotated[Typed, Depends(typed)]


@router.get("/history")
async def listed(
    at: AtDesk,
    q: Annotated[str, Query(max_length=200)] = "",
    state: str = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    return await _page(at, q=q, state=state if state in STATE_ORDER else "", after=after)


@router.post("/history/log", response_model=None)
async def log(at: AtDesk, form: FromForm, back: Annotated[str, Form()] = "") -> RedirectResponse | HTMLResponse:
    try:
        stored = logging_touches.log_touch(at.parts, at.person_id, touch_from(form, at.parts.zone), at.now)
    except (WrongInput, NotFound) as error:
        if back:
            return recipient_page(at, form.recipient, form=form, fault=str(error))
        return await _page(at, form=form, fault=str(error))
    return then(f"/history/{stored.recipient_id}", done="logged", id=stored.id)


async def _page(
    at: Desk, *, q: str = "", state: str = "", after: str = "", form: Typed | None = None, fault: str = ""
) -> HTMLResponse:
    everybody = await aside(history.list_recipients, at.parts, at.person_id, at.now, query=q)
    counted = Counter(row.state for row in everybody)
    rows = [row for row in everybody if state in ("", row.state)]
    start = next((place + 1 for place, row in enumerate(rows) if row.id == after), 0)
    shown = rows[start : start + PAGE]
    return at.page(
        "history.html",
        status=422 if fault else 200,
        q=q,
        state=state,
        counts={name: counted[name] for name in STATE_ORDER if counted[name] or name == state},
        sections=sections(shown),
        more=shown[-1].id if len(rows) > start + PAGE else "",
        link=_link_with(q),
        coverage_why=coverage_why(at),
        typed=form or fresh(at.now, at.parts.zone),
        fault=fault,
        logging=CHOICES,
    )


def sections(rows: Sequence[Summary]) -> list[tuple[str, list[Summary]]]:
    """Rows that come sorted by state, one section a state."""
    return [(state, list(each)) for state, each in groupby(rows, key=lambda row: row.state)]


def coverage_why(at: Desk) -> str:
    """Why silence cannot be proven at the moment; empty when it can."""
    linked = linking.list_accounts(at.parts, at.person_id)
    return coverage.coverage_of_a_page(linked, at.now, poll_seconds=at.parts.settings.poll_seconds).why


def _link_with(q: str) -> Callable[..., str]:
    def link(*, state: str | None, after: str = "") -> str:
        asked = {name: value for name, value in (("q", q), ("state", state), ("after", after)) if value}
        return f"/history?{urlencode(asked)}" if asked else "/history"

    return link
