"""Rules over HTTP: the catalogue with its switches."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app.services import ruling
from app.web.security import MaySetRules, TheParts

router = APIRouter(prefix="/api/v1", tags=["rules"])


class RuleOut(BaseModel):
    id: str
    title: str
    why: str
    source: str
    levels: list[str]
    parameters: dict[str, int | float | str]
    on: bool


class RulesOut(BaseModel):
    rules: list[RuleOut]


class SwitchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: bool


@router.get("/rules")
async def list_rules(parts: TheParts, who: MaySetRules) -> RulesOut:
    listed = ruling.list_rules(parts, who.person_id)
    return RulesOut(rules=[RuleOut.model_validate(each, from_attributes=True) for each in listed])


@router.patch("/rules/{rule_id}")
async def switch(rule_id: str, asked: SwitchIn, parts: TheParts, who: MaySetRules) -> RuleOut:
    ruling.switch(parts, who.person_id, rule_id, parts.clock(), on=asked.on)
    listed = ruling.list_rules(parts, who.person_id)
    return RuleOut.model_validate(next(each for each in listed if each.id == rule_id), from_attributes=True)
