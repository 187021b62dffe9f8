"""Mail headers read with patience: encoded words, folded lines, groups, ids. Pure, shared by every provider."""

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses

import idna

from connectors.message import Address

MOST_ADDRESSES = 1_000
LONGEST_HEADER = 64 * 1024
DEEPEST_COMMENT = 50
"""These caps stand against letters made to exhaust a parser; a header beyond them is read as far as they go."""

HEADERS_FOR_READING = frozenset(
    {
        "auto-submitted",
        "content-class",
        "content-type",
        "date",
        "delivered-to",
        "feedback-id",
        "in-reply-to",
        "list-id",
        "list-post",
        "list-unsubscribe",
        "precedence",
        "references",
        "return-path",
        "sender",
        "x-auto-response-suppress",
        "x-autoreply",
        "x-autorespond",
        "x-autoresponse",
        "x-failed-recipients",
        "x-loop",
        "x-mailer",
        "x-ms-exchange-inbox-rules-loop",
    }
)
"""What tells a person's letter from a machine's (RFC 3834, 2919, 3464, 8098 and the habits of Exchange and ATS)."""

_ID = re.compile(r"<[^<>\s]{1,995}>")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def unfolded(value: str) -> str:
    """One line without control characters, at most 64 KiB."""
    return _CONTROL.sub("", _FOLD.sub(" ", value[:LONGEST_HEADER])).strip()


def words(value: str) -> str:
    """A header's text with its RFC 2047 words decoded; what cannot be decoded stays as it came."""
    line = unfolded(value)
    if "=?" not in line:
        return line
    try:
        pieces = decode_header(line)
    except (HeaderParseError, ValueError):
        return line
    return unfolded("".join(_piece(text, charset) for text, charset in pieces))


def _piece(text: bytes | str, charset: str | None) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode(charset or "ascii", "replace")
    except LookupError:
        return text.decode("utf-8", "replace")


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Every mailbox in the headers' values, members of groups too, at most 1,000; what is no address is left out.

    Encoded words are decoded after the parsing, so that a comma inside a name parts nobody.
    """
    lines, room = [], LONGEST_HEADER
    for value in values:
        lines.append(_shallow(unfolded(value[:room])))
        room -= min(room, len(value))
    found = (address(spec, name) for name, spec in getaddresses(lines)[:MOST_ADDRESSES])
    return tuple(dict.fromkeys(one for one in found if one))


def _shallow(line: str) -> str:
    """The line without its comments' brackets when there are too many: the parser goes down a level for each."""
    return line if line.count("(") <= DEEPEST_COMMENT else line.replace("(", " ").replace(")", " ")


def address(spec: str, name: str = "") -> Address | None:
    """`spec` in lower case with an IDNA domain, or None when it is no address."""
    local, _, domain = spec.strip().rpartition("@")
    if not local or not domain or any(mark.isspace() for mark in local + domain):
        return None
    return Address(f"{local.lower()}@{ascii_domain(domain)}", words(name))


def ascii_domain(domain: str) -> str:
    """The domain as the wire has it (UTS 46), lower case; one that IDNA refuses is only lowered."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        return domain.lower()


def ids(*values: str) -> tuple[str, ...]:
    """The message ids `<…>` in the values, in order, each once."""
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(unfolded(value))))


def message_id(value: str) -> str | None:
    """The id of a Message-ID header with its angle brackets, or its bare text where a mailer left them out."""
    return next(iter(ids(value)), None) or unfolded(value)[:995] or None
