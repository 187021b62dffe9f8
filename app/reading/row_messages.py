"""A message out of a row: what the connectors deliver for real mail."""

from datetime import datetime

from app.reading.received.parts import words_of_parts
from app.reading.received.undoing import undone, words_undone
from app.reading.rows import Row, headers_of, people_of, person_of, text_of
from connectors.message import Address, Message

_LONGEST_IDS = 20_000


def message_of(row: Row, at: datetime, *, key: str = "row", where: str = "") -> Message:
    """The message a row describes, received or sent at `at`. Raises ValueError for a value of a wrong type."""
    headers = headers_of(row, where=where)
    sender = text_of(row, "from", where=where, default="")
    references = f"{headers.get('references', '')} {headers.get('in-reply-to', '')}"[:_LONGEST_IDS]
    return Message(
        provider_message_id=key,
        provider_thread_id="",
        at=at,
        sender=person_of(words_undone(sender)) if sender else None,
        to=people_of(row, "to", where=where),
        cc=people_of(row, "cc", where=where),
        bcc=people_of(row, "bcc", where=where),
        reply_to=_reply_to(headers.get("reply-to", "")),
        subject=words_undone(text_of(row, "subject", where=where, default="")),
        message_id=headers.get("message-id"),
        references=tuple(references.replace(",", " ").split()),
        text=undone(_words(row, where)),
        headers=headers,
    )


def _words(row: Row, where: str) -> str:
    try:
        return words_of_parts(text_of(row, "text", where=where, default=""))
    except LookupError as error:
        raise ValueError(f"{where}text is in a character set nobody knows") from error


def _reply_to(written: str) -> tuple[Address, ...]:
    return (person_of(written),) if "@" in written else ()
