"""The door: signing in and out, the first sight, and the sample mailbox in one click."""

from collections import Counter

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from app.services import high_water, history, linking, sampling, signing_in
from app.services.errors import NotSignedIn
from app.services.parts import SESSION_LIFE
from app.web.aside import aside
from app.web.attempts import TheDoor
from app.web.pages.asks import links
from app.web.pages.view import AtDesk
from app.web.pages.ways import then
from app.web.security import TheParts, TheSession
from app.web.session_cookie import forget_session, keep_session

router = APIRouter()
SHOWN_AT_ONCE = 5


@router.get("/sign-in")
async def sign_in(parts: TheParts, door: TheDoor, token: str = "") -> RedirectResponse:
    """Burns the link, opens the session, and goes to the first page."""
    try:
        session = signing_in.open_session(parts, token, parts.clock())
    except NotSignedIn:
        door.windows.sign_ins.take(door.source)
        raise
    answer = then("/")
    keep_session(answer, parts.settings, session, SESSION_LIFE)
    return answer


@router.post("/sign-out")
async def sign_out(at: AtDesk, session: TheSession) -> RedirectResponse:
    signing_in.end_session(at.parts, session or "")
    answer = then("/")
    forget_session(answer, at.parts.settings)
    return answer


@router.get("/")
async def first_sight(at: AtDesk) -> HTMLResponse:
    rows = await aside(history.list_recipients, at.parts, at.person_id, at.now)
    counted = Counter(row.state for row in rows)
    return at.page(
        "first_sight.html",
        losses=high_water.losses(at.parts, at.person_id),
        accounts=linking.list_accounts(at.parts, at.person_id),
        rows=rows,
        counts=[(state, counted[state]) for state in history.STATE_ORDER if counted[state]],
        turn=[row for row in rows if row.state == "your_turn"][:SHOWN_AT_ONCE],
        links=links(),
        configured=set(at.parts.connectors),
    )


@router.post("/sample")
async def use_sample(at: AtDesk) -> RedirectResponse:
    """Link both sample mailboxes, Google first, over their real consent pages, answered for the person's one click."""

    async def link() -> None:
        for provider in sampling.providers(at.parts):
            asked = await linking.begin(at.parts, at.person_id, provider, at.now)
            answer = await sampling.consent(at.parts, asked)
            await linking.finish(at.parts, at.person_id, provider, answer, at.now)

    await at.parts.once.do(f"sample:{at.person_id}", link, at.now)
    return then("/accounts")


@router.post("/sample/leave")
async def leave_sample(at: AtDesk) -> RedirectResponse:
    sampling.providers(at.parts)

    async def leave() -> None:
        sampling.forget_people(at.parts, at.person_id)
        for account in linking.list_accounts(at.parts, at.person_id):
            await linking.unlink(at.parts, at.person_id, account.id, at.now)
        sampling.forget_record(at.parts, at.person_id)

    await at.parts.once.do(f"leave:{at.person_id}", leave, at.now)
    return then("/accounts", done="left")
