"""Message: what a provider holds, normalised. It speaks the mail's language and knows nothing of cadence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Folder(StrEnum):
    SENT = "sent"
    INBOX = "inbox"
    OTHER = "other"
    SPAM = "spam"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class Address:
    """`address` is lower case with an IDNA domain; `name` is display text, never trusted."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a mailbox.

    `at` is the provider's own time (Gmail internalDate, Graph receivedDateTime or sentDateTime), aware UTC.
    `text` and `html` are the decoded bodies, empty when the provider gave none; nothing is cut from them.
    `headers` maps lower-case names to decoded values, only those reading needs. `reports` are the decoded
    machine parts of a delivery or disposition report. `calendar_method` is the iCalendar METHOD or the
    meeting type translated to it. `link` opens the message in the provider's web page. `sent_here` says that the
    provider itself sent it out from this mailbox, whatever From says.
    """

    provider_message_id: str
    provider_thread_id: str
    at: datetime
    sender: Address | None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str | None = None
    references: tuple[str, ...] = ()
    folder: Folder = Folder.OTHER
    is_draft: bool = False
    is_chat: bool = False
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    reports: tuple[str, ...] = ()
    calendar_method: str | None = None
    attachments: tuple[str, ...] = ()
    link: str = ""
    sent_here: bool = False
