"""Linked mailboxes over HTTP: list, sync now, unlink, and the stream of their changes."""

from collections.abc import AsyncIterator
from datetime import datetime

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from app.services import linking
from app.store.accounts import Account
from app.web.security import MaySeeMailboxes, MayUnlink, TheParts

router = APIRouter(prefix="/api/v1", tags=["accounts"])
STREAM_PAUSE = 1.0


class ProgressOut(BaseModel):
    done: int
    total: int | None


class AccountOut(BaseModel):
    id: str
    provider: str
    address: str
    state: str
    state_reason: str
    next_action: str
    progress: ProgressOut | None
    newest_message_at: datetime | None
    as_of: datetime | None
    expires_at: datetime | None
    """When the permission ends by itself, such as after seven days while a Google project is in testing."""


class AccountsOut(BaseModel):
    accounts: list[AccountOut]


class ReceiptOut(BaseModel):
    revoked: bool
    deleted: dict[str, int]
    pushes_ended: bool


class AcceptedOut(BaseModel):
    accepted: bool = True


def account_out(account: Account) -> AccountOut:
    progress = None
    if account.progress_done is not None:
        progress = ProgressOut(done=account.progress_done, total=account.progress_total)
    return AccountOut(
        id=account.id,
        provider=account.provider,
        address=account.address,
        state=account.state,
        state_reason=account.state_reason,
        next_action=account.next_action,
        progress=progress,
        newest_message_at=account.newest_message_at,
        as_of=account.as_of,
        expires_at=account.expires_at,
    )


@router.get("/accounts")
async def list_accounts(parts: TheParts, who: MaySeeMailboxes) -> AccountsOut:
    return AccountsOut(accounts=[account_out(each) for each in linking.list_accounts(parts, who.person_id)])


@router.post("/accounts/{account_id}/sync", status_code=202)
async def sync_now(account_id: str, parts: TheParts, who: MaySeeMailboxes) -> AcceptedOut:
    linking.ask_for_sync(parts, who.person_id, account_id, parts.clock())
    return AcceptedOut()


@router.delete("/accounts/{account_id}")
async def unlink(account_id: str, parts: TheParts, who: MayUnlink) -> ReceiptOut:
    receipt = await linking.unlink(parts, who.person_id, account_id, parts.clock())
    return ReceiptOut(revoked=receipt.revoked, deleted=dict(receipt.deleted), pushes_ended=receipt.pushes_ended)


@router.get("/events", response_class=EventSourceResponse)
async def events(parts: TheParts, who: MaySeeMailboxes) -> AsyncIterator[ServerSentEvent]:
    """Every account once at the start, then each whenever its state or progress changes."""
    told: dict[str, AccountOut] = {}
    while True:
        for account in linking.list_accounts(parts, who.person_id):
            now_is = account_out(account)
            if told.get(account.id) != now_is:
                told[account.id] = now_is
                yield ServerSentEvent(event="account", data=now_is)
        await parts.announcer.next(who.person_id, within=STREAM_PAUSE)
