"""One row of `aftertouch read inbound`: a received mail in, what it says out."""

from datetime import date
from typing import Any

from app.cadence.thread import Promise
from app.reading.inbound import read_inbound
from app.reading.row_messages import message_of
from app.reading.rows import Row, instant_of, row_id


def read_inbound_row(row: Row) -> dict[str, Any]:
    """`{"id", "received", "from", "subject", "text", "headers"}` to the kind, dates, closure and asks of the mail.

    ValueError, in one sentence, for a row without an id or a received time with its offset, and for values of a
    wrong type.
    """
    name = row_id(row)
    said = read_inbound(message_of(row, instant_of(row, "received")))
    return {
        "id": name,
        "kind": said.kind.value,
        "return_date": _day(said.return_date),
        "promise": _promise(said.promise),
        "closure": said.closure,
        "asks": list(said.asks),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _promise(promise: Promise | None) -> dict[str, str | None] | None:
    return {"start": _day(promise.start), "end": _day(promise.end)} if promise else None
