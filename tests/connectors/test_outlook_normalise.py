"""Graph's JSON into messages: Microsoft's own documented answers, and the ones that try to hurt."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.message import Folder
from connectors.outlook.normalise import Unreadable, calendar_method, message_from, moment

MOCKS = Path(__file__).parents[3] / "shared" / "data" / "graph" / "mail-mocks.json"
MINIMAL = {"id": "one", "receivedDateTime": "2026-11-20T08:30:00Z"}


def documented() -> list[dict[str, Any]]:
    """Every message in Microsoft's documentation answers that has an id and a time."""
    if not MOCKS.exists():
        pytest.skip("Microsoft's documentation answers are not beside this repository (../shared/data/graph).")
    found: list[dict[str, Any]] = []
    for mock in json.loads(MOCKS.read_text())["mocks"]:
        body = mock["response"].get("body")
        if mock["request"]["method"] == "GET" and "/messages" in mock["request"]["url"] and isinstance(body, dict):
            found += [entry for entry in body.get("value", [body]) if isinstance(entry, dict)]
    return [entry for entry in found if entry.get("id") and "Z" in str(entry.get("receivedDateTime", ""))]


def test_microsofts_documented_messages_are_all_read() -> None:
    entries = documented()
    assert len(entries) >= 4
    for entry in entries:
        message = message_from(entry, folders={})
        assert message.provider_message_id == entry["id"]
        assert message.provider_thread_id == entry["conversationId"]
        assert message.at.tzinfo is UTC
        assert message.subject == entry["subject"]
        assert message.sender is not None
        assert message.sender.address == entry["from"]["emailAddress"]["address"].lower()
        assert len(message.to) == len(entry["toRecipients"])
        assert message.html.strip().startswith("<html")
        assert message.text == ""


def test_microsofts_documented_meeting_is_a_request() -> None:
    meetings = [entry for entry in documented() if "eventMessage" in entry.get("@odata.type", "")]
    assert meetings
    assert {message_from(entry, folders={}).calendar_method for entry in meetings} == {"REQUEST"}


@pytest.mark.parametrize(
    ("told", "method"),
    [
        ({"meetingMessageType": "meetingCancelled", "@odata.type": "#microsoft.graph.eventMessage"}, "CANCEL"),
        ({"meetingMessageType": "meetingTenativelyAccepted"}, "REPLY"),
        ({"meetingMessageType": "meetingDeclined"}, "REPLY"),
        ({"@odata.type": "#microsoft.graph.eventMessageResponse"}, "REPLY"),
        ({"@odata.type": "#microsoft.graph.eventMessageRequest", "meetingMessageType": "none"}, "REQUEST"),
        ({"@odata.type": "#microsoft.graph.message"}, None),
        ({}, None),
    ],
)
def test_the_type_of_a_meeting_message_is_its_method(told: dict[str, str], method: str | None) -> None:
    assert calendar_method(told) == method


def test_headers_give_references_and_marks() -> None:
    headers = [
        {"name": "References", "value": "<a@x.example> <b@x.example>"},
        {"name": "In-Reply-To", "value": "<b@x.example>"},
        {"name": "Auto-Submitted", "value": "auto-replied"},
        {"name": "X-Secret", "value": "not kept"},
    ]
    message = message_from({**MINIMAL, "internetMessageHeaders": headers}, folders={})
    assert message.references == ("<a@x.example>", "<b@x.example>")
    assert message.headers["auto-submitted"] == "auto-replied"
    assert "x-secret" not in message.headers


def test_folders_and_chats_are_told_by_their_ids() -> None:
    raw = {**MINIMAL, "parentFolderId": "f1"}
    assert message_from(raw, folders={"f1": Folder.SPAM}).folder is Folder.SPAM
    assert message_from(raw, folders={"F1": Folder.SPAM}).folder is Folder.OTHER
    assert message_from(raw, folders={}, chats=frozenset({"f1"})).is_chat


def test_a_message_without_a_from_is_from_its_sender() -> None:
    sender = {"emailAddress": {"address": "Rita@Acme.example", "name": "Rita"}}
    message = message_from({**MINIMAL, "from": None, "sender": sender}, folders={})
    assert message.sender is not None
    assert message.sender.address == "rita@acme.example"


def test_an_exchange_name_that_is_no_address_is_nobody() -> None:
    sender = {"emailAddress": {"address": "/O=ACME/CN=RITA", "name": "Rita"}}
    assert message_from({**MINIMAL, "from": sender}, folders={}).sender is None


def test_a_draft_that_was_never_received_has_the_time_it_was_made() -> None:
    raw = {"id": "one", "createdDateTime": "2026-11-20T08:30:00Z", "isDraft": True}
    message = message_from(raw, folders={})
    assert message.is_draft
    assert message.at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["HTML", "html", "Html"])
def test_html_is_html_however_it_is_written(kind: str) -> None:
    assert message_from({**MINIMAL, "body": {"contentType": kind, "content": "<p>"}}, folders={}).html == "<p>"


def test_a_crowd_is_counted_up_to_a_thousand() -> None:
    crowd = [{"emailAddress": {"address": f"p{number}@x.example"}} for number in range(5_000)]
    assert len(message_from({**MINIMAL, "toRecipients": crowd}, folders={}).to) == 1_000


def test_more_text_than_anybody_writes_is_refused() -> None:
    with pytest.raises(Unreadable):
        message_from({**MINIMAL, "body": {"contentType": "text", "content": "x" * 11_000_000}}, folders={})


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_any_instant_comes_back(at: datetime) -> None:
    aware = at.replace(microsecond=0, tzinfo=UTC)
    assert moment(aware.isoformat().replace("+00:00", "Z")) == aware


@pytest.mark.parametrize("claimed", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_an_instant_beyond_the_last_day_there_is_is_refused(claimed: str) -> None:
    with pytest.raises(Unreadable):
        moment(claimed)
