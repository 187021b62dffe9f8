"""Batches of Gmail calls, as Google's own library writes and reads them."""

import io
from typing import Any

import httplib2
import httpx
from googleapiclient.discovery import build_from_document
from googleapiclient.http import BatchHttpRequest

from .conftest import Town
from .gmail_schemas import assert_is, document


class Wire(httplib2.Http):
    """Keeps what the library would send, and gives it the answer on a second run."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self.answer: httpx.Response | None = None

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> Any:
        self.sent = {"url": uri, "method": method, "content": body, "headers": dict(headers or {})}
        if self.answer is None:
            raise ConnectionError("not yet")
        given = {**self.answer.headers, "status": str(self.answer.status_code)}
        return httplib2.Response(given), self.answer.content


async def run_batch(town: Town, keys: list[str]) -> dict[str, Any]:
    """What Google's library makes of one batch of messages.get: answers or errors by request id."""
    wire = Wire()
    service = build_from_document(document(), http=wire, client_options={"api_endpoint": town.config.gmail_url})
    told: dict[str, Any] = {}

    def keep(key: str, answer: Any, error: Any) -> None:
        told[key] = error or answer

    def batch() -> BatchHttpRequest:
        made = BatchHttpRequest(callback=keep, batch_uri=f"{town.config.gmail_url}/batch/gmail/v1")
        for number, key in enumerate(keys):
            made.add(service.users().messages().get(userId="me", id=key, format="minimal"), request_id=str(number))
        return made

    try:
        batch().execute(http=wire)
    except ConnectionError:
        headers = {**wire.sent["headers"], "authorization": f"Bearer {town.tokens['google']['access_token']}"}
        wire.answer = await town.web.post(wire.sent["url"], content=wire.sent["content"], headers=headers)
    batch().execute(http=wire)
    return told


async def test_googles_library_reads_every_part(linked: Town) -> None:
    stubs = (await linked.gmail("messages", maxResults=25)).json()["messages"]
    told = await run_batch(linked, [stub["id"] for stub in stubs])
    assert len(told) == 25
    for number, stub in enumerate(stubs):
        assert_is("Message", told[str(number)])
        assert told[str(number)]["id"] == stub["id"]


async def test_a_part_that_fails_fails_alone(linked: Town) -> None:
    key = (await linked.gmail("messages", maxResults=1)).json()["messages"][0]["id"]
    told = await run_batch(linked, [key, "0123456789abcdef"])
    assert told["0"]["id"] == key
    assert told["1"].resp.status == 404


async def test_every_part_is_metered_and_too_many_at_once_are_refused(linked: Town) -> None:
    stubs = (await linked.gmail("messages", maxResults=60)).json()["messages"]
    before = linked.world.meter.tally("ana@example.com").units
    told = await run_batch(linked, [stub["id"] for stub in stubs])
    refused = [answer for answer in told.values() if not isinstance(answer, dict)]
    assert {answer.resp.status for answer in refused} == {429}
    assert linked.world.meter.tally("ana@example.com").units - before == 20 * (60 - len(refused))
    assert len(refused) == 20


async def test_more_than_a_hundred_parts_are_refused_whole(linked: Town) -> None:
    part = "--b\r\nContent-Type: application/http\r\n\r\nGET /gmail/v1/users/me/profile\r\n\r\n"
    headers = {
        "Content-Type": "multipart/mixed; boundary=b",
        "Authorization": f"Bearer {linked.tokens['google']['access_token']}",
    }
    content = io.BytesIO((part * 101 + "--b--").encode()).read()
    answer = await linked.web.post("/googleapis/batch/gmail/v1", content=content, headers=headers)
    assert answer.status_code == 400
