"""The privacy page: what is held, what never is, taking it along, and deleting everything with a receipt."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from app.services import holding, leaving
from app.web.pages.view import AtDesk, Desk, page
from app.web.security import COOKIE

router = APIRouter()
PHRASE = "delete everything"
TABLES = {
    "accounts": "Linked mailboxes: address, state, and the sealed permission to read",
    "account_addresses": "Your own addresses, to tell your mail from theirs",
    "messages": "Facts of each message: when, who, what kind, its sealed subject",
    "message_people": "Who was in To, Cc and Bcc",
    "message_references": "Which message answers which",
    "recipients": "Whom you write to, and what you said about them",
    "recipient_addresses": "Their addresses",
    "logged_touches": "Calls and other contacts you logged",
    "corrections": "What you set right",
    "rule_switches": "Rules you switched off",
    "devices": "Paired browsers",
    "device_codes": "Pairings under way",
    "sessions": "Signed-in browsers",
    "sign_in_links": "Sign-in links",
    "link_flows": "Links under way",
    "sync_jobs": "When each mailbox is looked at next",
    "dead_letters": "Messages that could not be read",
    "audit": "What was linked, paired and deleted, and when",
    "people": "That you are here, and the calendar's hash",
}


@router.get("/privacy")
async def privacy(at: AtDesk) -> HTMLResponse:
    return _page(at)


@router.post("/privacy/delete")
async def delete(at: AtDesk, confirmation: Annotated[str, Form(max_length=100)] = "") -> HTMLResponse:
    if confirmation.strip().lower() != PHRASE:
        return _page(at, status=422, typed=confirmation, fault=f"Nothing was deleted. Type: {PHRASE}")
    receipt = await leaving.erase_all(at.parts, at.person_id)
    revoked = [(who, "permission given back" if done else "not given back") for who, done in receipt.revoked.items()]
    deleted = [(name.replace("_", " "), number) for name, number in receipt.deleted.items()]
    told = {"revoked": revoked, "deleted": deleted}
    answer = page(at.request, "erased.html", signed_in=False, receipt=told)
    answer.delete_cookie(COOKIE)
    return answer


def _page(at: Desk, *, status: int = 200, typed: str = "", fault: str = "") -> HTMLResponse:
    return at.page(
        "privacy.html",
        status=status,
        holdings=holding.what_is_held(at.parts, at.person_id),
        table_words=TABLES,
        backfill_days=at.parts.settings.backfill_days,
        phrase=PHRASE,
        typed=typed,
        fault=fault,
    )
