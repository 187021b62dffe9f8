"""The privacy page: what is held, what never is, taking it along, and deleting everything with a receipt."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from fastapi.security import SecurityScopes

from app.services import holding, leaving
from app.services.leaving import ErasureReceipt
from app.services.parts import Parts
from app.services.signing_in import hashed
from app.web.pages.accounts import RECEIPT_KEPT
from app.web.pages.view import AtDesk, Desk, desk, page
from app.web.security import TheParts, TheSession, caller
from app.web.session_cookie import forget_session

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
    "audit": "What was linked, paired, set right and deleted, and when",
    "people": "That you are here, and the calendar's hash",
}


@router.get("/privacy")
async def privacy(at: AtDesk) -> HTMLResponse:
    return _page(at)


@router.post("/privacy/delete")
async def delete(
    request: Request, parts: TheParts, session: TheSession, confirmation: Annotated[str, Form(max_length=100)] = ""
) -> HTMLResponse:
    """Shows the receipt, to a second click of the same browser too, though nobody is signed in there any more."""
    now = parts.clock()
    key = f"erase:{hashed(session or '')}"
    receipt: ErasureReceipt | None = parts.once.done(key, now)
    if receipt is None:
        at = desk(request, parts, await caller(SecurityScopes(), request, None, session))
        if confirmation.strip().lower() != PHRASE:
            return _page(at, status=422, typed=confirmation, fault=f"Nothing was deleted. Type: {PHRASE}")
        receipt = await parts.once.do(key, lambda: leaving.erase_all(parts, at.person_id), now, kept=RECEIPT_KEPT)
    return _erased(request, parts, receipt)


def _erased(request: Request, parts: Parts, receipt: ErasureReceipt) -> HTMLResponse:
    revoked = [(who, "permission given back" if done else "not given back") for who, done in receipt.revoked.items()]
    deleted = [(name.replace("_", " "), number) for name, number in receipt.deleted.items()]
    told = {"revoked": revoked, "deleted": deleted}
    answer = page(request, "erased.html", signed_in=False, receipt=told)
    forget_session(answer, parts.settings)
    return answer


def _page(at: Desk, *, status: int = 200, typed: str = "", fault: str = "") -> HTMLResponse:
    return at.page(
        "privacy.html",
        status=status,
        holdings=holding.what_is_held(at.parts, at.person_id),
        table_words=TABLES,
        backfill_days=at.parts.settings.backfill_days,
        retention_months=at.parts.settings.retention_months,
        phrase=PHRASE,
        typed=typed,
        fault=fault,
    )
