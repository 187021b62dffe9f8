"""Records of an export, held against the tables they go to: what does not fit is named with its line."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table, UniqueConstraint

from app.cadence.thread import Stage
from app.reading.facts import CorrectionKind
from app.reading.keeping import reading_from_json, reading_to_json
from app.store.export import KEPT_BACK, TABLES
from app.store.instants import Instant
from app.store.tables import RowId

LONGEST_TEXT = 100_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CHOICES: Mapping[tuple[str, str], frozenset[str]] = {
    ("accounts", "provider"): frozenset({"google", "microsoft"}),
    ("accounts", "state"): frozenset(
        (
            *("linking", "backfilling", "live", "catching_up", "degraded", "throttled", "needs_relink"),
            *("admin_blocked", "missing_permission", "misconfigured", "storage_full", "erasing"),
        )
    ),
    ("recipients", "stage"): frozenset(stage.value for stage in Stage),
    ("logged_touches", "channel"): frozenset({"email", "call", "voicemail", "other"}),
    ("logged_touches", "outcome"): frozenset({"no_answer", "message_left", "spoke"}),
    ("logged_touches", "mood"): frozenset({"calm", "upset"}),
    ("corrections", "kind"): frozenset(kind.value for kind in CorrectionKind),
    ("message_people", "role"): frozenset({"to", "cc", "bcc", "from", "fail", "org"}),
}
_DAYS = frozenset({"promise_start", "promise_end"})
_ALSO_POINTS_AT = {"merged_into": "recipients"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its table, its number there from 1, the line it begins on, and what it says."""

    table: str
    number: int
    line: int
    said: Mapping[str, Any]


class RecordRefused(ValueError):
    """Why a record does not fit, with its place."""

    def __init__(self, record: Record, why: str) -> None:
        super().__init__(f"Line {record.line} ({record.table}, record {record.number}): {why}")


Rows = dict[str, list[dict[str, Any]]]


def checked(records: Iterable[Record]) -> Rows:
    """The rows of each table with instants and numbers as the store wants them. Raises RecordRefused.

    Every value fits its column, no key comes twice, and whatever a record points at is in the export too.
    """
    rows: Rows = {table.name: [] for table in TABLES}
    keys: dict[str, set[tuple[Any, ...]]] = {}
    tables = {table.name: table for table in TABLES}
    for record in sorted(records, key=lambda each: _order(each.table)):
        table = tables[record.table]
        row = _row(table, record)
        for names in _unique(table):
            _put_once(keys.setdefault(f"{table.name}{names}", set()), names, row, record)
        rows[table.name].append(row)
        for name, target in _points_at(table):
            if name != "merged_into" and (row[name],) not in keys.get(f"{target}('id',)", ()):
                raise RecordRefused(record, f"`{name}` points at nothing in {target}")
    _check_merged(rows["recipients"], records)
    return rows


def _order(name: str) -> int:
    return next(place for place, table in enumerate(TABLES) if table.name == name)


def _row(table: Table, record: Record) -> dict[str, Any]:
    known = {column.name: column for column in table.c if column.name not in KEPT_BACK}
    for name in record.said:
        if name not in known:
            raise RecordRefused(record, f"`{name}` is not known")
    row = {}
    for name, column in known.items():
        if name not in record.said:
            row[name] = _absent(column, record)
            continue
        try:
            row[name] = _value(column, record.said[name])
        except (ValueError, TypeError, KeyError) as error:
            raise RecordRefused(record, f"`{name}` {error}") from None
    return row


def _absent(column: Column[Any], record: Record) -> Any:
    """What an older export, made before there was such a column, means by its absence."""
    if column.default is not None and column.default.is_scalar:
        return column.default.arg  # type: ignore[attr-defined]
    if not column.nullable:
        raise RecordRefused(record, f"`{column.name}` is missing")
    return None


