"""Leaving over HTTP: export everything, delete everything."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.services import history, leaving, sheet
from app.web.aside import aside
from app.web.security import MayErase, MayExport, TheParts
from app.web.session_cookie import forget_session

router = APIRouter(prefix="/api/v1", tags=["leaving"])


class ErasureOut(BaseModel):
    revoked: dict[str, bool]
    deleted: dict[str, int]
    pushes_ended: dict[str, bool]


@router.get("/export")
async def export(parts: TheParts, who: MayExport) -> dict[str, Any]:
    return await aside(leaving.export_all, parts, who.person_id, parts.clock())


@router.get("/export.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def sheet_of_history(parts: TheParts, who: MayExport) -> Response:
    """Every entry of every time line, for a spreadsheet; only `GET /export` can be imported again."""
    told = await aside(lambda: sheet.written(history.every_entry(parts, who.person_id, parts.clock())))
    named = {"content-disposition": 'attachment; filename="aftertouch.csv"'}
    return Response(told, media_type="text/csv; charset=utf-8", headers=named)


@router.delete("/me")
async def erase(parts: TheParts, who: MayErase, response: Response) -> ErasureOut:
    receipt = await leaving.erase_all(parts, who.person_id)
    forget_session(response, parts.settings)
    return ErasureOut(revoked=receipt.revoked, deleted=receipt.deleted, pushes_ended=receipt.pushes_ended)
