"""Whatever is sent: the readers and the normalisers answer or refuse in words, and in bounded time.

`AFTERTOUCH_FUZZ` sets how many inputs each target gets; `make fuzz` runs the long way.
"""

import base64
import gc
import io
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.cli import json_lines
from app.reading.inbound_rows import read_inbound_row
from app.reading.outbound_rows import read_draft_row
from app.reading.plain import html_to_text
from app.reading.quotes import new_text
from app.reading.scenarios import judge_row
from connectors import letterhead
from connectors.gmail import normalise as gmail
from connectors.outlook import normalise as graph
from tests.security.hostile import DATES, HEADERS, INSTANTS, JSON, SHORT, TEXTS, strange

INPUTS = int(os.environ.get("AFTERTOUCH_FUZZ", "650"))
LONGEST = 1.0  # CPU seconds for one input of at most 64 KB, on a slow and busy machine (S22); the bench has the goal
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)  # what both normalisers say they raise

Note = Callable[[str, object], None]


def _fuzz(
    note: Note, target: str, inputs: st.SearchStrategy[Any], read: Callable[[Any], object], *, texts: int = 1
) -> None:
    """`texts` is how many texts of up to 64 KB one input holds."""
    counted, slowest = 0, 0.0

    @settings(
        max_examples=INPUTS,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        print_blob=True,
    )
    @given(inputs)
    def holds(given_input: Any) -> None:
        nonlocal counted, slowest
        took = _seconds(read, given_input)
        if took >= LONGEST * texts:  # a busy machine may take its time once, a slow reader takes it always
            took = min(took, *(_seconds(read, given_input) for _ in range(3)))
        counted, slowest = counted + 1, max(slowest, took)
        assert took < LONGEST * texts

    holds()
    note("fuzzed", [target, counted, slowest])


def _seconds(read: Callable[[Any], object], given_input: Any) -> float:
    """Of CPU. Hypothesis' own garbage, gigabytes in a long run, is not swept meanwhile."""
    gc.disable()
    try:
        began = time.process_time()
        read(given_input)
        return time.process_time() - began
    finally:
        gc.enable()


def _through(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], None]:
    """One line through the command's loop: always one object back, an answer or an error in words."""

    def read(line: bytes) -> None:
        out = io.StringIO()
        code = json_lines(answer, [line], out)
        told = [json.loads(each) for each in out.getvalue().split("\n")[:-1]]
        assert len(told) == (1 if line.strip() else 0)
        assert code == (1 if any("error" in each for each in told) else 0)

    return read


def _lines(row: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[bytes]:
    return st.one_of(
        row.map(lambda found: json.dumps(found).encode()),
        row.map(lambda found: json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")),
        JSON.map(lambda found: json.dumps(found).encode()),
        st.binary(max_size=200).map(lambda found: found.replace(b"\n", b" ")),
        st.integers(1, 30_000).map(lambda depth: b'{"id":1,"text":' + b"[" * depth),
    )


def test_received_mail_as_json_lines(record_property: Note) -> None:
    row = strange(
        {"id": SHORT, "received": INSTANTS, "from": SHORT, "subject": SHORT, "text": TEXTS, "headers": HEADERS}
    )
    _fuzz(record_property, "read inbound", _lines(row), _through(read_inbound_row))


def test_drafts_as_json_lines(record_property: Note) -> None:
    row = strange({"id": SHORT, "channel": st.sampled_from(["email", "voicemail"]), "subject": SHORT, "text": TEXTS})
    _fuzz(record_property, "read draft", _lines(row), _through(read_draft_row))


def test_scenarios_as_json_lines(record_property: Note) -> None:
    people = st.just(["rita@acme.example"])
    channels = st.sampled_from(["email", "call", "voicemail"])
    event = strange(
        {
            "direction": st.sampled_from(["in", "out"]),
            "channel": channels,
            "at": st.dates(date(2026, 10, 1), date(2026, 11, 21)).map(lambda day: f"{day}T08:30:00Z"),
            "from": st.sampled_from(["rita@acme.example", "Ana <ana@example.com>", "mailer-daemon@x.example"]),
            "to": people,
            "subject": SHORT,
            "text": TEXTS,
            "headers": HEADERS,
        }
    )
    row = strange(
        {
            "id": SHORT,
            "now": st.just("2026-11-22T10:00:00+01:00"),
            "history": st.lists(event, max_size=3),
            "draft": strange({"channel": channels, "to": people, "subject": SHORT, "text": TEXTS}),
        }
    )
    _fuzz(record_property, "judge", _lines(row), _through(judge_row), texts=4)


def test_html_to_text(record_property: Note) -> None:
    _fuzz(record_property, "HTML", TEXTS, html_to_text)


def test_quotes_in_texts(record_property: Note) -> None:
    _fuzz(record_property, "quotes", TEXTS, new_text)


def test_headers(record_property: Note) -> None:
    def read(value: str) -> None:
        letterhead.words(value)
        letterhead.addresses([value])
        letterhead.ids(value)
        letterhead.message_id(value)

    _fuzz(record_property, "headers", TEXTS, read)


def test_messages_of_gmail(record_property: Note) -> None:
    body = strange(
        {"size": st.integers(), "data": TEXTS.map(lambda text: base64.urlsafe_b64encode(text.encode()).decode())}
    )
    hops = INSTANTS.map(lambda at: f"from mx.example by mx.google.com; {at}") | DATES.map(lambda at: f"by x; {at}")
    header = strange(
        {
            "name": st.sampled_from(["From", "To", "Subject", "Received", "Received", "Content-Type"]),
            "value": TEXTS | hops,
        }
    )
    mime = st.sampled_from(["text/plain", "text/html", "multipart/mixed", "multipart/report", "text/calendar"])
    leaf = strange({"mimeType": mime, "filename": SHORT, "headers": st.lists(header, max_size=3), "body": body})
    part = st.recursive(
        leaf,
        lambda inner: strange({"mimeType": mime, "headers": st.lists(header, max_size=2), "parts": st.lists(inner)}),
        max_leaves=6,
    )
    row = strange(
        {
            "id": SHORT,
            "threadId": SHORT,
            "internalDate": st.just("1763629800000") | st.integers().map(str) | SHORT,
            "labelIds": st.lists(SHORT, max_size=3),
            "payload": part,
        }
    )
    _fuzz(
        record_property,
        "Gmail messages",
        row,
        lambda raw: _unless_unreadable(gmail.message_from, raw, account="a@b.example", now=NOW),
    )


def test_messages_of_graph(record_property: Note) -> None:
    person = strange({"emailAddress": strange({"name": SHORT, "address": SHORT})})
    row = strange(
        {
            "id": SHORT,
            "conversationId": SHORT,
            "receivedDateTime": INSTANTS,
            "from": person,
            "toRecipients": st.lists(person, max_size=4),
            "subject": TEXTS,
            "body": strange({"contentType": st.sampled_from(["html", "text"]), "content": TEXTS}),
            "internetMessageHeaders": st.lists(strange({"name": SHORT, "value": TEXTS}), max_size=4),
        }
    )
    _fuzz(record_property, "Graph messages", row, lambda raw: _unless_unreadable(graph.message_from, raw, folders={}))


def _unless_unreadable(read: Callable[..., object], raw: Any, **more: Any) -> None:
    try:
        read(raw, **more)
    except UNREADABLE:
        pass