def _value(column: Column[Any], said: Any) -> Any:
    if said is None:
        if not column.nullable:
            raise ValueError("must not be null")
        return None
    if isinstance(column.type, LargeBinary):
        return _sealed(said)
    if column.name == "reading":
        return _reading(said)
    if isinstance(column.type, Instant):
        return _instant(said)
    if isinstance(column.type, Boolean):
        return _typed(said, bool, "true or false")
    if isinstance(column.type, Integer) or column.type is RowId:
        return _number(said)
    return _text(column, _typed(said, str, "text"))


def _typed(said: Any, kind: type, words: str) -> Any:
    if not isinstance(said, kind):
        raise ValueError(f"must be {words}")
    return said


def _number(said: Any) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said < 2**62:
        raise ValueError("must be a whole number from 0")
    return said


def _instant(said: Any) -> datetime:
    try:
        at = datetime.fromisoformat(_typed(said, str, "an instant"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError("must be an instant such as 2026-11-22T10:00:00+00:00")
    return at


def _sealed(said: Any) -> str:
    """Text as it was before it was sealed; the quoted words of a reading are an object of texts."""
    if isinstance(said, dict) and all(isinstance(word, str) for word in said.values()):
        return json.dumps(said, ensure_ascii=False)
    if len(_typed(said, str, "text")) > LONGEST_TEXT:
        raise ValueError("is too long")
    return str(said)


def _reading(said: Any) -> str:
    text = json.dumps(_typed(said, dict, "an object"), ensure_ascii=False, separators=(",", ":"))
    try:
        reading_to_json(reading_from_json(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("is not what a reader of mail writes down") from None
    return text


def _text(column: Column[Any], said: str) -> str:
    longest = column.type.length if isinstance(column.type, String) and column.type.length else LONGEST_TEXT
    if len(said) > longest or "\x00" in said:
        raise ValueError(f"must be at most {longest} characters")
    choices = _CHOICES.get((column.table.name, column.name))
    if choices and said not in choices:
        raise ValueError(f"must be one of {', '.join(sorted(choices))}")
    if column.name in _DAYS:
        _day(said)
    if (column.name == "id" or column.foreign_keys) and not _ID.fullmatch(said):
        raise ValueError("is no id")
    if column.name == "link" and not (said == "" or said.startswith("https://")):
        raise ValueError("must be an https address")
    return said


def _day(said: str) -> None:
    try:
        date.fromisoformat(said)
    except ValueError:
        raise ValueError("must be a day such as 2026-11-22") from None


def _unique(table: Table) -> Iterable[tuple[str, ...]]:
    """The columns that may not say the same twice, as far as they are exported."""
    kinds = [table.primary_key, *(each for each in table.constraints if isinstance(each, UniqueConstraint))]
    for constraint in kinds:
        names = tuple(column.name for column in constraint.columns if column.name != "person_id")
        if KEPT_BACK.isdisjoint(names):
            yield names


def _put_once(seen: set[tuple[Any, ...]], names: tuple[str, ...], row: Mapping[str, Any], record: Record) -> None:
    key = tuple(row[name] for name in names)
    if key in seen:
        raise RecordRefused(record, f"{' and '.join(f'`{name}`' for name in names)} came before")
    seen.add(key)


def _points_at(table: Table) -> Iterable[tuple[str, str]]:
    for column in table.c:
        for key in column.foreign_keys:
            if key.column.table.name != "people":
                yield column.name, key.column.table.name
        if column.name in _ALSO_POINTS_AT:
            yield column.name, _ALSO_POINTS_AT[column.name]


def _check_merged(rows: list[dict[str, Any]], records: Iterable[Record]) -> None:
    """A recipient is merged into one that stands by itself: no circles, no chains."""
    roots = {row["id"] for row in rows if row["merged_into"] is None}
    wrong = {row["id"] for row in rows if row["merged_into"] is not None and row["merged_into"] not in roots}
    for record in records:
        if record.table == "recipients" and record.said.get("id") in wrong:
            raise RecordRefused(record, "`merged_into` points at no recipient that stands by itself")
