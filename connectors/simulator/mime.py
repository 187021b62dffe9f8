"""Writes RFC 5322 messages from plain parts; the one place that knows how bytes of mail are put together."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

Person = tuple[str, str]


class _Kinds(HeaderRegistry):
    """The library's own, which makes a class anew for every header that is set, made to remember them."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        if name not in self._made:
            self._made[name] = super().__getitem__(name)
        return self._made[name]


WIRE = SMTP.clone(header_factory=_Kinds())


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
    letter = EmailMessage(policy=WIRE)
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
