"""Gmail's batch endpoint: up to 100 calls in one multipart/mixed body, each answered and metered alone."""

import asyncio
import email
import re
from email.message import Message
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from connectors.simulator.calls import Call, Reply
from connectors.simulator.gate import pass_gate
from connectors.simulator.gmail_api import GMAIL
from connectors.simulator.gmail_errors import error
from connectors.simulator.world import World

LIMIT = 100
"""Hard cap of the batch endpoint (developers.google.com/workspace/gmail/api/guides/batch)."""

_REQUEST_LINE = re.compile(r"^(GET|POST|PUT|PATCH|DELETE)\s+(\S+)(\s+HTTP/1\.[01])?$")


async def batch(world: World, call: Call) -> Reply:
    """Runs the parts side by side, so that they count as concurrent calls, and answers in their order."""
    kind = call.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/mixed"):
        return error(400, "Batch requests must be multipart/mixed.", "badRequest")
    whole = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body)
    parts = [part for part in whole.get_payload() if isinstance(part, Message)] if whole.is_multipart() else []
    if not parts:
        return error(400, "Failed to parse batch request, error: no parts.", "badRequest")
    if len(parts) > LIMIT:
        return error(400, "The batch request contains too many calls. The limit is 100.", "badRequest")
    replies = await asyncio.gather(*(_answered(world, call, part) for part in parts))
    boundary = f"batch_{world.rng.getrandbits(96):024x}"
    chunks = [_printed(boundary, part, reply) for part, reply in zip(parts, replies, strict=True)]
    body = b"".join(chunks) + f"--{boundary}--\r\n".encode()
    return Reply(200, body, {"Content-Type": f"multipart/mixed; boundary={boundary}"})


async def _answered(world: World, outer: Call, part: Message) -> Reply:
    inner = part_call(outer, part)
    if inner is None:
        return error(400, "Failed to parse batch request part.", "badRequest")
    return await pass_gate(world, GMAIL, inner)


def part_call(outer: Call, part: Message) -> Call | None:
    """The call a part stands for; it has the outer authorization unless it brings its own."""
    raw = part.get_payload(decode=True)
    if part.get_content_type() != "application/http" or not isinstance(raw, bytes):
        return None
    head, _, body = raw.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    line, *lines = head.decode("utf-8", "replace").split("\n")
    found = _REQUEST_LINE.match(line.strip())
    if not found:
        return None
    headers = dict(entry.split(":", 1) for entry in lines if ":" in entry)
    own = {name.strip().lower(): value.strip() for name, value in headers.items()}
    url = urlsplit(found[2])
    path = unquote(url.path.removeprefix(urlsplit(outer.root).path))
    query = tuple(parse_qsl(url.query, keep_blank_values=True))
    authorization = {"authorization": outer.headers.get("authorization", "")}
    return Call(found[1], path, query, {**authorization, **own}, body, outer.root, part=True)


def _printed(boundary: str, part: Message, reply: Reply) -> bytes:
    key = str(part.get("Content-ID", "")).strip().strip("<>")
    named = f"Content-ID: <response-{key}>\r\n" if key else ""
    content = reply.content()
    headers = {"Content-Type": "application/json; charset=UTF-8", **reply.headers, "Content-Length": str(len(content))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    status = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
    opening = f"--{boundary}\r\nContent-Type: application/http\r\n{named}\r\n{status}{lines}\r\n"
    return opening.encode() + content + b"\r\n"
