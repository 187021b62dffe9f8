"""From a provider's message to the facts that are kept of it; each letter read alone."""

from collections.abc import Iterable, Sequence

import structlog

from app.reading.identity import message_key, reference_keys
from app.reading.inbound import READER_VERSION
from app.reading.read_once import read_once
from app.services.parts import Parts
from app.store import accounts, messages
from app.store.errors import StoreError
from connectors.contract import UNOPENED, Handle, at_will
from connectors.message import Message

log = structlog.get_logger()


def read_letters(
    parts: Parts, account: accounts.Account, own: frozenset[str], batch: Sequence[Message], handle: Handle = at_will
) -> tuple[list[messages.NewMessage], list[tuple[str, str]]]:
    """Rows to be stored, and the provider ids that broke the reader with why; drafts and chats are left out."""
    rows: list[messages.NewMessage] = []
    poisoned: list[tuple[str, str]] = []
    with handle.batch([message.provider_message_id for message in batch]):
        for message in batch:
            if message.is_draft or message.is_chat:
                continue
            read = _opened(parts, account, own, message, handle=handle)
            if isinstance(read, str):
                poisoned.append((message.provider_message_id, read))
            else:
                rows.append(read)
    return rows, poisoned


def _opened(
    parts: Parts, account: accounts.Account, own: frozenset[str], message: Message, *, handle: Handle
) -> messages.NewMessage | str:
    """The row, or why it cannot be read."""
    try:
        with handle(message.provider_message_id) as may_open:
            return as_row(parts, account, own, message) if may_open else UNOPENED
    except StoreError:
        raise
    except Exception as error:
        log.warning("message_unreadable", account=account.id, kind=type(error).__name__)
        return type(error).__name__


def as_row(parts: Parts, account: accounts.Account, own: frozenset[str], message: Message) -> messages.NewMessage:
    """Read one message and keep only its facts. What the mailbox itself sent is mine, from a former alias too."""
    sender = message.sender.address if message.sender else ""
    outbound = sender in own or message.sent_here
    return messages.NewMessage(
        person_id=account.person_id,
        account_id=account.id,
        provider_message_id=message.provider_message_id,
        provider_thread_id=message.provider_thread_id,
        message_key=message_key(message),
        reference_keys=reference_keys(message),
        at=message.at,
        outbound=outbound,
        sender=sender,
        sender_name=message.sender.name if message.sender else "",
        people=tuple(
            (role, person.address, person.name)
            for role, persons in (("to", message.to), ("cc", message.cc), ("bcc", message.bcc))
            for person in persons
        ),
        subject=message.subject,
        reading=read_once(message, outbound=outbound, zone=parts.zone),
        reader_version=READER_VERSION,
        folder=message.folder.value,
        link=message.link,
    )


def addressed(rows: Iterable[messages.NewMessage]) -> dict[str, str]:
    """Address -> display name of everybody the person wrote to; of several names the last, "" where there is none."""
    named: dict[str, str] = {}
    for row in rows:
        for _, address, name in row.people if row.outbound else ():
            named[address] = name or named.get(address, "")
    return named
