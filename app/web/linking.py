"""Linking over OAuth: out to the provider and back through the callback."""

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from app.services import linking
from app.services.errors import LinkFailed
from app.web.security import InBrowser, TheParts

router = APIRouter(include_in_schema=False)
Provider = Literal["google", "microsoft"]


@router.get("/link/{provider}")
async def begin(provider: Provider, parts: TheParts, who: InBrowser) -> RedirectResponse:
    url = await linking.begin(parts, who.person_id, provider, parts.clock())
    return RedirectResponse(url, 302)


@router.get("/link/{provider}/callback")
async def callback(provider: Provider, request: Request, parts: TheParts, who: InBrowser) -> RedirectResponse:
    try:
        await linking.finish(parts, who.person_id, provider, dict(request.query_params), parts.clock())
    except LinkFailed as error:
        return RedirectResponse("/accounts?" + urlencode({"notice": str(error)}), 302)
    return RedirectResponse("/accounts", 302)
