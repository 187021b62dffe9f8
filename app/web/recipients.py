"""Recipients over HTTP: the list, one time line, changes and corrections."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.reading.facts import CorrectionKind
from app.services import correcting, history
from app.web.aside import aside
from app.web.security import MayCorrect, MayReadHistory, TheParts
from app.web.strict import Strict

router = APIRouter(prefix="/api/v1", tags=["recipients"])

State = Literal["your_turn", "waiting", "enough", "answered", "closed", "muted"]
Stage = Literal["cold", "networking", "applied", "screen", "interview", "final", "offer", ""]


class SummaryOut(BaseModel):
    id: str
    address: str
    name: str
    unanswered: int
    last_touch_at: datetime | None
    last_reply_at: datetime | None
    stage: str
    state: State
    next_good_date: date | None
    words: str


class PageOut(BaseModel):
    recipients: list[SummaryOut]
    next_cursor: str | None


class EntryOut(BaseModel):
    key: str
    at: datetime
    what: str
    direction: str
    channel: str
    title: str
    source: str
    mailbox: str
    link: str
    counted: bool
    delivered: bool
    until: date | None
    note: str


class CorrectionOut(BaseModel):
    id: str
    kind: CorrectionKind
    evidence: str
    at: datetime


class TimeLineOut(SummaryOut):
    addresses: list[str]
    muted: bool
    time_line: list[EntryOut]
    corrections: list[CorrectionOut]


class ChangeIn(Strict):
    stage: Stage | None = None
    muted: bool | None = None
    name: str | None = Field(None, max_length=200)
    merge: str | None = Field(None, max_length=64)
    unmerge: bool = False
    split: list[str] = Field(default=[], max_length=50)


class ChangedOut(BaseModel):
    id: str


class CorrectionIn(Strict):
    recipient: str = Field(max_length=64)
    kind: CorrectionKind
    evidence: str | None = Field(None, max_length=64)


class CorrectedOut(BaseModel):
    id: str
    undo_url: str


@router.get("/recipients")
async def list_recipients(
    parts: TheParts,
    who: MayReadHistory,
    q: str = Query("", max_length=200),
    state: State | None = None,
    cursor: str | None = Query(None, max_length=64),
    limit: int = Query(50, ge=1, le=200),
) -> PageOut:
    page = await aside(
        history.page_of_recipients, parts, who.person_id, parts.clock(), query=q, state=state, after=cursor, limit=limit
    )
    listed = [SummaryOut.model_validate(each, from_attributes=True) for each in page.rows]
    return PageOut(recipients=listed, next_cursor=page.next_cursor)


@router.get("/recipients/{recipient_id}")
async def recipient(recipient_id: str, parts: TheParts, who: MayReadHistory) -> TimeLineOut:
    line = history.time_line(parts, who.person_id, recipient_id, parts.clock())
    summary = SummaryOut.model_validate(line.summary, from_attributes=True)
    return TimeLineOut(
        **summary.model_dump(),
        addresses=list(line.addresses),
        muted=line.muted,
        time_line=[EntryOut.model_validate(each, from_attributes=True) for each in line.entries],
        corrections=[
            CorrectionOut(id=each.id, kind=each.kind, evidence=each.subject_key, at=each.at)
            for each in line.corrections
        ],
    )


@router.patch("/recipients/{recipient_id}")
async def change(recipient_id: str, asked: ChangeIn, parts: TheParts, who: MayCorrect) -> ChangedOut:
    wanted = correcting.Change(
        stage=asked.stage,
        muted=asked.muted,
        name=asked.name,
        merge_into=asked.merge,
        unmerge=asked.unmerge,
        split=tuple(address.strip().lower() for address in asked.split),
    )
    return ChangedOut(id=correcting.change_recipient(parts, who.person_id, recipient_id, wanted, parts.clock()))


@router.post("/corrections", status_code=201)
async def correct(asked: CorrectionIn, parts: TheParts, who: MayCorrect) -> CorrectedOut:
    wanted = correcting.Correction(asked.recipient, asked.kind, asked.evidence or "")
    correction_id = correcting.correct(parts, who.person_id, wanted, parts.clock())
    return CorrectedOut(id=correction_id, undo_url=f"/api/v1/corrections/{correction_id}")


@router.delete("/corrections/{correction_id}", status_code=204)
async def undo(correction_id: str, parts: TheParts, who: MayCorrect) -> None:
    correcting.undo_correction(parts, who.person_id, correction_id, parts.clock())
