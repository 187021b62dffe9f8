"""Pairing an extension: codes for the device, an approval page for the person, the list of devices."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from app.services import pairing
from app.web.attempts import Attempts, address_of
from app.web.security import Signed, TheParts

router = APIRouter(prefix="/api/v1", tags=["pairing"])


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CodeIn(Strict):
    name: str = Field(min_length=1, max_length=100)


class CodeOut(BaseModel):
    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class ClaimIn(Strict):
    device_code: str = Field(min_length=1, max_length=200)


class TokenOut(BaseModel):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105


class DeviceOut(BaseModel):
    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


class DevicesOut(BaseModel):
    devices: list[DeviceOut]


class RemovedOut(BaseModel):
    removed: bool = True


@router.post("/device/code")
async def code(asked: CodeIn, parts: TheParts, request: Request) -> CodeOut:
    asked_here: Attempts = request.app.state.codes_asked
    asked_here.check(address_of(request))
    asked_here.note(address_of(request))
    given = pairing.begin(parts, asked.name, parts.clock())
    page = f"{parts.settings.base_url}/pair"
    return CodeOut(
        device_code=given.device_code,
        user_code=given.user_code,
        verification_uri=page,
        verification_uri_complete=f"{page}?user_code={given.user_code}",
        expires_in=given.expires_in,
        interval=given.interval,
    )


@router.post("/device/token")
async def token(asked: ClaimIn, parts: TheParts) -> TokenOut:
    return TokenOut(access_token=pairing.claim(parts, asked.device_code, parts.clock()))


@router.get("/devices")
async def devices(parts: TheParts, who: Signed) -> DevicesOut:
    listed = pairing.list_devices(parts, who.person_id)
    return DevicesOut(
        devices=[
            DeviceOut(
                id=each.id,
                name=each.name,
                created_at=each.created_at,
                last_used_at=each.last_used_at,
                expires_at=each.expires_at,
            )
            for each in listed
        ]
    )


@router.delete("/devices/{device_id}")
async def remove(device_id: str, parts: TheParts, who: Signed) -> RemovedOut:
    pairing.remove_device(parts, who.person_id, device_id, parts.clock())
    return RemovedOut()
