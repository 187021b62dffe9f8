"""What a person notes of a call they had: dates they were told, and a no."""

from datetime import UTC, datetime
from functools import lru_cache

from app.cadence.thread import Promise
from app.reading.inbound import read_inbound
from app.reading.promises import find_noted_promise
from app.reading.received.letter import open_letter
from app.reading.row_messages import message_of

_LONGEST = 1_000
_SAY_NO = frozenset({"closes", "gave_away", "not_now"})
_ANY_DAY = datetime(2000, 1, 3, tzinfo=UTC)


def promise_noted(note: str, heard: datetime, zone: str = "UTC", *, country: str | None = None) -> Promise:
    """What they said as a date range; a note that names no date is kept as an open promise with its words.

    Raises ValueError for a zone that does not exist.
    """
    return find_noted_promise(note, heard, zone, country=country) or Promise(None, None, note)


@lru_cache(maxsize=1024)
def refuses(note: str) -> bool:
    """Whether the note says that they closed the matter ("he said they took somebody else"), read as their own letter.

    Only where a phrase says so: a note is short, tells of the person's own doings too, and "she took my name" weighs
    like a no. Asked of facts already stored, so the day it was heard on makes no difference.
    """
    if not note.strip():
        return False
    message = message_of({"text": note[:_LONGEST]}, _ANY_DAY)
    letter = open_letter(message)
    said = not letter.is_english or not letter.kinds.isdisjoint(_SAY_NO)
    return said and read_inbound(message).closure
