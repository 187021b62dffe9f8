"""Gmail's JSON into a Message: payload walk, charsets, headers and labels. Pure; the caps of S22 hold here."""

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message as Parameters
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import quote

from connectors.letterhead import HEADERS_FOR_READING, addresses, ids, message_id, unfolded, words
from connectors.message import Folder, Message

DEEPEST = 50
MOST_PARTS = 500
MOST_TEXT = 10 * 1024 * 1024
"""Bytes of readable text in one message."""
MOST_NAMES = 100
LONGEST_USUAL = 100
"""Characters of a header that is worth remembering: `text/plain; charset="utf-8"`."""

_METHOD = re.compile(r"^METHOD(?:;[^:\r\n]{0,200})?:\s{0,9}([A-Za-z]{1,20})", re.MULTILINE | re.IGNORECASE)
_STATEFUL = ("iso-2022", "utf-7", "hz", "utf-16", "utf-32")
_FOLDERS = (
    ("TRASH", Folder.TRASH),
    ("SPAM", Folder.SPAM),
    ("SENT", Folder.SENT),
    ("INBOX", Folder.INBOX),
)

Json = Mapping[str, object]


class Unreadable(ValueError):
    """A message that must not be read further; the text says why and holds nothing of the message."""


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part as Gmail gives it. `reported` says that it stands inside a multipart/report."""

    mime: str
    headers: Mapping[str, str]
    filename: str
    data: bytes
    reported: bool

    @property
    def inline(self) -> bool:
        return not self.filename and not self.headers.get("content-disposition", "").lower().startswith("attachment")

    def text(self) -> str:
        return decoded(self.data, parameter(self.headers.get("content-type", ""), "charset"))


def message_from(raw: Json, *, account: str, now: datetime) -> Message:
    """One `users.messages` resource of format `full` (or `metadata`, which has no text) as a Message.

    `account` is the address the link opens the message for. Raises Unreadable, ValueError, TypeError and
    KeyError for a resource that is none.
    """
    payload = _object(raw.get("payload", {}))
    parts = tuple(_parts(payload))
    headers = _headers(payload)
    labels = frozenset(str(label) for label in _list(raw.get("labelIds", ())))
    thread = str(raw.get("threadId") or raw["id"])
    return Message(
        provider_message_id=str(raw["id"]),
        provider_thread_id=thread,
        at=_accepted(str(raw["internalDate"]), headers.get("received", ()), now),
        sender=next(iter(addresses(headers.get("from", ()))), None),
        to=addresses(headers.get("to", ())),
        cc=addresses(headers.get("cc", ())),
        bcc=addresses(headers.get("bcc", ())),
        reply_to=addresses(headers.get("reply-to", ())),
        subject=words(_first(headers, "subject")),
        message_id=message_id(_first(headers, "message-id")),
        references=ids(*headers.get("references", ()), *headers.get("in-reply-to", ())),
        folder=folder_of(labels),
        is_draft="DRAFT" in labels,
        is_chat="CHAT" in labels,
        text="\n".join(part.text() for part in parts if part.mime == "text/plain" and part.inline).replace(
            "\r\n", "\n"
        ),
        html="\n".join(part.text() for part in parts if part.mime == "text/html" and part.inline),
        headers={name: words(values[0]) for name, values in headers.items() if name in HEADERS_FOR_READING},
        reports=tuple(filter(None, (_report(part) for part in parts if part.reported))),
        calendar_method=next(filter(None, (_method(part) for part in parts if part.mime == "text/calendar")), None),
        attachments=tuple(words(part.filename) for part in parts if part.filename)[:MOST_NAMES],
        link=link_to(thread, account),
        sent_here="SENT" in labels and "DRAFT" not in labels,
    )


def link_to(thread: str, account: str) -> str:
    """Opens the thread in the web page, in the right one of several accounts."""
    return f"https://mail.google.com/mail/?authuser={_quoted(account)}#all/{quote(thread)}"


_quoted = lru_cache(maxsize=64)(quote)
"""The account is the same for a whole page."""


def folder_of(labels: frozenset[str]) -> Folder:
    return next((folder for label, folder in _FOLDERS if label in labels), Folder.OTHER)


def decoded(data: bytes, charset: str) -> str:
    """Text from bytes: UTF-8 where it fits, since Gmail hands out most text so, else the declared charset.

    Charsets that shift state look like ASCII and so like UTF-8; they are believed first.
    """
    declared = charset.lower()
    first = (declared, "utf-8") if declared.startswith(_STATEFUL) else ("utf-8", declared)
    for name in (*first, "cp1252"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def parameter(value: str, name: str) -> str:
    """A parameter of a structured header (`charset`, `method`), empty when absent or unreadable."""
    return _usual(value, name) if len(value) <= LONGEST_USUAL else _parameter(value, name)


def _parameter(value: str, name: str) -> str:
    reader = Parameters()
    reader["content-type"] = unfolded(value)
    try:
        found = reader.get_param(name, "")
    except (ValueError, TypeError):
        return ""
    return found if isinstance(found, str) else found[2]


_usual = lru_cache(maxsize=256)(_parameter)
"""Most parts are of a handful of kinds."""


def _parts(payload: Json) -> Iterator[Part]:
    """Every leaf part in reading order, without recursion; an attached letter is a leaf.

    Raises Unreadable beyond 50 levels, 500 parts or 10 MB of text.
    """
    waiting: list[tuple[Json, int, bool]] = [(payload, 0, False)]
    seen = size = 0
    while waiting:
        raw, depth, reported = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_PARTS:
            raise Unreadable("The message has too many parts.")
        mime = str(raw.get("mimeType", "")).lower()
        inside = [_object(child) for child in _list(raw.get("parts", ()))]
        if inside and mime.startswith("multipart/"):
            waiting += [(child, depth + 1, reported or mime == "multipart/report") for child in reversed(inside)]
            continue
        part = _leaf(raw, inside, reported)
        size += len(part.data)
        if size > MOST_TEXT:
            raise Unreadable("The message holds too much text.")
        yield part


def _leaf(raw: Json, inside: Sequence[Json], reported: bool) -> Part:
    headers = {name: values[0] for name, values in _headers(raw).items()}
    lines = [f"{name}: {values[0]}" for child in inside for name, values in _headers(child).items()]
    data = _bytes(raw) or b"\n".join([*(line.encode() for line in lines), *(_bytes(child) for child in inside)])
    return Part(
        mime=str(raw.get("mimeType", "")).lower(),
        headers=headers,
        filename=str(raw.get("filename") or ""),
        data=data,
        reported=reported,
    )


def _report(part: Part) -> str:
    machine = part.mime.startswith("message/") or part.mime == "text/rfc822-headers"
    return part.text() if machine else ""


def _method(part: Part) -> str | None:
    named = parameter(part.headers.get("content-type", ""), "method")
    written = _METHOD.search(part.text())
    return (written.group(1) if written else named).upper() or None


def _accepted(milliseconds: str, received: Sequence[str], now: datetime) -> datetime:
    """Acceptance time, never after `now` and never well before the first hop: imported mail may take it from its own
    Date, and is then put at its last trace, else at `now` (G21).
    """
    at = _instant(milliseconds)
    traces = [trace for line in received if (trace := _trace(line)) and trace <= now]
    ahead, behind = at > now + timedelta(hours=1), bool(traces) and at < min(traces) - timedelta(days=1)
    if not ahead and not behind:
        return at
    return traces[0] if traces else now


def _instant(milliseconds: str) -> datetime:
    """Of epoch milliseconds. Raises Unreadable for a time beyond what a date can say."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)
    except (OverflowError, OSError, ValueError):
        raise Unreadable("The message says no time of its own.") from None


def _trace(line: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(unfolded(line).rpartition(";")[2].strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the latter on the first and last day there are
        return None


def _bytes(raw: Json) -> bytes:
    """A part's data from base64url, padded or not; empty where Gmail keeps it as an attachment."""
    data = str(_object(raw.get("body") or {}).get("data") or "").rstrip("=")
    try:
        return binascii.a2b_base64(data.replace("-", "+").replace("_", "/") + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        raise Unreadable("A part of the message is not base64.") from None


def _headers(raw: Json) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for header in map(_object, _list(raw.get("headers", ()))):
        found.setdefault(str(header.get("name", "")).lower(), []).append(str(header.get("value", "")))
    return found


def _first(headers: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise Unreadable("The message is not in the form it should have.")
    return value


def _list(value: object) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise Unreadable("The message is not in the form it should have.")
    return value
