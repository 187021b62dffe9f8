"""What providers push to: answered only after the hint is stored, and never believed beyond "look again"."""

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from app.services import pushing
from app.store.scope import across_people
from app.web.attempts import Door, TheDoor
from app.web.security import TheParts
from connectors.contract import PushForged

router = APIRouter(prefix="/hooks", include_in_schema=False)

LONGEST_TOKEN = 2_048
log = structlog.get_logger()


@router.post("/google")
async def google(request: Request, parts: TheParts, door: TheDoor) -> Response:
    """204 once the hint is stored, 403 for what Google did not sign for us, 429 after too much of that."""
    door.windows.forged.check(door.source)
    authorization = request.headers.get("authorization", "")
    try:
        with across_people():
            await pushing.hear_google(parts, authorization, await request.body(), parts.clock())
    except PushForged as forged:
        return _refuse(door, forged)
    return Response(status_code=204)


@router.post("/microsoft")
async def microsoft(
    request: Request, parts: TheParts, door: TheDoor, account: str = "", validationToken: str = ""
) -> Response:
    """The handshake's token as plain text (M27); 202 once the hint is stored, 403 without the right secret."""
    door.windows.forged.check(door.source)
    if validationToken:
        door.windows.handshakes.take(door.source)
        sound = validationToken.isprintable() and len(validationToken) <= LONGEST_TOKEN
        return PlainTextResponse(validationToken) if sound else Response(status_code=400)
    try:
        with across_people():
            await pushing.hear_microsoft(parts, account, await request.body(), parts.clock())
    except PushForged as forged:
        return _refuse(door, forged)
    return Response(status_code=202)


def _refuse(door: Door, forged: PushForged) -> Response:
    log.info("push_refused", reason=forged.reason)
    door.windows.forged.take(door.source)
    return Response(status_code=403)
