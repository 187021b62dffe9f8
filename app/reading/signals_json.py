"""Signals to JSON and back: the shape the extension sends and the store keeps. Strict, for it stands at a border."""

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from app.cadence.thread import Signals
from app.reading.kinds import ASK_KINDS, VALUE_WEIGHTS

_NAMES = tuple(field.name for field in fields(Signals))
_LONGEST_SIGNATURE = 16
_LONGEST_NAME = 40


def signals_to_json(signals: Signals) -> dict[str, Any]:
    """Every field under its own name, in the order of the class; tuples become lists."""
    values = {name: getattr(signals, name) for name in _NAMES}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def signals_from_json(data: Mapping[str, Any]) -> Signals:
    """The inverse. Absent fields take their defaults. ValueError names an unknown field or one of a wrong type."""
    if unknown := sorted(str(name) for name in data if name not in _NAMES):
        raise ValueError(f"unknown signal: {unknown[0][:_LONGEST_NAME]}")
    return Signals(**{name: _READERS.get(name, _flag)(name, data[name]) for name in _NAMES if name in data})


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"signal {name} must be true or false")


def _language(name: str, value: object) -> str | None:
    if value is None or (isinstance(value, str) and len(value) == 2 and value.isascii() and value.islower()):
        return value
    raise ValueError(f"signal {name} must be null or a two-letter code")


def _count(name: str, value: object) -> int:
    if _is_whole(value, below=1_000_000):
        return value  # type: ignore[return-value]
    raise ValueError(f"signal {name} must be a whole number from 0 to 999999")


def _score(name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 100:
        return float(value)
    raise ValueError(f"signal {name} must be a number from 0 to 100")


def _kinds(name: str, value: object) -> tuple[str, ...]:
    """Only names of the closed lists, each once: no word of a draft can travel as a kind."""
    known = VALUE_WEIGHTS.keys() if name == "value" else ASK_KINDS
    listed = isinstance(value, list) and all(isinstance(item, str) and item in known for item in value)
    if isinstance(value, list) and listed and len(set(value)) == len(value):
        return tuple(value)
    raise ValueError(f"signal {name} must be a list of different known kinds")


def _signature(name: str, value: object) -> tuple[int, ...]:
    if isinstance(value, list) and len(value) <= _LONGEST_SIGNATURE and all(_is_whole(i, below=1 << 32) for i in value):
        return tuple(value)
    raise ValueError(f"signal {name} must be a list of at most {_LONGEST_SIGNATURE} whole numbers below 2^32")


def _is_whole(value: object, *, below: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


_READERS: dict[str, Callable[[str, object], Any]] = {
    "language": _language,
    "words": _count,
    "value": _kinds,
    "value_score": _score,
    "answers": _kinds,
    "signature": _signature,
}
