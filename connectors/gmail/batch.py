"""Gmail's batch format: many requests as one multipart/mixed body, many answers back. Pure."""

import re
from collections.abc import Mapping, Sequence
from email.message import Message
from urllib.parse import urlsplit

from connectors.contract import Unreachable
from connectors.http import Answer

BOUNDARY = "aftertouch-part"
_CONTENT_ID = re.compile(rb"^content-id:[^\r\n]*-(\d{1,9})>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"[ \t]*\r?(?:\n|\Z)")
_LAST = re.compile(rb"--[ \t]*\r?(?:\n|\Z)")
CONTENT_TYPE = f"multipart/mixed; boundary={BOUNDARY}"


def packed(urls: Sequence[str]) -> bytes:
    """GETs of `urls`, numbered by their place (developers.google.com/workspace/gmail/api/guides/batch)."""
    parts = (_part(place, url) for place, url in enumerate(urls))
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def _part(place: int, url: str) -> str:
    split = urlsplit(url)
    target = f"{split.path}?{split.query}" if split.query else split.path
    head = f"--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: <part-{place}>\r\n\r\n"
    return f"{head}GET {target} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"


def unpacked(answer: Answer, count: int) -> dict[int, Answer]:
    """The parts' answers by place; a place that is missing was not answered. Raises Unreachable for no multipart."""
    boundary = _boundary(answer.headers.get("content-type", ""))
    parts = _parts(answer.body, boundary.encode("latin-1", "replace")) if boundary else []
    if not parts:
        raise Unreachable("The provider's answer could not be read.", reason="not_multipart")
    return {place: one for place, one in map(_answer, parts) if 0 <= place < count}


def _parts(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the lines of the boundary; the boundary inside a line parts nothing."""
    line = b"\n--" + boundary
    parts: list[bytes] = []
    for piece in (b"\n" + body).split(line)[1:]:
        if _LAST.match(piece):
            break
        if opened := _LINE_END.match(piece):
            parts.append(piece[opened.end() :])
        elif parts:
            parts[-1] += line + piece
    return parts


def _boundary(content_type: str) -> str:
    head = Message()
    head["content-type"] = content_type
    return str(head.get_boundary("")) if head.get_content_maintype() == "multipart" else ""


def _answer(part: bytes) -> tuple[int, Answer]:
    """One `application/http` part; its Content-ID is ours with `response-` before it."""
    outer, inner = _parted(part)
    label = _CONTENT_ID.search(outer)
    head, body = _parted(inner.lstrip())
    first, *lines = head.decode("latin-1").splitlines() or [""]
    words = first.split(maxsplit=2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 502
    return int(label[1]) if label else -1, Answer(status, _headers(lines), body.strip())


def _parted(text: bytes) -> tuple[bytes, bytes]:
    """What stands before the first empty line, and what behind it."""
    empty = _EMPTY_LINE.search(text)
    return (text[: empty.start()], text[empty.end() :]) if empty else (text, b"")


def _headers(lines: Sequence[str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
