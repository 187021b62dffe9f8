"""One row of `aftertouch read draft`: a draft in, three words and the signals out."""

from collections.abc import Mapping
from typing import Any

from app.cadence.thread import Channel
from app.reading.outbound import draft_verdict, read_draft
from app.reading.signals_json import signals_to_json

LONGEST_TEXT = 1_000_000
"""Characters; a longer row is a mistake in the file rather than a draft."""


def read_draft_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """`{"id", "channel"?, "subject"?, "text"}` to `{"id", "annoyed", "empty", "adds_value", "signals"}`.

    ValueError, in one sentence, for a row without id or text, with a value of a wrong type, an unknown channel or
    a text above LONGEST_TEXT.
    """
    if not isinstance(row.get("id"), str | int) or isinstance(row["id"], bool):
        raise ValueError("id is missing or neither a text nor a whole number")
    signals = read_draft(_channel(row), _text(row, "subject", default=""), _text(row, "text"))
    verdict = draft_verdict(signals)
    return {
        "id": row["id"],
        "annoyed": verdict.annoyed,
        "empty": verdict.empty,
        "adds_value": verdict.adds_value,
        "signals": signals_to_json(signals),
    }


def _channel(row: Mapping[str, Any]) -> str:
    channel = _text(row, "channel", default="email")
    if channel not in set(Channel):
        raise ValueError("channel is none of email, call, voicemail, other")
    return channel


def _text(row: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing or not a text")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{name} is longer than {LONGEST_TEXT} characters")
    return value
