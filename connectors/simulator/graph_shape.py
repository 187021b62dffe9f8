"""Graph's picture of a message, a folder and the signed-in person."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from selectolax.lexbor import LexborHTMLParser as HTMLParser

from connectors.simulator.letter import Letter, Person
from connectors.simulator.mailbox import Folder, Item, Mailbox

DEFAULTS = [
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "receivedDateTime",
    "sentDateTime",
    "hasAttachments",
    "internetMessageId",
    "subject",
    "bodyPreview",
    "importance",
    "parentFolderId",
    "conversationId",
    "conversationIndex",
    "isDeliveryReceiptRequested",
    "isReadReceiptRequested",
    "isRead",
    "isDraft",
    "webLink",
    "inferenceClassification",
    "body",
    "sender",
    "from",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "flag",
]
"""What a message shows when nothing is selected."""
ONLY_SELECTED = ("internetMessageHeaders", "uniqueBody")
MEETING = "microsoft.graph.eventMessage/"
PREVIEW = 255

_QUOTE = re.compile(
    r"^(On .{5,200}wrote:|Am .{5,200}schrieb.*:|Le .{5,200}écrit\s*:|-{3,} ?Original Message ?-{3,}|_{20,}|"
    r"From: .+|Von: .+|>.*)$",
    re.MULTILINE,
)
_QUOTE_TAGS = ".gmail_quote, #divRplyFwdMsg, #appendonsend, blockquote, .moz-cite-prefix, .yahoo_quoted"


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


SELECTABLE = frozenset({"id", "parentFolderId", *DEFAULTS, *ONLY_SELECTED})
"""What `$select` may name on a message; other names are refused as by Graph's parser."""


def message(mailbox: Mailbox, item: Item, select: tuple[str, ...], *, immutable: bool, text: bool) -> dict[str, object]:
    """One message. `select` empty means the default properties; id and etag always come."""
    kind = meeting_kind(item.letter)
    shape: dict[str, object] = {"@odata.type": f"#microsoft.graph.{kind[0]}"} if kind else {}
    shape |= {"@odata.etag": f'W/"{_change_key(item)}"', "id": mailbox.graph_id(item, immutable=immutable)}
    for name in select or DEFAULTS:
        if name in PROPERTIES:
            shape[name] = PROPERTIES[name](mailbox, item)
        elif name in CONTENTS:
            shape[name] = _content(item.letter, name, text=text)
    if kind:
        cast = {name.removeprefix(MEETING) for name in select if name.startswith(MEETING)}
        shape |= {name: value for name, value in _meeting(item, kind).items() if not select or name in cast}
    return shape


def _folder_of(mailbox: Mailbox, item: Item) -> str:
    return mailbox.folder_id("drafts" if item.folder == "scheduled" else item.folder)


def conversation_id(mailbox: Mailbox, item: Item) -> str:
    return mailbox.opaque("AAQkADk0", f"thread:{item.thread}", size=60)


def _web_link(mailbox: Mailbox, item: Item) -> str:
    key = mailbox.graph_id(item, immutable=False)
    return f"https://outlook.office365.com/owa/?ItemID={key}&exvsurl=1&viewmodel=ReadMessageItem"


def _sender(mailbox: Mailbox, item: Item) -> object:
    return _person(item.letter.sender) if item.letter.sender[1] else None


def _people(name: str) -> "Property":
    return lambda mailbox, item: [_person(person) for person in item.letter.people(name)]


Property = Callable[[Mailbox, Item], object]

PROPERTIES: dict[str, Property] = {
    "parentFolderId": _folder_of,
    "conversationId": conversation_id,
    "conversationIndex": lambda mailbox, item: _conversation_index(mailbox, item),
    "webLink": _web_link,
    "createdDateTime": lambda mailbox, item: moment(item.at),
    "lastModifiedDateTime": lambda mailbox, item: moment(item.at + timedelta(seconds=item.changed % 60)),
    "changeKey": lambda mailbox, item: _change_key(item),
    "receivedDateTime": lambda mailbox, item: moment(item.at),
    "sentDateTime": lambda mailbox, item: moment(item.at),
    "internetMessageId": lambda mailbox, item: item.letter.message_id,
    "subject": lambda mailbox, item: item.letter.subject,
    "categories": lambda mailbox, item: [],
    "hasAttachments": lambda mailbox, item: bool(item.letter.attachments),
    "importance": lambda mailbox, item: "normal",
    "isDeliveryReceiptRequested": lambda mailbox, item: None if item.is_draft else False,
    "isReadReceiptRequested": lambda mailbox, item: bool(item.letter.header("Disposition-Notification-To")),
    "isRead": lambda mailbox, item: item.read,
    "isDraft": lambda mailbox, item: item.is_draft,
    "inferenceClassification": lambda mailbox, item: "other" if item.letter.header("List-Unsubscribe") else "focused",
    "flag": lambda mailbox, item: {"flagStatus": "notFlagged"},
    "sender": _sender,
    "from": _sender,
    "toRecipients": _people("To"),
    "ccRecipients": _people("Cc"),
    "bccRecipients": _people("Bcc"),
    "replyTo": _people("Reply-To"),
}
CONTENTS = frozenset({"body", "bodyPreview", "uniqueBody", "internetMessageHeaders"})


