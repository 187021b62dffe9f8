"""Message keys: a letter has one key in every folder and mailbox, and an answer names the keys it answers."""

import hashlib
from collections.abc import Iterable

from connectors.message import Message

_MOST_REFERENCES = 200


def message_key(message: Message) -> str:
    """16 hex digits: of the Message-ID where there is one, else of sender, recipients, minute and subject."""
    named = _bare(message.message_id or "")
    return _digest("id", named) if named else _digest("letter", *_marks(message))


def reference_keys(message: Message) -> tuple[str, ...]:
    """The keys of the messages this one answers, oldest first, without doubles (In-Reply-To and References)."""
    answered = message.headers.get("in-reply-to", "").split()
    return keys_of((*message.references, *answered[:_MOST_REFERENCES]))


def keys_of(message_ids: Iterable[str]) -> tuple[str, ...]:
    """The message keys of bare or bracketed Message-IDs; empty ones are dropped, at most 200 are kept."""
    bare = dict.fromkeys(named for named in map(_bare, message_ids) if named)
    return tuple(_digest("id", named) for named in list(bare)[-_MOST_REFERENCES:])


def _bare(message_id: str) -> str:
    return message_id.strip().strip("<>").strip()[:998]


def _marks(message: Message) -> list[str]:
    sender = message.sender.address if message.sender else ""
    to = sorted(address.address for address in message.to)
    minute = message.at.replace(second=0, microsecond=0).isoformat()
    return [sender, *to, minute, " ".join(message.subject.split())]


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]
