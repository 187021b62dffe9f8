"""Graph's `$batch`: up to 20 requests as one JSON document, their answers in any order. Pure."""

import json
from collections.abc import Mapping, Sequence

from connectors.http import Answer

MOST = 20
"""learn.microsoft.com/graph/json-batching"""


def packed(paths: Sequence[str], *, prefer: str, lanes: int) -> bytes:
    """GETs of `paths` below the root, numbered by their place, in so many chains.

    A part waits for the one before it in its chain, so that no more than `lanes` are worked on at once (M24). The
    preference stands on every part: the outer one does not count for them (M9).
    """
    requests = [
        {"id": str(place), "method": "GET", "url": path, "headers": {"Prefer": prefer}}
        | ({"dependsOn": [str(place - lanes)]} if place >= lanes else {})
        for place, path in enumerate(paths)
    ]
    return json.dumps({"requests": requests}).encode()


def unpacked(answer: Answer, count: int) -> dict[int, Answer]:
    """The parts' answers by place; a place that is missing was not answered. Raises Unreachable for no batch."""
    told = answer.mapping().get("responses")
    parts = [part for part in told if isinstance(part, Mapping)] if isinstance(told, list) else []
    numbered = ((str(part.get("id", "")), part) for part in parts)
    return {int(place): _answer(part) for place, part in numbered if place.isdigit() and int(place) < count}


def _answer(part: Mapping[str, object]) -> Answer:
    status, headers, body = part.get("status"), part.get("headers"), part.get("body")
    named = {str(name).lower(): str(value) for name, value in headers.items()} if isinstance(headers, Mapping) else {}
    return Answer(status if isinstance(status, int) else 502, named, json.dumps(body).encode() if body else b"")
