"""Linking over OAuth: out to the provider and back through the callback."""

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from app.services import arriving, linking
from app.services.errors import LinkFailed
from app.services.parts import LINK_FLOW_LIFE, SESSION_LIFE, Parts
from app.store.scope import only
from app.web.attempts import door_of
from app.web.security import Guest, InBrowser, TheParts, TheSession
from app.web.session_cookie import keep_session

router = APIRouter(include_in_schema=False)
Provider = Literal["google", "microsoft"]


@router.get("/link/{provider}")
async def begin(provider: Provider, request: Request, parts: TheParts, who: Guest) -> RedirectResponse:
    """Out to the provider; on a shared server a visitor is let in by an empty house first."""
    if who is not None:
        return RedirectResponse(await linking.begin(parts, who.person_id, provider, parts.clock()), 302)
    visitor = _let_in(request, parts)
    leaving = RedirectResponse(await linking.begin(parts, visitor.person_id, provider, parts.clock()), 302)
    keep_session(leaving, parts.settings, visitor.session, LINK_FLOW_LIFE)
    return leaving


@router.get("/link/{provider}/callback")
async def callback(
    provider: Provider, request: Request, parts: TheParts, who: InBrowser, session: TheSession
) -> RedirectResponse:
    answer = dict(request.query_params)
    home = RedirectResponse("/accounts", 302)
    try:
        if parts.settings.hosted:
            visitor = arriving.Arrival(who.person_id, session or "")
            arrived = await arriving.finish(parts, visitor, provider=provider, answer=answer, now=parts.clock())
            keep_session(home, parts.settings, arrived.session, SESSION_LIFE)
        else:
            await linking.finish(parts, who.person_id, provider, answer, parts.clock())
    except LinkFailed as error:
        return RedirectResponse("/accounts?" + urlencode({"notice": str(error)}), 302)
    return home


def _let_in(request: Request, parts: Parts) -> arriving.Arrival:
    """Raises TooManyAttempts."""
    door = door_of(request)
    door.windows.arrivals.take(door.source)
    arrived = arriving.enter(parts, parts.clock())
    only(arrived.person_id)
    return arrived
