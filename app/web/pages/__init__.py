"""The pages: server-rendered HTML over the same services as the API, one file per noun."""

from fastapi import APIRouter

from app.web.pages import (
    accounts,
    company,
    devices,
    entry,
    history,
    privacy,
    recipient,
    report,
    rules,
    setting_right,
    setting_up,
    trying,
)

router = APIRouter(include_in_schema=False)
for page in (
    entry,
    accounts,
    setting_up,
    history,
    recipient,
    setting_right,
    company,
    report,
    devices,
    rules,
    privacy,
    trying,
):
    router.include_router(page.router)
