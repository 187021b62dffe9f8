"""Gmail's batch format: many requests as one multipart/mixed body, many answers back. Pure."""

from collections.abc import Mapping, Sequence
from email.message import Message
from email.parser import BytesParser
from urllib.parse import urlsplit

from connectors.contract import Unreachable
from connectors.http import Answer

BOUNDARY = "aftertouch-part"
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
    head = f"Content-Type: {answer.headers.get('content-type', '')}\r\n\r\n".encode()
    whole = BytesParser().parsebytes(head + answer.body)
    if not whole.is_multipart():
        raise Unreachable("The provider's answer could not be read.", reason="not_multipart")
    found = (_answer(part) for part in whole.get_payload() if isinstance(part, Message))
    return {place: one for place, one in found if 0 <= place < count}


def _answer(part: Message) -> tuple[int, Answer]:
    """One `application/http` part; its Content-ID is ours with `response-` before it."""
    label = str(part.get("Content-ID", "")).strip("<> ").rpartition("-")[2]
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    head, _, body = raw.lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    words = first.split(maxsplit=2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 502
    return int(label) if label.isdigit() else -1, Answer(status, _headers(lines), body.strip())


def _headers(lines: Sequence[str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
