"""Graph's JSON into a Message: people, headers, meetings and folders. Pure; the caps of S22 hold here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.letterhead import HEADERS_FOR_READING, MOST_ADDRESSES, address, ids, message_id, unfolded, words
from connectors.message import Address, Folder, Message

MOST_TEXT = 10 * 1024 * 1024
MOST_NAMES = 100
MOST_HEADERS = 500

SELECT = (
    "id,conversationId,internetMessageId,internetMessageHeaders,from,sender,replyTo,toRecipients,ccRecipients,"
    "bccRecipients,subject,body,receivedDateTime,sentDateTime,createdDateTime,isDraft,parentFolderId,hasAttachments,"
    "changeKey,webLink"
)
"""What a Message needs. `uniqueBody` costs the server more and is not asked for; quotes are cut by the reader."""
MEETING = "microsoft.graph.eventMessage/meetingMessageType"

_METHODS = {
    "meetingrequest": "REQUEST",
    "meetingcancelled": "CANCEL",
    "meetingaccepted": "REPLY",
    "meetingtenativelyaccepted": "REPLY",
    "meetingtentativelyaccepted": "REPLY",
    "meetingdeclined": "REPLY",
}
_TYPES = {
    "#microsoft.graph.eventmessagerequest": "REQUEST",
    "#microsoft.graph.eventmessageresponse": "REPLY",
}

Json = Mapping[str, Any]


class Unreadable(ValueError):
    """A message that must not be read further; the text says why and holds nothing of the message."""


def message_from(
    raw: Json, *, folders: Mapping[str, Folder], chats: frozenset[str] = frozenset(), attachments: Sequence[str] = ()
) -> Message:
    """One Graph `message`, or a kind of it, as a Message.

    `folders` maps ids of folders to what they are, others are OTHER; `chats` are ids of folders that hold chat items
    (M20). `attachments` are the names, which Graph gives apart. What lies among the sent mail and bears no trace of a
    transport was sent here; somebody else's letter filed there was not (M17, M19). Raises Unreadable, ValueError,
    TypeError, KeyError and AttributeError for a resource that is no whole message.
    """
    headers = _headers(raw.get("internetMessageHeaders") or ())
    parent = str(raw.get("parentFolderId") or "")
    text, html = _body(raw.get("body") or {})
    return Message(
        provider_message_id=str(raw["id"]),
        provider_thread_id=str(raw.get("conversationId") or raw["id"]),
        at=moment(str(raw.get("receivedDateTime") or raw.get("sentDateTime") or raw["createdDateTime"])),
        sender=_person(raw.get("from")) or _person(raw.get("sender")),
        to=_people(raw.get("toRecipients")),
        cc=_people(raw.get("ccRecipients")),
        bcc=_people(raw.get("bccRecipients")),
        reply_to=_people(raw.get("replyTo")),
        subject=unfolded(str(raw.get("subject") or "")),
        message_id=message_id(str(raw.get("internetMessageId") or "")),
        references=ids(headers.get("references", ""), headers.get("in-reply-to", "")),
        folder=folders.get(parent, Folder.OTHER),
        is_draft=raw.get("isDraft") is True,
        is_chat=parent in chats,
        text=text,
        html=html,
        headers={name: words(value) for name, value in headers.items() if name in HEADERS_FOR_READING},
        calendar_method=calendar_method(raw),
        attachments=tuple(words(name) for name in attachments)[:MOST_NAMES],
        link=str(raw.get("webLink") or ""),
        sent_here=folders.get(parent) is Folder.SENT and "received" not in headers,
    )


def calendar_method(raw: Json) -> str | None:
    """The iCalendar METHOD a meeting message stands for; the type alone tells where the kind was not given."""
    kind = str(raw.get("meetingMessageType") or "").lower()
    return _METHODS.get(kind) or _TYPES.get(str(raw.get("@odata.type", "")).lower())


def moment(value: str) -> datetime:
    """An ISO 8601 instant as aware UTC; Graph writes whole seconds and a Z. Raises Unreadable, ValueError."""
    found = datetime.fromisoformat(value)
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:  # on the first and last day there are
        raise Unreadable("The message says no time of its own.") from None


def _body(body: Json) -> tuple[str, str]:
    """Text and HTML, one of them empty. Raises Unreadable beyond 10 MB."""
    content = str(body.get("content") or "")
    if len(content) > MOST_TEXT:
        raise Unreadable("The message holds too much text.")
    return ("", content) if str(body.get("contentType", "")).lower() == "html" else (content, "")


def _people(found: object) -> tuple[Address, ...]:
    entries: Iterable[Any] = found if isinstance(found, list) else ()
    people = (_person(entry) for entry in list(entries)[:MOST_ADDRESSES])
    return tuple(dict.fromkeys(person for person in people if person))


def _person(found: object) -> Address | None:
    """An Exchange person without an Internet address is nobody we can compare."""
    email = found.get("emailAddress") if isinstance(found, Mapping) else None
    if not isinstance(email, Mapping):
        return None
    return address(str(email.get("address") or ""), str(email.get("name") or ""))


def _headers(found: Sequence[Json]) -> dict[str, str]:
    """The first value of each header, by lower-case name."""
    headers: dict[str, str] = {}
    for header in found[:MOST_HEADERS]:
        headers.setdefault(str(header.get("name", "")).lower(), str(header.get("value", "")))
    return headers
