"""Logged calls, voice mails and other contacts over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.services import logging_touches
from app.store.logged import LoggedTouch
from app.web.security import MayLog, TheParts

router = APIRouter(prefix="/api/v1", tags=["touches"])

Channel = Literal["email", "call", "voicemail", "other"]
Outcome = Literal["no_answer", "message_left", "spoke"]
Mood = Literal["calm", "upset"]


class TouchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recipient: str = Field(min_length=1, max_length=320)
    channel: Channel
    outcome: Outcome
    at: AwareDatetime
    mood: Mood | None = None
    note_promise: str | None = Field(None, max_length=200)


class TouchChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Channel | None = None
    outcome: Outcome | None = None
    at: AwareDatetime | None = None
    mood: Mood | None = None
    note_promise: str | None = Field(None, max_length=200)
    deleted: Literal[False] | None = None


class PromiseOut(BaseModel):
    start: str | None
    end: str | None
    quote: str


class TouchOut(BaseModel):
    id: str
    recipient_id: str
    channel: str
    outcome: str
    at: datetime
    mood: str | None
    promise: PromiseOut | None


def touch_out(touch: LoggedTouch) -> TouchOut:
    said = touch.promise
    return TouchOut(
        id=touch.id,
        recipient_id=touch.recipient_id,
        channel=touch.channel,
        outcome=touch.outcome,
        at=touch.at,
        mood=touch.mood,
        promise=PromiseOut(
            start=said.start.isoformat() if said.start else None,
            end=said.end.isoformat() if said.end else None,
            quote=said.quote,
        )
        if said
        else None,
    )


@router.post("/touches", status_code=201)
async def log_touch(
    asked: TouchIn, parts: TheParts, who: MayLog, idempotency_key: Annotated[str | None, Header(max_length=200)] = None
) -> TouchOut:
    touch = logging_touches.TouchToLog(**asked.model_dump(), idempotency_key=idempotency_key)
    return touch_out(logging_touches.log_touch(parts, who.person_id, touch, parts.clock()))


@router.patch("/touches/{touch_id}")
async def edit_touch(touch_id: str, asked: TouchChange, parts: TheParts, who: MayLog) -> TouchOut:
    changes = asked.model_dump(exclude_unset=True)
    edited = logging_touches.edit_touch(parts, who.person_id, touch_id, changes, parts.clock())
    return touch_out(edited.touch)


@router.delete("/touches/{touch_id}", status_code=204)
async def delete_touch(touch_id: str, parts: TheParts, who: MayLog) -> None:
    logging_touches.delete_touch(parts, who.person_id, touch_id, parts.clock())
