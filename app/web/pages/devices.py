"""Devices: the list, removing one, and approving a new one by its code."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from app.services import pairing, scopes, signing_in
from app.services.errors import NotFound
from app.services.parts import DEVICE_LIFE
from app.web.attempts import door_of
from app.web.pages.view import AtDesk, count
from app.web.pages.ways import then
from app.web.security import TheSession
from app.web.session_cookie import forget_session

router = APIRouter()
DONE = {
    "removed": "The device is removed; it can ask nothing any more.",
    "approve": "Approved. The device appears here as soon as it has fetched its token.",
    "signed-out": "That browser is signed out.",
    "deny": "The device was not paired.",
}


@router.get("/devices")
async def devices(at: AtDesk, session: TheSession, done: str = "") -> HTMLResponse:
    return at.page(
        "devices.html",
        devices=pairing.list_devices(at.parts, at.person_id),
        browsers=signing_in.list_sessions(at.parts, at.person_id, at.now),
        here=signing_in.hashed(session or ""),
        done=DONE.get(done, ""),
        may=scopes.held,
        scope_words=scopes.WORDS,
    )


@router.post("/devices/{device_id}/remove")
async def remove(device_id: str, at: AtDesk) -> RedirectResponse:
    pairing.remove_device(at.parts, at.person_id, device_id, at.now)
    return then("/devices", done="removed")


@router.post("/devices/browsers/{browser_id}/sign-out")
async def sign_out_there(browser_id: str, at: AtDesk) -> RedirectResponse:
    signing_in.end_session_of(at.parts, at.person_id, browser_id, at.now)
    return then("/devices", done="signed-out")


@router.post("/devices/sign-out")
async def sign_out_everywhere(at: AtDesk) -> RedirectResponse:
    signing_in.end_all_sessions(at.parts, at.person_id, at.now)
    answer = then("/")
    forget_session(answer, at.parts.settings)
    return answer


@router.get("/pair")
async def pair(at: AtDesk, user_code: str = "") -> HTMLResponse:
    """The device that shows this code, or the field to type one."""
    if not user_code:
        return at.page("pair.html", name="", user_code="", fault="")
    _check_typed(at)
    try:
        name = pairing.waiting(at.parts, user_code, at.now)
    except NotFound as error:
        _note_typed(at)
        return at.page("pair.html", status=404, name="", user_code=user_code, fault=str(error))
    return at.page(
        "pair.html",
        name=name,
        user_code=user_code.upper(),
        fault="",
        may=scopes.EXTENSION,
        scope_words=scopes.WORDS,
        good_for=count(DEVICE_LIFE.days, "day"),
    )


@router.post("/pair", response_model=None)
async def decide(
    at: AtDesk, user_code: Annotated[str, Form(max_length=20)], answer: Annotated[Literal["approve", "deny"], Form()]
) -> RedirectResponse | HTMLResponse:
    _check_typed(at)
    try:
        pairing.decide(at.parts, at.person_id, user_code, approve=answer == "approve", now=at.now)
    except NotFound as error:
        _note_typed(at)
        return at.page("pair.html", status=404, name="", user_code=user_code, fault=str(error))
    return then("/devices", done=answer)


def _check_typed(at: AtDesk) -> None:
    """Raises TooManyAttempts, also before a right code, after five wrong ones."""
    door = door_of(at.request)
    door.windows.codes_typed.check(at.person_id)
    door.windows.codes_typed_here.check(door.source)


def _note_typed(at: AtDesk) -> None:
    """Count a wrong code."""
    door = door_of(at.request)
    door.windows.codes_typed.take(at.person_id)
    door.windows.codes_typed_here.take(door.source)
