"""One recipient: the drawn time line, the same as a list, and everything that can be set right."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.cadence.thread import Channel
from app.reading.people import organisation
from app.services import advising, correcting, coverage, history, linking
from app.services.advising import Advice
from app.services.history import Entry, TimeLine
from app.web.pages.logging import CHOICES, fresh, kind_of
from app.web.pages.view import AtDesk, Desk
from app.web.time_line_picture import NARROW, picture_of

router = APIRouter()
DONE = {
    "logged": "It is logged.",
    "removed": "It is removed from the history.",
    "corrected": "It is set right; the count follows at once.",
    "undone": "It is as it was.",
    "kept": "Saved.",
    "changed": "Saved.",
    "edited": "The entry is changed.",
    "quiet": "Quiet from now on for this recipient.",
    "loud": "Aftertouch speaks up again about them.",
    "joined": "Both addresses count as one person now.",
    "apart": "They stand apart again.",
    "split": "These addresses are a recipient of their own now.",
}
UNDO = {
    "logged": "remove",
    "removed": "restore",
    "corrected": "undo",
    "joined": "unmerge",
    "edited": "unedit",
    "split": "unsplit",
}
CALL_WORDS = {"yes": "Yes.", "wait": "Not now; wait until", "mail": "Better by mail.", "no": "No."}


@dataclass(frozen=True, slots=True)
class Undo:
    """Where the button beside a notice leads, and the fields it sends."""

    action: str
    fields: dict[str, str]


@router.get("/history/{recipient_id}", response_model=None)
async def shown(
    recipient_id: str, at: AtDesk, done: str = "", id: str = "", ask: str = "", stage: str = "", name: str = ""
) -> HTMLResponse:
    undo = None
    if done == "changed":
        undo = _undo_naming(at, recipient_id, stage[:20], name[:200])
    elif id and done in UNDO:
        undo = Undo(f"/history/{recipient_id}/{UNDO[done]}", {"id": id[:100]})
    call = await _may_i_call(at, recipient_id) if ask == "call" else None
    return recipient_page(at, recipient_id, done=DONE.get(done, ""), undo=undo, advice=call)


def _undo_naming(at: Desk, recipient_id: str, stage: str, name: str) -> Undo:
    made = correcting.named(at.parts, at.person_id, recipient_id)
    fields = {"stage": stage, "name": name, "made_stage": made.stage, "made_name": made.name}
    return Undo(f"/history/{recipient_id}/unchange", fields)


def recipient_page(at: Desk, recipient_id: str, **happened: Any) -> HTMLResponse:
    """The page with whatever just happened on it, see `_NOTHING`. Raises NotFound."""
    told = _NOTHING | happened
    line = without_doubles(history.time_line(at.parts, at.person_id, recipient_id, at.now))
    linked = linking.list_accounts(at.parts, at.person_id)
    advice: Advice | None = told.pop("advice")
    return at.page(
        "recipient.html",
        status=told.pop("status") or (422 if told["fault"] else 200),
        line=line,
        who=line.summary,
        company=organisation(line.summary.address),
        pictures=[("wide", picture_of(line, at.parts.zone)), ("narrow", picture_of(line, at.parts.zone, NARROW))],
        coverage_why=coverage.coverage_of_a_page(linked, at.now, poll_seconds=at.parts.settings.poll_seconds).why,
        call=advice.call if advice else None,
        call_unknown=advice.headline if advice else "",
        call_words=CALL_WORDS,
        typed=told.pop("form") or fresh(at.now, at.parts.zone),
        logging=CHOICES,
        kind_of=kind_of,
        **told,
    )


_NOTHING: dict[str, Any] = {
    "done": "",  # a sentence
    "undo": None,  # an Undo beside it
    "fault": "",  # what could not be done; with `status`, else 422
    "status": 0,
    "form": None,  # what was typed into the form that logs
    "editing": ("", None),  # the id of an entry and what was typed into its form
    "other": "",  # what was typed as another address
    "advice": None,  # the answer to "may I call now?"
}


def without_doubles(line: TimeLine) -> TimeLine:
    """A conversation on the phone is one entry, though it is both a touch and an answer."""
    spoken = {entry.key for entry in line.entries if entry.direction == "both"}
    kept: tuple[Entry, ...] = tuple(entry for entry in line.entries if entry.what != "reply" or entry.key not in spoken)
    return replace(line, entries=kept)


async def _may_i_call(at: Desk, recipient_id: str) -> Advice:
    line = history.time_line(at.parts, at.person_id, recipient_id, at.now)
    question = advising.Question(Channel.CALL, (line.summary.address,), zone=at.parts.zone)
    return await advising.advise(at.parts, at.person_id, question, at.now)
