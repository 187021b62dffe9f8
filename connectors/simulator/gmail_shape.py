"""Gmail's picture of a message: labels, snippet and the payload tree, in the four formats."""

import base64
from collections.abc import Iterable
from email.message import Message
from html import escape

from connectors.simulator.letter import Letter, decoded, part_bytes
from connectors.simulator.mailbox import Item, Mailbox


def encoded(raw: bytes) -> str:
    """URL-safe and padded, as Gmail does it."""
    return base64.urlsafe_b64encode(raw).decode()


def stub(item: Item) -> dict[str, object]:
    return {"id": item.gmail_id, "threadId": item.thread}


def labelled(mailbox: Mailbox, item: Item) -> dict[str, object]:
    return {**stub(item), "labelIds": list(mailbox.labels(item))}


def shaped(mailbox: Mailbox, item: Item, form: str, wanted: Iterable[str] = ()) -> dict[str, object]:
    """One message in `form`: minimal, metadata, full or raw. `wanted` names the headers metadata is to show."""
    letter = item.letter
    labels = mailbox.labels(item)
    shape: dict[str, object] = {
        **stub(item),
        **({"labelIds": list(labels)} if labels else {}),
        "snippet": snippet(letter),
        "sizeEstimate": len(letter.raw),
        "historyId": str(item.history),
        "internalDate": str(round(item.at.timestamp() * 1000)),
    }
    if form == "raw":
        shape["raw"] = encoded(letter.raw)
    if form == "metadata":
        shape["payload"] = {"mimeType": letter.message.get_content_type(), "headers": _headers(letter, wanted)}
    if form == "full":
        shape["payload"] = part(letter.message, "")
    return shape


def snippet(letter: Letter) -> str:
    words = " ".join((letter.text or letter.subject).split())
    return escape(words[:200].rsplit(" ", 1)[0] if len(words) > 200 else words, quote=True).replace("&#x27;", "&#39;")


def _headers(letter: Letter, wanted: Iterable[str]) -> list[dict[str, str]]:
    names = {name.lower() for name in wanted}
    return [{"name": name, "value": value} for name, value in letter.headers if not names or name.lower() in names]


def part(message: Message, number: str) -> dict[str, object]:
    """One node of the payload tree; children are numbered 0, 1, … and 0.0 below."""
    name = decoded(message.get_filename() or "")
    shape: dict[str, object] = {
        "partId": number,
        "mimeType": message.get_content_type(),
        "filename": name,
        "headers": [{"name": key, "value": decoded(value)} for key, value in message.items()],
    }
    if message.is_multipart():
        inner = [child for child in message.get_payload() if isinstance(child, Message)]
        below = f"{number}." if number else ""
        return {**shape, "body": {"size": 0}, "parts": [part(child, f"{below}{n}") for n, child in enumerate(inner)]}
    content = part_bytes(message)
    if name:
        return {**shape, "body": {"attachmentId": attachment_id(number), "size": len(content)}}
    if not content:
        return {**shape, "body": {"size": 0}}
    return {**shape, "body": {"size": len(content), "data": encoded(content)}}


def attachment_id(number: str) -> str:
    return "ANGjdJ" + encoded(f"part:{number}".encode()).rstrip("=")


def attachment(letter: Letter, wanted: str) -> bytes | None:
    """The content behind an attachment id, or None."""
    return _search(letter.message, "", wanted)


def _search(message: Message, number: str, wanted: str) -> bytes | None:
    if not message.is_multipart():
        return part_bytes(message) if attachment_id(number) == wanted else None
    below = f"{number}." if number else ""
    children = [child for child in message.get_payload() if isinstance(child, Message)]
    found = (_search(child, f"{below}{n}", wanted) for n, child in enumerate(children))
    return next((content for content in found if content is not None), None)
