"""Everybody at one employer together: who they are, whose turn it is, and one list of all that was said there."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.services import history
from app.web.pages.view import AtDesk

router = APIRouter()


@router.get("/companies/{name}")
async def company(name: str, at: AtDesk) -> HTMLResponse:
    told = history.company(at.parts, at.person_id, name.lower()[:255], at.now)
    out = [row for row in told.rows if row.unanswered]
    return at.page("company.html", company=told, doors=len(out), unanswered=sum(row.unanswered for row in out))
