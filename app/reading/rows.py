"""Strict values out of a row of JSON Lines; every refusal is one sentence that names the field."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import getaddresses
from typing import Any

from connectors.message import Address

Row = Mapping[str, Any]

LONGEST_TEXT = 1_000_000
"""Characters; a longer text is a mistake in the file rather than a letter."""
_MOST_HEADERS = 200
_MOST_PEOPLE = 500
_EARLIEST, _LATEST = 1990, 2050
"""Years between which mail is read; what lies outside is a slip in the file."""


def row_id(row: Row) -> str | int:
    """The row's id. Raises ValueError when it is missing or neither text nor whole number."""
    value = row.get("id")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError("id is missing or neither a text nor a whole number")
    return value


def text_of(row: Row, name: str, *, where: str = "", default: str | None = None) -> str:
    """A text field, half characters replaced; absent or null gives `default`.

    Raises ValueError for anything else and for a huge text.
    """
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ValueError(f"{where}{name} is missing or not a text")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{where}{name} is longer than {LONGEST_TEXT} characters")
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def instant_of(row: Row, name: str, *, where: str = "") -> datetime:
    """A date and time with its offset. Raises ValueError for one without, for no such time and for absurd years."""
    value = row.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{where}{name} is missing or not a date and time")
    try:
        at = datetime.fromisoformat(value)
        offset = at.utcoffset()
    except ValueError as error:
        raise ValueError(f"{where}{name} is no date and time: {value[:40]!r}") from error
    if offset is None:
        raise ValueError(f"{where}{name} has no time zone: {value[:40]!r}")
    if not _EARLIEST <= at.year <= _LATEST:
        raise ValueError(f"{where}{name} lies in the year {at.year}, not between {_EARLIEST} and {_LATEST}")
    return at


def people_of(row: Row, name: str, *, where: str = "") -> tuple[Address, ...]:
    """A list of addresses, or one as a text. Raises ValueError for other values, and for more than 500 addresses."""
    value = row.get(name)
    listed = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(listed, list) or not all(isinstance(person, str) for person in listed):
        raise ValueError(f"{where}{name} is not a list of addresses")
    if len(listed) > _MOST_PEOPLE:
        raise ValueError(f"{where}{name} has more than {_MOST_PEOPLE} addresses")
    return tuple(person for written in listed if (person := person_of(written)).address)


def person_of(written: str) -> Address:
    """ "Rita Roe <rita@acme.example>" as an address in lower case with its name; a phone number is kept as it is."""
    if "@" not in written:
        return Address(written.strip().lower()[:320])
    pairs = getaddresses([written[:1000]])
    name, address = next(((name, address) for name, address in pairs if "@" in address), ("", written.strip()))
    return Address(address.lower()[:320], name)


def headers_of(row: Row, *, where: str = "") -> dict[str, str]:
    """Headers with names in lower case. Raises ValueError for what is no object of texts."""
    value = row.get("headers")
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > _MOST_HEADERS:
        raise ValueError(f"{where}headers is not an object of at most {_MOST_HEADERS} headers")
    return {str(name).lower(): _header_text(text, f"{where}headers.{name}") for name, text in value.items()}


def _header_text(value: Any, where: str) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " ".join(value)
    if not isinstance(value, str):
        raise ValueError(f"{where} is not a text")
    return value
