"""Leaving over HTTP: export everything, delete everything."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.services import leaving
from app.web.security import COOKIE, Signed, TheParts

router = APIRouter(prefix="/api/v1", tags=["leaving"])


class ErasureOut(BaseModel):
    revoked: dict[str, bool]
    deleted: dict[str, int]


@router.get("/export")
async def export(parts: TheParts, who: Signed) -> dict[str, Any]:
    return leaving.export_all(parts, who.person_id, parts.clock())


@router.delete("/me")
async def erase(parts: TheParts, who: Signed, response: Response) -> ErasureOut:
    receipt = await leaving.erase_all(parts, who.person_id)
    response.delete_cookie(COOKIE)
    return ErasureOut(revoked=receipt.revoked, deleted=receipt.deleted)
