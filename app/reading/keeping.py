"""Readings as compact JSON for the store, their few quoted words apart, so that those alone are sealed."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any

from app.cadence.thread import Promise, Signals, Stage
from app.reading.facts import InboundReading, Kind, Matter, OutboundReading

Reading = InboundReading | OutboundReading

FORMAT = 1
_QUOTED = {(Promise, "quote"), (InboundReading, "question")}
_KEPT: dict[type, tuple[tuple[str, object], ...]] = {
    kind: tuple((field.name, field.default) for field in fields(kind) if (kind, field.name) not in _QUOTED)
    for kind in (InboundReading, OutboundReading, Promise, Signals, Matter)
}
"""The fields kept in the open, with what they usually are."""
_KEPT[OutboundReading] = _KEPT[OutboundReading][1:] + _KEPT[OutboundReading][:1]  # signals last
_NAMES_IN = tuple(name for name, _ in _KEPT[InboundReading] if name not in ("promise", "matter"))
_NAMES_OUT = tuple(name for name, _ in _KEPT[Signals] if name != "signature")
_TOLD_IN = attrgetter(*_NAMES_IN)
_TOLD_OUT = attrgetter(*_NAMES_OUT)
SIGNED = '"signature":['
"""What stands before the numbers of a signature."""
_WAYS = {"in": InboundReading, "out": OutboundReading}


def reading_to_json(reading: Reading) -> str:
    """One JSON object without defaults and quoted words: `{"v": 1, "way": "in", …}`. A signature stands last.

    Raises TypeError for what no reader of mail makes.
    """
    form, numbers = form_of(reading)
    return form % numbers


def form_of(reading: Reading) -> tuple[str, tuple[int, ...]]:
    """The same as a form with `%d` in place of each number of its signature, and the numbers.

    A signature is like no other's, a form is mostly like another's: the same forms are the same object.
    """
    if isinstance(reading, OutboundReading):
        signals = reading.signals
        numbers = signals.signature
        return _outbound(_TOLD_OUT(signals), len(numbers), reading.cue, reading.forward, reading.matter), numbers
    promise = reading.promise
    promised = (promise.start, promise.end, promise.invites) if promise else None
    return _inbound(_TOLD_IN(reading), promised, reading.matter), ()


def words_to_json(reading: Reading) -> str:
    """The quoted words of a reading (promise, question) as JSON, empty when there are none; meant to be sealed."""
    if not isinstance(reading, InboundReading):
        return ""
    quote = reading.promise.quote if reading.promise else ""
    words = {"promise": quote, "question": reading.question}
    kept = {name: text for name, text in words.items() if text}
    return _dump(kept) if kept else ""


def reading_from_json(text: str, words: str = "") -> Reading:
    """The reading again, with its quoted words where they were kept. Raises ValueError for anything else."""
    try:
        stored = json.loads(text)
        kind = _WAYS[stored["way"]]
        reading: Reading = kind(**_revived(stored))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is no stored reading: {error}") from error
    return _quoted(reading, json.loads(words)) if words else reading


def _quoted(reading: Reading, words: dict[str, str]) -> Reading:
    if isinstance(reading, OutboundReading):
        return reading
    promise = replace(reading.promise, quote=words.get("promise", "")) if reading.promise else None
    return replace(reading, promise=promise, question=words.get("question", ""))


@lru_cache(maxsize=4_096)
def _inbound(told: tuple[Any, ...], promise: tuple[date | None, date | None, bool] | None, matter: Matter) -> str:
    promised = Promise(promise[0], promise[1], invites=promise[2]) if promise else None
    reading = InboundReading(**dict(zip(_NAMES_IN, told, strict=True)), promise=promised, matter=matter)
    return _form({"v": FORMAT, "way": "in", **_plain(reading)})


@lru_cache(maxsize=4_096)
def _outbound(told: tuple[Any, ...], count: int, cue: Stage | None, forward: bool, matter: Matter) -> str:
    signals = Signals(**dict(zip(_NAMES_OUT, told, strict=True)), signature=(0,) if count else ())
    form = _form({"v": FORMAT, "way": "out", **_plain(OutboundReading(signals, cue, forward, matter))})
    return form.replace(f"{SIGNED}0", SIGNED + ",".join(["%d"] * count))


def _form(plain: dict[str, Any]) -> str:
    return _dump(plain).replace("%", "%%")


def _plain(value: Reading | Promise | Signals | Matter) -> dict[str, Any]:
    """Every field that is kept in the open and is not as usual."""
    return {name: _scalar(said) for name, usual in _KEPT[type(value)] if (said := getattr(value, name)) != usual}


def _scalar(value: object) -> object:
    if isinstance(value, Promise | Signals | Matter):
        return _plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _revived(stored: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(_WAYS[stored["way"]])}
    return {name: _REVIVE.get(name, _same)(value) for name, value in stored.items() if name in names}


def _same(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _promise(value: dict[str, Any]) -> Promise:
    return Promise(_day(value.get("start")), _day(value.get("end")), invites=value.get("invites", False))


def _signals(value: dict[str, Any]) -> Signals:
    known = {field.name for field in fields(Signals)}
    return Signals(**{name: _same(kept) for name, kept in value.items() if name in known})


def _matter(value: dict[str, Any]) -> Matter:
    return Matter(value.get("job", 0), value.get("private", 0), value.get("industry", ""))


_REVIVE: dict[str, Callable[[Any], Any]] = {
    "kind": Kind,
    "return_date": _day,
    "hold_until": _day,
    "deadline": _day,
    "promise": _promise,
    "cue": Stage,
    "matter": _matter,
    "signals": _signals,
}


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
