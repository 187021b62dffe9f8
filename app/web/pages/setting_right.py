"""What can be set right about one recipient, one form each; a form that comes too late says so on their page."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from app.reading.facts import CorrectionKind
from app.services import correcting, logging_touches
from app.services.correcting import Change, Correction, Named
from app.services.errors import Conflict, WrongInput
from app.web import words
from app.web.pages.logging import Typed, kind_and_time, typed
from app.web.pages.recipient import recipient_page
from app.web.pages.view import AtDesk, Desk
from app.web.pages.ways import then


def known(recipient_id: str, at: AtDesk) -> None:
    """Raises NotFound for whoever is not in this person's history."""
    correcting.named(at.parts, at.person_id, recipient_id)


router = APIRouter(prefix="/history/{recipient_id}", dependencies=[Depends(known)])
TextField = Annotated[str, Form(max_length=200)]
Answer = RedirectResponse | HTMLResponse
CONFLICT, WRONG = 409, 422


@router.post("/correct")
async def correct(
    recipient_id: str,
    at: AtDesk,
    kind: Annotated[CorrectionKind, Form()],
    about: Annotated[str, Form(max_length=64)] = "",
) -> RedirectResponse:
    made = correcting.correct(at.parts, at.person_id, Correction(recipient_id, kind, about), at.now)
    return then(f"/history/{recipient_id}", done="corrected", id=made)


@router.post("/undo", response_model=None)
async def undo(recipient_id: str, at: AtDesk, id: TextField) -> Answer:
    return _tried(at, recipient_id, lambda: correcting.undo_correction(at.parts, at.person_id, id, at.now))


@router.post("/change")
async def change(recipient_id: str, at: AtDesk, stage: TextField = "", name: TextField = "") -> RedirectResponse:
    former = correcting.named(at.parts, at.person_id, recipient_id)
    made = Named(_stage(stage), name.strip())
    correcting.change_recipient(at.parts, at.person_id, recipient_id, Change(stage=made.stage, name=made.name), at.now)
    if former == made:
        return then(f"/history/{recipient_id}", done="kept")
    return then(f"/history/{recipient_id}", done="changed", stage=former.stage or "read", name=former.name)


@router.post("/unchange", response_model=None)
async def unchange(
    recipient_id: str,
    at: AtDesk,
    stage: TextField = "",
    name: TextField = "",
    made_stage: TextField = "",
    made_name: TextField = "",
) -> Answer:
    former, made = Named(_stage(stage), name), Named(made_stage, made_name)
    return _tried(
        at,
        recipient_id,
        lambda: correcting.rename_back(at.parts, at.person_id, recipient_id, former, made=made, now=at.now),
    )


@router.post("/quiet")
async def quiet(recipient_id: str, at: AtDesk, muted: Annotated[Literal["0", "1"], Form()]) -> RedirectResponse:
    correcting.change_recipient(at.parts, at.person_id, recipient_id, Change(muted=muted == "1"), at.now)
    return then(f"/history/{recipient_id}", done="quiet" if muted == "1" else "loud")


@router.post("/also", response_model=None)
async def also(recipient_id: str, at: AtDesk, other: TextField) -> Answer:
    wanted = Change(also=other.strip().lower())
    try:
        joined = correcting.change_recipient(at.parts, at.person_id, recipient_id, wanted, at.now)
    except WrongInput as error:
        return recipient_page(at, recipient_id, fault=str(error), other=other)
    return then(f"/history/{recipient_id}", done="joined", id=joined)


@router.post("/unmerge", response_model=None)
async def unmerge(recipient_id: str, at: AtDesk, id: TextField) -> Answer:
    apart = Change(unmerge=True)
    return _tried(
        at, recipient_id, lambda: correcting.change_recipient(at.parts, at.person_id, id, apart, at.now), done="apart"
    )


@router.post("/split", response_model=None)
async def split(recipient_id: str, at: AtDesk, addresses: Annotated[list[str] | None, Form()] = None) -> Answer:
    wanted = Change(split=tuple(addresses or ("",)))
    try:
        fresh_id = correcting.change_recipient(at.parts, at.person_id, recipient_id, wanted, at.now)
    except WrongInput as error:
        return recipient_page(at, recipient_id, fault=str(error))
    return then(f"/history/{fresh_id}", done="split", id=recipient_id)


@router.post("/unsplit")
async def unsplit(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    """The addresses count as the recipient they came from again."""
    correcting.change_recipient(at.parts, at.person_id, recipient_id, Change(merge_into=id), at.now)
    return then(f"/history/{id}", done="undone")


@router.post("/edit", response_model=None)
async def edit(recipient_id: str, at: AtDesk, form: Annotated[Typed, Depends(typed)], id: TextField) -> Answer:
    try:
        channel, outcome, when = kind_and_time(form, at.parts.zone)
        changes = {"channel": channel, "outcome": outcome, "at": when}
        if form.note:
            changes["note_promise"] = form.note
        edited = logging_touches.edit_touch(at.parts, at.person_id, id, changes, at.now)
    except WrongInput as error:
        return recipient_page(at, recipient_id, fault=str(error), editing=(id, form))
    return then(f"/history/{recipient_id}", done="edited", id=f"{id}.{edited.former}" if edited.former else "")


@router.post("/unedit", response_model=None)
async def unedit(recipient_id: str, at: AtDesk, id: TextField) -> Answer:
    touch_id, _, former = id.partition(".")
    return _tried(at, recipient_id, lambda: logging_touches.undo_edit(at.parts, at.person_id, touch_id, former, at.now))


@router.post("/remove")
async def remove(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    logging_touches.delete_touch(at.parts, at.person_id, id, at.now)
    return then(f"/history/{recipient_id}", done="removed", id=id)


@router.post("/restore")
async def restore(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    logging_touches.edit_touch(at.parts, at.person_id, id, {"deleted": False}, at.now)
    return then(f"/history/{recipient_id}", done="undone")


def _tried(at: Desk, recipient_id: str, undo: Callable[[], object], *, done: str = "undone") -> Answer:
    """Back to the page, or the page with why nothing was undone."""
    try:
        undo()
    except Conflict as error:
        return recipient_page(at, recipient_id, fault=str(error), status=CONFLICT)
    return then(f"/history/{recipient_id}", done=done)


def _stage(given: str) -> str:
    """Empty for one that is to be read from the mail. Raises WrongInput."""
    if given in ("", "read"):
        return ""
    if given not in words.STAGES:
        raise WrongInput("There is no such stage.")
    return given
