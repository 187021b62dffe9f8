"""A letter: one RFC 5322 message, read lazily; what both providers' answers are made of."""

import email
import email.header
import email.utils
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from functools import cached_property

Person = tuple[str, str]
"""Display name and lower-case address."""


def decoded(value: object) -> str:
    """A header value unfolded, with its encoded words opened (RFC 2047)."""
    flat = " ".join(str(value).replace("\r", "").split("\n"))
    flat = " ".join(flat.split("\t"))
    if "=?" not in flat:
        return flat.strip()
    try:
        return str(email.header.make_header(email.header.decode_header(flat))).strip()
    except (LookupError, UnicodeDecodeError, ValueError):
        return flat.strip()


def part_bytes(part: Message) -> bytes:
    """A leaf's content with the transfer encoding taken off, text turned into UTF-8."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return b""
    if part.get_content_maintype() != "text":
        return raw
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return raw.decode(charset).encode()
    except (LookupError, UnicodeDecodeError):
        return raw.decode("latin-1").encode()


class Letter:
    """Reads `raw` on demand: the header when a header is asked for, the body only when a body is."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._people: dict[str, tuple[Person, ...]] = {}

    @cached_property
    def _header(self) -> Message:
        return BytesHeaderParser().parsebytes(self.raw)

    @cached_property
    def message(self) -> Message:
        return email.message_from_bytes(self.raw)

    @cached_property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, decoded(value)) for name, value in self._header.items())

    def header(self, name: str) -> str:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def people(self, name: str) -> tuple[Person, ...]:
        """The mailboxes of an address header; group names and empty entries are left out."""
        if name not in self._people:
            self._people[name] = self._parsed(name)
        return self._people[name]

    def _parsed(self, name: str) -> tuple[Person, ...]:
        values = [str(value).replace("\n", " ") for value in self._header.get_all(name, [])]
        found = email.utils.getaddresses(values)
        return tuple((decoded(label), address.lower()) for label, address in found if "@" in address)

    @cached_property
    def sender(self) -> Person:
        return next(iter(self.people("From")), ("", ""))

    @cached_property
    def recipients(self) -> tuple[Person, ...]:
        return self.people("To") + self.people("Cc") + self.people("Bcc")

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @cached_property
    def references(self) -> tuple[str, ...]:
        return tuple((self.header("References") + " " + self.header("In-Reply-To")).split())

    def leaves(self) -> Iterator[Message]:
        return (part for part in self.message.walk() if not part.is_multipart())

    def _first(self, kind: str) -> str:
        for part in self.leaves():
            if part.get_content_type() == kind and not part.get_filename():
                return part_bytes(part).decode()
        return ""

    @cached_property
    def text(self) -> str:
        return self._first("text/plain")

    @cached_property
    def html(self) -> str:
        return self._first("text/html")

    @cached_property
    def attachments(self) -> tuple[str, ...]:
        return tuple(decoded(part.get_filename()) for part in self.leaves() if part.get_filename())

    @cached_property
    def calendar(self) -> str:
        return self._first("text/calendar")
