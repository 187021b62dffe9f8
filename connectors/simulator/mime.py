"""Writes RFC 5322 messages from plain parts; the one place that knows how bytes of mail are put together."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

Person = tuple[str, str]


def address(person: Person) -> Address:
    name, where = person
    local, _, domain = where.partition("@")
    return Address(name, local, domain)


def message_id(key: str, domain: str) -> str:
    return f"<{sha256(key.encode()).hexdigest()[:24]}@{domain}>"


def head(
    sender: Person, to: Iterable[Person], subject: str, at: datetime, *, headers: Mapping[str, str] | None = None
) -> EmailMessage:
    """A message without a body. `headers` come as they are; a Message-ID among them replaces the made one."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = address(sender)
    letter["To"] = [address(person) for person in to]
    letter["Subject"] = subject
    letter["Date"] = format_datetime(at)
    extra = dict(headers or {})
    domain = sender[1].partition("@")[2]
    letter["Message-ID"] = extra.pop("Message-ID", "") or message_id(f"{sender}{subject}{at}", domain)
    for name, value in extra.items():
        letter[name] = value
    return letter