def _content(letter: Letter, name: str, *, text: bool) -> object:
    if name == "internetMessageHeaders":
        return [{"name": key, "value": value} for key, value in letter.headers if key.lower() != "bcc"]
    if name == "bodyPreview":
        return plain(letter)[:PREVIEW].replace("\n", "\r\n")
    if text:
        words = plain(letter)
        return {"contentType": "text", "content": unquoted(words) if name == "uniqueBody" else words}
    html = letter.html or f"<html><head></head><body><div>{_as_html(letter.text)}</div></body></html>"
    return {"contentType": "html", "content": unquoted_html(html) if name == "uniqueBody" else html}


def plain(letter: Letter) -> str:
    if letter.text or not letter.html:
        return letter.text
    body = HTMLParser(letter.html).body
    return body.text(separator="\n").strip() if body else ""


def unquoted(words: str) -> str:
    """The part of a reply above the first quotation, as Exchange cuts it for uniqueBody."""
    found = _QUOTE.search(words)
    return words[: found.start()].rstrip() if found else words


def unquoted_html(html: str) -> str:
    tree = HTMLParser(html)
    for node in tree.css(_QUOTE_TAGS):
        node.decompose()
    return tree.html or ""


def _as_html(words: str) -> str:
    safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("\n", "<br>\n")


def _person(person: Person) -> dict[str, object]:
    name, address = person
    return {"emailAddress": {"name": name or address, "address": address}}


def _change_key(item: Item) -> str:
    digest = hashlib.sha256(f"{item.serial}:{item.changed}".encode()).digest()
    return "CQAAABYAAAD" + base64.b64encode(digest[:21]).decode()


def _conversation_index(mailbox: Mailbox, item: Item) -> str:
    """Six bytes of time, a GUID of the conversation, five more bytes for each reply below the first."""
    thread = hashlib.sha256(f"{mailbox.address}:{item.thread}".encode()).digest()
    depth = mailbox.by_thread[item.thread].index(item) if item in mailbox.by_thread[item.thread] else 0
    first = int(item.thread, 16) >> 20
    return base64.b64encode(b"\x01" + first.to_bytes(7, "big")[:5] + thread[:16] + thread[16:21] * depth).decode()


def meeting_kind(letter: Letter) -> tuple[str, str] | None:
    """Graph's type and meetingMessageType of a calendar message, None for other mail."""
    if b"text/calendar" not in letter.raw:
        return None
    found = re.search(r"^METHOD:(\w+)", letter.calendar, re.MULTILINE)
    if not found:
        return None
    if found[1] == "REQUEST":
        return "eventMessageRequest", "meetingRequest"
    if found[1] == "CANCEL":
        return "eventMessage", "meetingCancelled"
    status = re.search(r"PARTSTAT=(\w+)", letter.calendar)
    answers = {"ACCEPTED": "meetingAccepted", "TENTATIVE": "meetingTenativelyAccepted"}
    return "eventMessageResponse", answers.get(status[1] if status else "", "meetingDeclined")


def _meeting(item: Item, kind: tuple[str, str]) -> dict[str, object]:
    shape: dict[str, object] = {"meetingMessageType": kind[1]}
    start = re.search(r"^DTSTART[^:]*:(\d{8}T\d{6})", item.letter.calendar, re.MULTILINE)
    end = re.search(r"^DTEND[^:]*:(\d{8}T\d{6})", item.letter.calendar, re.MULTILINE)
    for name, found in (("startDateTime", start), ("endDateTime", end)):
        if found:
            shape[name] = {"dateTime": _calendar_time(found[1]), "timeZone": "UTC"}
    return shape


def _calendar_time(stamp: str) -> str:
    at = datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.0000000")


def folder(mailbox: Mailbox, shown: Folder) -> dict[str, object]:
    items = [item for item in mailbox.items.values() if item.folder == shown.key]
    children = [child for child in mailbox.folders.values() if child.parent == shown.key]
    return {
        "id": mailbox.folder_id(shown.key),
        "displayName": shown.name,
        "parentFolderId": mailbox.folder_id(shown.parent or "msgfolderroot"),
        "childFolderCount": len(children),
        "unreadItemCount": sum(not item.read for item in items),
        "totalItemCount": len(items),
        "isHidden": shown.hidden,
    }


def person(mailbox: Mailbox) -> dict[str, object]:
    given, _, family = mailbox.name.partition(" ")
    return {
        "businessPhones": [],
        "displayName": mailbox.name,
        "givenName": given,
        "jobTitle": None,
        "mail": mailbox.address,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": family,
        "userPrincipalName": mailbox.address,
        "id": mailbox.subject,
    }
