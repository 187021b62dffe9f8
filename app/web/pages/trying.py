"""The try page: a compose window where the real banner runs without installing anything."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.services import history
from app.web.aside import aside
from app.web.pages.view import AtDesk

router = APIRouter()
OFFERED = 3


@router.get("/try")
async def trying(at: AtDesk, to: str = "") -> HTMLResponse:
    rows = await aside(history.list_recipients, at.parts, at.person_id, at.now)
    by_unanswered = sorted(rows, key=lambda row: -row.unanswered)
    return at.page("try.html", offered=by_unanswered[:OFFERED], to=to[:320], built=at.has_built("try.js"))
