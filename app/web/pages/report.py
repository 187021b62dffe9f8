"""Looking back on the last 90 days: pictures, each with its numbers beside it, and no score."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.services import reporting
from app.web import report_picture
from app.web.aside import aside
from app.web.pages.view import AtDesk

router = APIRouter()
OUTCOMES = {
    "answered": "They answered",
    "open": "Still open",
    "silent": "Ended in silence",
    "declined": "They closed it",
    "withdrawn": "You withdrew",
}
SIDES = {
    "sooner": "sooner than usual for the stage",
    "good": "in the good range",
    "later": "later, when silence had closed it",
}


@router.get("/report")
async def report(at: AtDesk) -> HTMLResponse:
    told = await aside(reporting.look_back, at.parts, at.person_id, at.now)
    return at.page(
        "report.html",
        report=told,
        outcome_words=OUTCOMES,
        side_words=SIDES,
        sides={side: sum(gap.side == side for gap in told.gaps) for side in SIDES},
        outcomes=report_picture.outcomes_chart(told.outcomes, OUTCOMES),
        gaps=report_picture.gaps_chart(told.gaps),
        replies=report_picture.replies_chart(told),
        curve=report_picture.rows_of_curve(told.replies.points),
        enough_runs=reporting.ENOUGH_RUNS,
    )
