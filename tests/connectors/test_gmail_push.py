"""Google's pushes are believed only with Google's signature, and strangers cannot make us fetch its keys."""

import pytest

from connectors import GmailConnector
from connectors.contract import PushForged
from connectors.simulator.keys import sign
from tests.connectors.stage import Stage

URL = "https://aftertouch.example/hooks/google"


async def test_a_thousand_unknown_key_ids_cost_one_fetch_a_minute() -> None:
    stage = Stage("google")
    connector = stage.connected(push_sender=stage.config.google_push_account)
    assert isinstance(connector, GmailConnector)
    fetched = []
    keys = connector._identity.keys

    async def counted() -> dict[str, object]:
        fetched.append(stage.clock())
        return await keys()

    connector._identity.keys = counted  # type: ignore[method-assign]
    token = sign("stranger", {"iss": stage.config.google_issuer, "aud": URL, "sub": "1", "exp": 9_999_999_999})
    for _ in range(1_000):
        with pytest.raises(PushForged):
            await connector.heard(f"Bearer {token}", b"{}", url=URL)
    assert len(fetched) == 1


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic abc", "Bearer a.b.c", "Bearer é"])
async def test_a_push_without_a_token_is_refused(authorization: str) -> None:
    stage = Stage("google")
    connector = stage.connected(push_sender=stage.config.google_push_account)
    with pytest.raises(PushForged):
        await connector.heard(authorization, b"{}", url=URL)
