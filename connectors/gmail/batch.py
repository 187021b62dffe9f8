"""Gmail's batch format: many requests as one multipart/mixed body, many answers back. Pure."""

import re
from collections.abc import Mapping, Sequence
from email.message import Message
from itertools import zip_longest
from urllib.parse import urlsplit

from connectors.contract import Unreachable
from connectors.http import Answer

BOUNDARY = "aftertouch-part"
_CONTENT_ID = re.compile(rb"^content-id:[^\r\n]*-(\d{1,9})>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"[ \t]*\r?(?:\n|\Z)")
_LAST = re.compile(rb"--[ \t]*\r?(?:\n|\Z)")
_BLANKS = re.compile(rb"\s*")
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
    spans = _spans(answer.body, boundary.encode("latin-1", "replace")) if boundary else []
    if not spans:
        raise Unreachable("The provider's answer could not be read.", reason="not_multipart")
    found = (_answer(answer.body, start, end) for start, end in spans)
    return {place: one for place, one in found if 0 <= place < count}


def _spans(body: bytes, boundary: bytes) -> list[tuple[int, int]]:
    """Where what stands between the lines of the boundary begins and ends; the boundary inside a line parts nothing.

    A batch holds megabytes of mail: it is looked through where it lies, and only what is kept of it is copied.
    """
    mark = b"--" + boundary
    at = 0 if body.startswith(mark) else _next(body, mark, 0)
    starts: list[int] = []
    ends: list[int] = []
    while at >= 0:
        behind = at + len(mark)
        opened, last = _LINE_END.match(body, behind), _LAST.match(body, behind)
        if starts and (opened or last):
            ends.append(max(at - 1, starts[-1]))
        if last:
            break
        if opened:
            starts.append(opened.end())
        at = _next(body, mark, behind)
    return list(zip_longest(starts, ends, fillvalue=len(body)))


def _next(body: bytes, mark: bytes, start: int) -> int:
    """Where the next line begins that begins with the mark, -1 when none does."""
    found = body.find(b"\n" + mark, start)
    return found + 1 if found >= 0 else -1


def _boundary(content_type: str) -> str:
    head = Message()
    head["content-type"] = content_type
    return str(head.get_boundary("")) if head.get_content_maintype() == "multipart" else ""


def _answer(body: bytes, start: int, end: int) -> tuple[int, Answer]:
    """One `application/http` part; its Content-ID is ours with `response-` before it."""
    outer, inner = _head(body, start, end)
    label = _CONTENT_ID.search(outer)
    begun = _BLANKS.match(body, inner, end)
    head, content = _head(body, begun.end() if begun else inner, end)
    first, *lines = head.decode("latin-1").splitlines() or [""]
    words = first.split(maxsplit=2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 502
    return int(label[1]) if label else -1, Answer(status, _headers(lines), body[content:end].strip())


def _head(body: bytes, start: int, end: int) -> tuple[bytes, int]:
    """What stands before the first empty line, and where what is behind it begins."""
    empty = _EMPTY_LINE.search(body, start, end)
    return (body[start : empty.start()], empty.end()) if empty else (body[start:end], end)


def _headers(lines: Sequence[str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
