"""The set-up guide: the addresses of this installation, and a check that keeps what may be kept."""

from dataclasses import replace

import pytest

from app.main import create_app
from app.settings import Settings
from tests.builders import Reader, sign_in, visitor
from tests.world import World


async def test_the_guide_names_the_redirect_addresses_of_this_installation(reader: Reader) -> None:
    guide = (await reader.open("/set-up")).text()
    assert "http://127.0.0.1:8025/link/google/callback" in guide
    assert "http://127.0.0.1:8025/link/microsoft/callback" in guide
    assert "AFTERTOUCH_BASE_URL=http://localhost:8025" in guide


@pytest.mark.parametrize("provider", ["google", "microsoft"])
async def test_a_provider_out_of_reach_is_said_and_the_id_stays_typed_but_not_the_secret(
    world: World, provider: str
) -> None:
    nowhere = Settings(
        base_url=world.parts.settings.base_url,
        google_issuer="http://127.0.0.1:9",
        microsoft_authority="http://127.0.0.1:9/common",
    )
    parts = replace(world.parts, given=nowhere)
    async with visitor(create_app(parts), parts) as browser:
        await sign_in(browser, parts)
        page = await Reader(browser).send(f"/set-up/{provider}", client_id="mine", client_secret="canary-secret")
    assert page.status == 200
    assert "could not be asked" in page.text(f"#check-{provider} .findings")
    assert page.fields(f"#check-{provider} form") == {"client_id": "mine", "client_secret": ""}
    assert "canary-secret" not in page.html


async def test_the_accounts_page_leads_to_the_guide(reader: Reader) -> None:
    assert (await reader.open("/accounts")).all('a[href="/set-up"]')
    assert (await reader.open("/set-up/elsewhere")).status in (404, 405)
