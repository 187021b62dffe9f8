"""The accounts page: every linked mailbox with its state, what to do next, and the calendar address."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from app.services import calendar_feed, high_water, linking
from app.services.linking import Receipt
from app.web.pages.asks import links
from app.web.pages.view import AtDesk, Desk
from app.web.pages.ways import then

router = APIRouter()
DONE = {
    "sync": "It is being looked at now.",
    "left": "The sample is gone, with all that came with it.",
    "calendar_off": "The calendar is off; its address opens nothing any more.",
}
FAILED = "Nothing was linked"
RECEIPT_KEPT = timedelta(minutes=10)


@router.get("/accounts")
async def accounts(at: AtDesk, notice: str = "", done: str = "") -> HTMLResponse:
    failed = notice[:300] if notice.startswith(FAILED) else ""
    return _page(at, notice=failed or DONE.get(done, ""))


@router.get("/accounts/cards")
async def cards(at: AtDesk) -> HTMLResponse:
    """The list alone, for the script that keeps it up to date."""
    return at.page("parts/account_cards.html", accounts=linking.list_accounts(at.parts, at.person_id))


@router.post("/accounts/{account_id}/sync")
async def sync(account_id: str, at: AtDesk) -> RedirectResponse:
    linking.ask_for_sync(at.parts, at.person_id, account_id, at.now)
    return then("/accounts", done="sync")


@router.post("/accounts/{account_id}/unlink")
async def unlink(account_id: str, at: AtDesk) -> HTMLResponse:
    """Two clicks get the same receipt; what comes long after the first says that it was unlinked already."""

    async def act() -> Receipt:
        return await linking.unlink(at.parts, at.person_id, account_id, at.now)

    key = f"unlink:{at.person_id}:{account_id}"
    return _page(at, receipt=await at.parts.once.do(key, act, at.now, kept=RECEIPT_KEPT))


@router.post("/accounts/calendar")
async def make_calendar(at: AtDesk) -> HTMLResponse:
    """The address is shown in the answer itself: it is kept as a hash and cannot be shown again."""
    return _page(at, calendar_address=calendar_feed.new_address(at.parts, at.person_id, at.now))


@router.post("/accounts/calendar/stop")
async def stop_calendar(at: AtDesk) -> RedirectResponse:
    calendar_feed.switch_off(at.parts, at.person_id, at.now)
    return then("/accounts", done="calendar_off")


@router.post("/accounts/losses/seen")
async def losses_seen(at: AtDesk) -> RedirectResponse:
    high_water.put_away(at.parts, at.person_id, at.now)
    return then("/accounts")


def _page(at: Desk, *, notice: str = "", receipt: Receipt | None = None, calendar_address: str = "") -> HTMLResponse:
    configured = set(at.parts.connectors)
    return at.page(
        "accounts.html",
        accounts=linking.list_accounts(at.parts, at.person_id),
        notice=notice,
        losses=high_water.losses(at.parts, at.person_id),
        receipt=receipt and shown(receipt),
        links=links(),
        configured=configured,
        has_calendar=calendar_feed.is_on(at.parts, at.person_id),
        calendar_address=calendar_address,
    )


def shown(receipt: Receipt) -> dict[str, object]:
    """A receipt as its template wants it."""
    told = "given back" if receipt.revoked else "could not be given back; please do it at the provider"
    deleted = [(name.replace("_", " "), number) for name, number in receipt.deleted.items()]
    return {"revoked": [("Permission", told)], "deleted": deleted}
