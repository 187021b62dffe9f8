"""The rules page: why each speaks, with which numbers, and its switch."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from app.services import ruling
from app.web.pages.view import AtDesk
from app.web.pages.ways import then

router = APIRouter()


@router.get("/rules")
async def rules(at: AtDesk, done: str = "") -> HTMLResponse:
    listed = ruling.list_rules(at.parts, at.person_id)
    switched = next((rule for rule in listed if rule.id == done), None)
    told = f"“{switched.title}” is {'on' if switched.on else 'off'} now." if switched else ""
    return at.page("rules.html", rules=listed, done=told)


@router.post("/rules/{rule_id}")
async def switch(rule_id: str, at: AtDesk, on: Annotated[Literal["0", "1"], Form()]) -> RedirectResponse:
    ruling.switch(at.parts, at.person_id, rule_id, at.now, on=on == "1")
    return then("/rules", at=rule_id, done=rule_id)
