"""A call and its reply, free of any web framework, so that a batch part and a request are answered by the same code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Call:
    """One API call. `path` is relative to the API root, `root` the URL of that root as the caller sees it.

    Header names are lower case. `part` is True inside a batch.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    root: str = ""
    part: bool = False

    def one(self, name: str, default: str = "") -> str:
        """The last value of a query parameter; names of OData system options are matched with their `$`."""
        return next((value for key, value in reversed(self.query) if key == name), default)

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.query if key == name)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.query)

    def json(self) -> dict[str, object]:
        """The body as a JSON object; empty when it is none."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is anything JSON can say, bytes as they are, or None for no content."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_header(self, name: str, value: str) -> "Reply":
        return replace(self, headers={**self.headers, name: value})

    def content(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()


class Refusal(Exception):
    """The provider says no; carries the whole answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply
