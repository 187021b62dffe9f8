"""`POST /api/v1/advice`: recipients and named signals in, one verdict out. No field can carry a draft's text."""

from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, field_validator

from app.cadence.thread import Channel, Signals
from app.services import advising, measuring
from app.web.attempts import TheDoor
from app.web.security import MayAskAdvice, TheParts
from app.web.strict import Strict

router = APIRouter(prefix="/api/v1", tags=["advice"])

Word = Annotated[str, Field(pattern=r"^[a-z][a-z_-]{0,31}$")]
Triple = Annotated[int, Field(ge=0, lt=2**32)]


Address = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=320, pattern=r"^[^\s@<>\"]+@[^\s@<>\"]+$")
]
Addresses = Annotated[list[Address], Field(max_length=1000)]

zone_names = cache(available_timezones)
"""Every zone the machine knows; asking walks through its whole folder of them, which takes milliseconds."""


class SignalsIn(Strict):
    """The named signals of a draft; the field names are those of the reader."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    words: int = Field(0, ge=0, le=1_000_000)
    asks_for_news: bool = False
    empty: bool = False
    value: list[Word] = Field(default=[], max_length=32)
    value_score: float = Field(0.0, ge=0, le=100)
    answers: list[Word] = Field(default=[], max_length=32)
    annoyed: bool = False
    barely_annoyed: bool = False
    threat: bool = False
    pressure: bool = False
    pleading: bool = False
    apologetic: bool = False
    argues: bool = False
    thanks: bool = False
    logistics: bool = False
    correction: bool = False
    acceptance: bool = False
    withdrawal: bool = False
    competing_offer: bool = False
    new_opportunity: bool = False
    signature: list[Triple] = Field(default=[], max_length=64)

    def signals(self) -> Signals:
        given: dict[str, Any] = {
            each.name: tuple(value) if isinstance(value := getattr(self, each.name), list) else value
            for each in fields(Signals)
        }
        return Signals(**given)


class AdviceIn(Strict):
    channel: Literal["email", "call", "voicemail"]
    account: Address | None = None
    provider: Literal["google", "microsoft"] | None = None
    to: Addresses
    cc: Addresses = Field(default=[])
    bcc: Addresses = Field(default=[])
    provider_thread_id: str | None = Field(None, max_length=512, pattern=r"^[A-Za-z0-9_=+/:.-]+$")
    signals: SignalsIn | None = None
    time_zone: str | None = Field(None, max_length=64)

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in zone_names():
            raise ValueError("is not an IANA time zone such as Europe/Berlin")
        return value


class EvidenceOut(BaseModel):
    key: str
    at: datetime
    channel: str
    direction: Literal["in", "out"]
    subject: str
    link: str


class WarningOut(BaseModel):
    rule: str
    level: str
    message: str
    instead: str
    evidence: list[EvidenceOut]


class RecipientOut(BaseModel):
    id: str
    address: str
    unanswered: int
    last_touch_at: datetime | None
    last_reply_at: datetime | None
    stage: str | None
    state: str
    odds: Literal["likely", "possible", "unlikely", "rare"] | None
    odds_words: str | None
    odds_basis: str | None


class CallOut(BaseModel):
    answer: Literal["yes", "wait", "mail", "no"]
    until: datetime | None
    reasons: list[str]
    say: str


class AdviceOut(BaseModel):
    level: Literal["clear", "note", "caution", "hold", "stop", "unknown"]
    headline: str
    next_good_date: date | None
    warnings: list[WarningOut]
    recipients: list[RecipientOut]
    as_of: datetime | None
    coverage: Literal["complete", "partial", "stale", "none"]
    history_url: str | None
    call: CallOut | None = None


_TOLD = TypeAdapter(advising.Advice)


@router.post("/advice", response_model=AdviceOut)
async def advise(asked: AdviceIn, parts: TheParts, who: MayAskAdvice, door: TheDoor) -> Response:
    """Written as it stands: to have it checked against `AdviceOut` once more takes a tenth of the request."""
    door.windows.advice.take(f"{who.person_id} {who.device_id}")
    question = advising.Question(
        channel=Channel(asked.channel),
        account=asked.account,
        provider=asked.provider,
        to=tuple(asked.to),
        others=(*asked.cc, *asked.bcc),
        provider_thread_id=asked.provider_thread_id,
        signals=asked.signals.signals() if asked.signals else None,
        zone=asked.time_zone or parts.zone,
    )
    with measuring.ADVICE.time():
        given = await advising.advise(parts, who.person_id, question, parts.clock(), linked=who.linked)
    return Response(_TOLD.dump_json(given), media_type="application/json")
