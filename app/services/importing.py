"""Importing: an export put back, whole or not at all; what does not fit is named with its line."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.services.errors import Conflict, WrongInput
from app.services.parts import Parts
from app.store import restoring
from app.store.errors import StatementRefused
from app.store.export import FORMAT, TABLES
from app.store.export_records import Record, RecordRefused, checked

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_NAMES = frozenset(table.name for table in TABLES)


@dataclass(slots=True)
class Export:
    """A parsed export: `head` holds what stands beside the tables."""

    head: dict[str, Any] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)


def import_all(parts: Parts, person_id: str, text: str, now: datetime) -> dict[str, int]:
    """Put an export into an Aftertouch that holds nothing yet; how many rows of each table there were.

    Raises WrongInput with the line of what does not fit, and Conflict when something is held already. Either way
    nothing was changed.
    """
    export = read_export(text)
    since = _instant_of(export.head.get("since"))
    try:
        rows = checked(export.records)
    except RecordRefused as error:
        raise WrongInput(f"{error}. Nothing was changed.") from None
    try:
        with parts.database.write(durable=True) as tx:
            if not restoring.is_empty(tx, person_id):
                raise Conflict(
                    "This Aftertouch holds something already. Import into an empty one: another "
                    "AFTERTOUCH_DATA_DIR, or after `aftertouch erase`. Nothing was changed."
                )
            restored = restoring.restore(tx, parts.sealer, person_id, rows, since=since, now=now)
    except StatementRefused:
        raise Conflict("Something in this export is held here for another person. Nothing was changed.") from None
    parts.shelf.forget(person_id)
    return restored


def read_export(text: str) -> Export:
    """Every record with the line it begins on. Raises WrongInput where the text is no export."""
    try:
        export = _parsed(text)
    except json.JSONDecodeError as error:
        raise WrongInput(
            f"Line {error.lineno}, column {error.colno}: not JSON ({error.msg}). Nothing was changed."
        ) from None
    except RecursionError:
        raise WrongInput("This is nested too deeply to be an export. Nothing was changed.") from None
    if export.head.get("format") != FORMAT:
        raise WrongInput(f"This is no export of format {FORMAT}. Nothing was changed.")
    return export


def _parsed(text: str) -> Export:
    export, lines = Export(), _Lines(text)
    at = _expect(text, _skip(text, 0), "{")
    while True:
        name, at = _DECODER.raw_decode(text, _skip(text, at))
        at = _skip(text, _expect(text, _skip(text, at), ":"))
        if name in _NAMES:
            at = _records(text, at, str(name), export, lines)
        else:
            value, at = _DECODER.raw_decode(text, at)
            export.head[str(name)] = value
        at = _skip(text, at)
        if text[at : at + 1] != ",":
            break
        at += 1
    at = _skip(text, _expect(text, at, "}"))
    if at != len(text):
        raise json.JSONDecodeError("Extra data", text, at)
    return export


def _records(text: str, at: int, table: str, export: Export, lines: "_Lines") -> int:
    """Reads the list that begins at `at`; where it ends."""
    at = _skip(text, _expect(text, at, "["))
    if text[at : at + 1] == "]":
        return at + 1
    for number, (begin, end, said) in enumerate(_elements(text, at), start=1):
        record = Record(table, number, lines.of(begin), said if isinstance(said, dict) else {})
        if not isinstance(said, dict):
            raise WrongInput(f"{RecordRefused(record, 'is no object')}. Nothing was changed.")
        export.records.append(record)
        at = end
    return _expect(text, at, "]")


def _elements(text: str, at: int) -> Iterator[tuple[int, int, Any]]:
    """(begin, where the next sign stands, value) of each element of a list."""
    while True:
        begin = _skip(text, at)
        said, at = _DECODER.raw_decode(text, begin)
        at = _skip(text, at)
        yield begin, at, said
        if text[at : at + 1] != ",":
            return
        at += 1


class _Lines:
    """Which line a place is on; places are asked for in order."""

    def __init__(self, text: str) -> None:
        self._text, self._place, self._line = text, 0, 1

    def of(self, place: int) -> int:
        self._line += self._text.count("\n", self._place, place)
        self._place = place
        return self._line


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"Expecting '{sign}'", text, at)
    return at + 1


def _instant_of(said: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        at = None
    if said is not None and (at is None or at.tzinfo is None):
        raise WrongInput("`since` must be an instant such as 2026-11-22T10:00:00+00:00. Nothing was changed.")
    return at
