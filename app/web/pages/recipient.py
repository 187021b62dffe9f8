"""One recipient: the drawn time line, the same as a list, and everything that can be set right."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from app.cadence.thread import Channel
from app.reading.facts import CorrectionKind
from app.services import advising, correcting, coverage, history, linking, logging_touches
from app.services.advising import Advice
from app.services.correcting import Change, Correction
from app.services.errors import WrongInput
from app.services.history import Entry, TimeLine
from app.web.pages import words
from app.web.pages.logging import CHOICES, Typed, fresh, kind_and_time, kind_of, typed
from app.web.pages.view import AtDesk, Desk
from app.web.pages.ways import then
from app.web.time_line_picture import NARROW, picture_of

router = APIRouter()
DONE = {
    "logged": "It is logged.",
    "removed": "It is removed from the history.",
    "corrected": "It is set right; the count follows at once.",
    "undone": "It is as it was.",
    "kept": "It is kept.",
    "quiet": "Quiet from now on for this recipient.",
    "loud": "Aftertouch speaks up again about them.",
    "joined": "Both addresses count as one person now.",
    "apart": "They stand apart again.",
    "split": "These addresses are a recipient of their own now.",
}
UNDO = {"logged": "remove", "removed": "restore", "corrected": "undo", "joined": "unmerge"}
CALL_WORDS = {"yes": "Yes.", "wait": "Not now; wait until", "mail": "Better by mail.", "no": "No."}
STAGES = ("", *words.STAGES)
TextField = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Undo:
    """Where the button beside a notice leads, and the id it sends."""

    action: str
    id: str


@router.get("/history/{recipient_id}", response_model=None)
async def shown(recipient_id: str, at: AtDesk, done: str = "", id: str = "", ask: str = "") -> HTMLResponse:
    undo = Undo(f"/history/{recipient_id}/{UNDO[done]}", id[:64]) if id and done in UNDO else None
    call = await _may_i_call(at, recipient_id) if ask == "call" else None
    return recipient_page(at, recipient_id, done=DONE.get(done, ""), undo=undo, advice=call)


def recipient_page(
    at: Desk,
    recipient_id: str,
    *,
    done: str = "",
    undo: Undo | None = None,
    advice: Advice | None = None,
    form: Typed | None = None,
    fault: str = "",
) -> HTMLResponse:
    """The page, with whatever just happened on it. Raises NotFound."""
    line = without_doubles(history.time_line(at.parts, at.person_id, recipient_id, at.now))
    linked = linking.list_accounts(at.parts, at.person_id)
    return at.page(
        "recipient.html",
        status=422 if fault else 200,
        line=line,
        who=line.summary,
        pictures=[("wide", picture_of(line, at.parts.zone)), ("narrow", picture_of(line, at.parts.zone, NARROW))],
        done=done,
        undo=undo,
        coverage_why=coverage.coverage_of(linked, at.now, poll_seconds=at.parts.settings.poll_seconds).why,
        call=advice.call if advice else None,
        call_unknown=advice.headline if advice else "",
        call_words=CALL_WORDS,
        typed=form or fresh(at.now, at.parts.zone),
        fault=fault,
        logging=CHOICES,
        kind_of=kind_of,
    )


def without_doubles(line: TimeLine) -> TimeLine:
    """A conversation on the phone is one entry, though it is both a touch and an answer."""
    spoken = {entry.key for entry in line.entries if entry.direction == "both"}
    kept: tuple[Entry, ...] = tuple(entry for entry in line.entries if entry.what != "reply" or entry.key not in spoken)
    return replace(line, entries=kept)


async def _may_i_call(at: Desk, recipient_id: str) -> Advice:
    line = history.time_line(at.parts, at.person_id, recipient_id, at.now)
    question = advising.Question(Channel.CALL, (line.summary.address,), zone=at.parts.zone)
    return await advising.advise(at.parts, at.person_id, question, at.now)


@router.post("/history/{recipient_id}/correct")
async def correct(
    recipient_id: str,
    at: AtDesk,
    kind: Annotated[CorrectionKind, Form()],
    about: Annotated[str, Form(max_length=64)] = "",
) -> RedirectResponse:
    made = correcting.correct(at.parts, at.person_id, Correction(recipient_id, kind, about), at.now)
    return then(f"/history/{recipient_id}", done="corrected", id=made)


@router.post("/history/{recipient_id}/undo")
async def undo(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    correcting.undo_correction(at.parts, at.person_id, id, at.now)
    return then(f"/history/{recipient_id}", done="undone")


@router.post("/history/{recipient_id}/change")
async def change(recipient_id: str, at: AtDesk, stage: TextField = "", name: TextField = "") -> RedirectResponse:
    if stage not in STAGES:
        raise WrongInput("There is no such stage.")
    correcting.change_recipient(at.parts, at.person_id, recipient_id, Change(stage=stage, name=name.strip()), at.now)
    return then(f"/history/{recipient_id}", done="kept")


@router.post("/history/{recipient_id}/quiet")
async def quiet(recipient_id: str, at: AtDesk, muted: Annotated[Literal["0", "1"], Form()]) -> RedirectResponse:
    correcting.change_recipient(at.parts, at.person_id, recipient_id, Change(muted=muted == "1"), at.now)
    return then(f"/history/{recipient_id}", done="quiet" if muted == "1" else "loud")


@router.post("/history/{recipient_id}/merge", response_model=None)
async def merge(recipient_id: str, at: AtDesk, other: TextField) -> RedirectResponse | HTMLResponse:
    wanted = other.strip().lower()
    found = history.list_recipients(at.parts, at.person_id, at.now, query=wanted)
    into = next((row.id for row in found if row.address == wanted and row.id != recipient_id), None)
    if into is None:
        return recipient_page(at, recipient_id, fault=f"Nobody else in your history has the address {wanted}.")
    correcting.change_recipient(at.parts, at.person_id, recipient_id, Change(merge_into=into), at.now)
    return then(f"/history/{into}", done="joined", id=recipient_id)


@router.post("/history/{recipient_id}/unmerge")
async def unmerge(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    correcting.change_recipient(at.parts, at.person_id, id, Change(unmerge=True), at.now)
    return then(f"/history/{recipient_id}", done="apart")


@router.post("/history/{recipient_id}/split", response_model=None)
async def split(
    recipient_id: str, at: AtDesk, addresses: Annotated[list[str] | None, Form()] = None
) -> RedirectResponse | HTMLResponse:
    try:
        wanted = Change(split=tuple(addresses or ("",)))
        fresh_id = correcting.change_recipient(at.parts, at.person_id, recipient_id, wanted, at.now)
    except WrongInput as error:
        return recipient_page(at, recipient_id, fault=str(error))
    return then(f"/history/{fresh_id}", done="split")


@router.post("/history/{recipient_id}/edit", response_model=None)
async def edit(
    recipient_id: str, at: AtDesk, form: Annotated[Typed, Depends(typed)], id: TextField
) -> RedirectResponse | HTMLResponse:
    try:
        channel, outcome, when = kind_and_time(form, at.parts.zone)
        changes = {"channel": channel, "outcome": outcome, "at": when}
        if form.note:
            changes["note_promise"] = form.note
        logging_touches.edit_touch(at.parts, at.person_id, id, changes, at.now)
    except WrongInput as error:
        return recipient_page(at, recipient_id, fault=str(error))
    return then(f"/history/{recipient_id}", done="kept")


@router.post("/history/{recipient_id}/remove")
async def remove(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    logging_touches.delete_touch(at.parts, at.person_id, id, at.now)
    return then(f"/history/{recipient_id}", done="removed", id=id)


@router.post("/history/{recipient_id}/restore")
async def restore(recipient_id: str, at: AtDesk, id: TextField) -> RedirectResponse:
    logging_touches.edit_touch(at.parts, at.person_id, id, {"deleted": False}, at.now)
    return then(f"/history/{recipient_id}", done="undone")
