"""The set-up guide: how to get client ids of one's own, and a check that says which field is wrong."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import SecretStr

from app.services import checking
from app.services.checking import Credentials, Found
from app.settings import Settings
from app.web.pages.view import AtDesk, Desk

router = APIRouter()
FIELDS = {"client_id": "Client id", "client_secret": "Client secret", "redirect": "Redirect address"}
Provider = Literal["google", "microsoft"]
TextField = Annotated[str, Form(max_length=300)]


@router.get("/set-up")
async def guide(at: AtDesk) -> HTMLResponse:
    return _page(at)


@router.post("/set-up/{provider}")
async def check(
    provider: Provider, at: AtDesk, client_id: TextField = "", client_secret: TextField = ""
) -> HTMLResponse:
    """Checks what was typed or, with both fields empty, what is set. Nothing of it is kept."""
    settings = given(at)
    asked = _asked(settings, provider, client_id, client_secret)
    transport = checking.transport_for(settings)
    try:
        found = await checking.check(transport, settings, asked)
    finally:
        await transport.close()
    return _page(at, provider=provider, client_id=client_id, found=found, typed=bool(client_id or client_secret))


def given(at: Desk) -> Settings:
    """The settings as the person gave them: those of the real providers, also while the sample stands in for them."""
    return at.parts.given or at.parts.settings


def _asked(settings: Settings, provider: Provider, client_id: str, client_secret: str) -> Credentials:
    redirect = f"{settings.base_url}/link/{provider}/callback"
    if client_id or client_secret:
        return Credentials(provider, client_id, client_secret, redirect)
    kept: SecretStr | None = getattr(settings, f"{provider}_client_secret")
    client = getattr(settings, f"{provider}_client_id") or ""
    return Credentials(provider, client, kept.get_secret_value() if kept else "", redirect)


def _page(
    at: Desk, *, provider: str = "", client_id: str = "", found: list[Found] | None = None, typed: bool = False
) -> HTMLResponse:
    settings = given(at)
    return at.page(
        "set_up.html",
        base_url=settings.base_url,
        is_set={name: bool(getattr(settings, f"{name}_client_id")) for name in ("google", "microsoft")},
        numeric_host=settings.base.hostname == "127.0.0.1",
        localhost=settings.base_url.replace("127.0.0.1", "localhost"),
        checked=provider,
        client_id=client_id,
        found=found or [],
        all_fine=bool(found) and all(each.fine for each in found or []),
        typed=typed,
        fields=FIELDS,
    )
