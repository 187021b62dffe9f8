"""Gmail's JSON into messages: the shapes Google documents, and the ones that try to hurt."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from googleapiclient.discovery import build
from hypothesis import given
from hypothesis import strategies as st

from connectors.gmail.normalise import Unreadable, folder_of, message_from
from connectors.gmail.walk import readable
from connectors.message import Folder, Message

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def coded(text: str | bytes, *, padded: bool = True) -> str:
    raw = base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).decode()
    return raw if padded else raw.rstrip("=")


def part(mime: str, text: str | bytes = "", **more: Any) -> dict[str, Any]:
    headers = [{"name": "Content-Type", "value": more.pop("content_type", f"{mime}; charset=utf-8")}]
    return {"mimeType": mime, "filename": "", "headers": headers, "body": {"data": coded(text)}, **more}


def resource(payload: dict[str, Any], *, headers: tuple[tuple[str, str], ...] = (), **more: Any) -> dict[str, Any]:
    """A `users.messages` resource as the reference describes it."""
    own = [{"name": name, "value": value} for name, value in headers]
    return {
        "id": "18c2b3a4d5e6f708",
        "threadId": "18c2b3a4d5e6f700",
        "labelIds": ["INBOX", "UNREAD"],
        "internalDate": str(int(AT.timestamp() * 1000)),
        "payload": {**payload, "headers": [*own, *payload.get("headers", [])]},
        **more,
    }


def read(raw: dict[str, Any]) -> Message:
    return message_from(raw, account="ana+jobs@example.com", now=NOW)


def test_a_letter_with_text_html_and_an_attachment() -> None:
    alternative = {
        "mimeType": "multipart/alternative",
        "parts": [part("text/plain", "Grüße"), part("text/html", "<p>Grüße</p>")],
    }
    cv = {
        "mimeType": "application/pdf",
        "filename": "=?utf-8?q?Lebenslauf_M=C3=BCller.pdf?=",
        "body": {"attachmentId": "x"},
    }
    message = read(
        resource(
            {"mimeType": "multipart/mixed", "parts": [alternative, cv]},
            headers=(
                ("From", "=?utf-8?q?Rita_M=C3=BCller?= <Rita@Acme.example>"),
                ("To", "ana@example.com, Ben <ben@example.com>"),
                ("Bcc", "me@example.com"),
                ("Reply-To", "jobs@acme.example"),
                ("Subject", "=?utf-8?q?Ihre_Bewerbung?="),
                ("Message-ID", "<one@acme.example>"),
                ("References", "<zero@example.com>\r\n <half@example.com>"),
                ("In-Reply-To", "<half@example.com>"),
                ("Auto-Submitted", "no"),
                ("X-Secret", "not kept"),
            ),
        )
    )
    assert message.at == AT
    assert message.sender is not None
    assert (message.sender.address, message.sender.name) == ("rita@acme.example", "Rita Müller")
    assert [person.address for person in message.to] == ["ana@example.com", "ben@example.com"]
    assert [person.address for person in (*message.bcc, *message.reply_to)] == ["me@example.com", "jobs@acme.example"]
    assert (message.subject, message.text, message.html) == ("Ihre Bewerbung", "Grüße", "<p>Grüße</p>")
    assert message.message_id == "<one@acme.example>"
    assert message.references == ("<zero@example.com>", "<half@example.com>")
    assert message.attachments == ("Lebenslauf Müller.pdf",)
    assert message.headers["auto-submitted"] == "no"
    assert "x-secret" not in message.headers
    assert message.link == "https://mail.google.com/mail/?authuser=ana%2Bjobs%40example.com#all/18c2b3a4d5e6f700"


@pytest.mark.parametrize(
    ("labels", "folder"),
    [
        (["SENT"], Folder.SENT),
        (["SENT", "INBOX"], Folder.SENT),
        (["INBOX", "SPAM"], Folder.SPAM),
        (["SENT", "TRASH"], Folder.TRASH),
        (["Label_7"], Folder.OTHER),
        ([], Folder.OTHER),
    ],
)
def test_labels_say_where_a_message_is(labels: list[str], folder: Folder) -> None:
    assert folder_of(frozenset(labels)) is folder


def test_drafts_and_chats_are_marked() -> None:
    assert read(resource(part("text/plain"), labelIds=["DRAFT"])).is_draft
    assert read(resource(part("text/plain"), labelIds=["CHAT"])).is_chat


@pytest.mark.parametrize(
    ("raw", "charset", "meant"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Grüße".encode("iso-8859-1"), "iso-8859-1", "Grüße"),
        ("Grüße".encode("cp1252"), "", "Grüße"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("Grüße".encode("utf-16"), "utf-16", "Grüße"),
        (b"hi", "x-unknown", "hi"),
        ("日本".encode("shift_jis"), "shift_jis", "日本"),
    ],
)
def test_text_is_decoded_whatever_it_was_written_in(raw: bytes, charset: str, meant: str) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    assert read(resource(part("text/plain", raw, content_type=kind))).text == meant


@given(st.text(max_size=200) | st.text("a\r\n", max_size=9), st.booleans())
def test_text_comes_back_as_it_was_with_and_without_padding(text: str, padded: bool) -> None:
    one = part("text/plain")
    one["body"]["data"] = coded(text, padded=padded)
    assert read(resource(one)).text == text.replace("\r\n", "\n")


def test_a_bounce_gives_its_machine_parts() -> None:
    status = part(
        "message/delivery-status", "Final-Recipient: rfc822; gone@acme.example\r\nAction: failed\r\nStatus: 5.1.1"
    )
    original = {
        "mimeType": "message/rfc822",
        "body": {},
        "parts": [
            {"mimeType": "text/plain", "headers": [{"name": "Message-ID", "value": "<mine@example.com>"}], "body": {}}
        ],
    }
    message = read(
        resource(
            {"mimeType": "multipart/report", "parts": [part("text/plain", "Sorry."), status, original]},
            headers=(("Content-Type", "multipart/report; report-type=delivery-status"),),
        )
    )
    assert "gone@acme.example" in message.reports[0]
    assert "<mine@example.com>" in message.reports[1]
    assert message.text == "Sorry."
    assert "report-type=delivery-status" in message.headers["content-type"]


def test_a_forwarded_letter_is_not_taken_for_the_senders_words() -> None:
    inner = {
        "mimeType": "message/rfc822",
        "filename": "fwd.eml",
        "parts": [part("text/plain", "Somebody else wrote this")],
    }
    message = read(resource({"mimeType": "multipart/mixed", "parts": [part("text/plain", "See below"), inner]}))
    assert message.text == "See below"
    assert message.attachments == ("fwd.eml",)


@pytest.mark.parametrize("method", ["REQUEST", "REPLY", "CANCEL", "COUNTER"])
def test_a_calendar_part_names_its_method(method: str) -> None:
    written = part("text/calendar", f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n")
    named = part("text/calendar", "", content_type=f"text/calendar; method={method.lower()}")
    for one in (written, named):
        assert read(resource({"mimeType": "multipart/mixed", "parts": [one]})).calendar_method == method


def test_a_letter_with_two_senders_is_from_the_first() -> None:
    headers = (("From", "rita@acme.example"), ("From", "evil@x.example"))
    sender = read(resource(part("text/plain"), headers=headers)).sender
    assert sender is not None
    assert sender.address == "rita@acme.example"


def test_imported_mail_from_the_future_is_put_where_it_was_received() -> None:
    future = str(int((NOW + timedelta(days=15_000)).timestamp() * 1000))
    trace = ("Received", "from x by y; Fri, 20 Nov 2026 08:30:00 +0000")
    assert read(resource(part("text/plain"), headers=(trace,), internalDate=future)).at == AT
    assert read(resource(part("text/plain"), internalDate=future)).at == NOW


@pytest.mark.parametrize("claimed", [timedelta(0), timedelta(days=15_000), timedelta(days=3)])
def test_imported_mail_that_claims_to_be_older_than_its_first_hop_is_put_at_its_last(claimed: timedelta) -> None:
    first = ("Received", "from a by x; Thu, 19 Nov 2026 08:30:00 +0000")
    last = ("Received", "from x by y; Fri, 20 Nov 2026 08:30:00 +0000")
    old = str(int((AT - claimed).timestamp() * 1000)) if claimed else "0"
    assert read(resource(part("text/plain"), headers=(last, first), internalDate=old)).at == AT


def test_mail_that_took_a_day_on_its_way_keeps_the_providers_own_time() -> None:
    hop = ("Received", "from a by x; Fri, 20 Nov 2026 08:30:00 +0000")
    accepted = AT - timedelta(hours=20)
    own = str(int(accepted.timestamp() * 1000))
    assert read(resource(part("text/plain"), headers=(hop,), internalDate=own)).at == accepted


@pytest.mark.parametrize("claimed", ["9" * 30, "9" * 17, "-" + "9" * 17, "soon", "", "1e3"])
def test_a_message_of_no_time_there_is_is_refused(claimed: str) -> None:
    raw = resource(part("text/plain", "Hello")) | {"internalDate": claimed}
    with pytest.raises(Unreadable):
        read(raw)


def test_a_hop_on_the_last_day_there_is_says_nothing() -> None:
    late = (("Received", "by mx.example; Fri, 31 Dec 9999 23:59:59 -2359"),)
    assert (
        read(resource(part("text/plain", "Hello"), headers=late)).at == read(resource(part("text/plain", "Hello"))).at
    )


def nested(depth: int) -> dict[str, Any]:
    payload = part("text/plain", "deep")
    for _ in range(depth):
        payload = {"mimeType": "multipart/mixed", "parts": [payload]}
    return payload


@pytest.mark.parametrize(
    "payload",
    [
        nested(51),
        nested(5_000),
        {"mimeType": "multipart/mixed", "parts": [part("text/plain", "x")] * 501},
        part("text/plain", b"x" * (11 * 1024 * 1024)),
        {"mimeType": "multipart/mixed", "parts": "none"},
        {"mimeType": "text/plain", "body": "none"},
        {"mimeType": "text/plain", "headers": ["none"]},
    ],
    ids=["deep", "bottomless", "many", "huge", "parts", "body", "headers"],
)
def test_a_letter_made_to_exhaust_is_refused_in_no_time(payload: dict[str, Any]) -> None:
    raw = {**resource(part("text/plain")), "payload": payload}
    started = time.process_time()
    with pytest.raises(Unreadable):
        read(raw)
    assert time.process_time() - started < 1


def test_the_permitted_depth_and_number_are_read() -> None:
    assert read(resource(nested(49))).text == "deep"
    assert (
        read(resource({"mimeType": "multipart/mixed", "parts": [part("text/plain", "x")] * 499})).text.count("x") == 499
    )


KEYS = ["id", "threadId", "labelIds", "internalDate", "payload", "headers", "name", "value", "parts", "body", "data"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=8))
def test_whatever_a_provider_sends_one_message_is_read_or_set_aside(raw: dict[str, Any]) -> None:
    messages, poisoned = readable({"one": raw}, account="ana@example.com", now=NOW)
    assert len(messages) + len(poisoned) == 1


def test_googles_own_library_parses_what_we_normalise() -> None:
    service: Any = build("gmail", "v1", http=object(), static_discovery=True)
    request = service.users().messages().get(userId="me", id="x")
    raw = resource(part("text/plain", "Hello"))
    response = type("Response", (dict,), {"status": 200, "reason": "OK"})({"content-type": "application/json"})
    assert read(request.postproc(response, json.dumps(raw).encode())).text == "Hello"
