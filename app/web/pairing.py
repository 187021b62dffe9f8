"""Pairing an extension: codes for the device, an approval page for the person, the list of devices."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.services import pairing
from app.services.errors import PairingPending
from app.services.scopes import Scope, held, written
from app.web.attempts import TheDoor
from app.web.security import MaySeeItself, TheParts
from app.web.strict import Strict

router = APIRouter(prefix="/api/v1", tags=["pairing"])


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
    expires_in: int
    scope: str


class DeviceOut(BaseModel):
    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    scope: str
    itself: bool
    """Whether this device is the one that asks."""


class DevicesOut(BaseModel):
    devices: list[DeviceOut]


class RemovedOut(BaseModel):
    removed: bool = True


@router.post("/device/code")
async def code(asked: CodeIn, parts: TheParts, door: TheDoor) -> CodeOut:
    door.windows.codes_asked.take(door.source)
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
async def token(asked: ClaimIn, parts: TheParts, door: TheDoor) -> TokenOut:
    """What the token may do is in `scope`, as much as an extension needs."""
    try:
        given = pairing.claim(parts, asked.device_code, parts.clock())
    except PairingPending as refusal:
        if refusal.code == "expired_token":
            door.windows.codes_claimed.take(door.source)
        raise
    return TokenOut(access_token=given.token, expires_in=given.expires_in, scope=given.scope)


@router.get("/devices")
async def devices(parts: TheParts, who: MaySeeItself) -> DevicesOut:
    """Every device for a browser or a token of scope `devices`; for any other token its own device alone."""
    listed = [each for each in pairing.list_devices(parts, who.person_id) if who.may_see(each.id)]
    return DevicesOut(
        devices=[
            DeviceOut(
                id=each.id,
                name=each.name,
                created_at=each.created_at,
                last_used_at=each.last_used_at,
                expires_at=each.expires_at,
                scope=written(held(each.scopes)),
                itself=each.id == who.device_id,
            )
            for each in listed
        ]
    )


@router.delete("/devices/{device_id}")
async def remove(device_id: str, parts: TheParts, who: MaySeeItself) -> RemovedOut:
    if not who.may_see(device_id):
        who.need(Scope.DEVICES)
    pairing.remove_device(parts, who.person_id, device_id, parts.clock())
    return RemovedOut()
