"""Stored mail, laid out tightly: what many messages share is kept once and told by a number.

A mailbox, an address, a sender (an address under a name), a circle (everybody in To, Cc and Bcc) and a link are rows of
their own. Long names are eight bytes (app/store/packing.py), and whole in `names` where those do not give them back. A
thread goes by the id of the letter it began with, as Gmail's do: a letter whose `thread` is null began one (0: it lies
in none). The views at the end of tables.py tell the same in words, as it is exported.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.columns import RowId, metadata, of_account, of_person
from app.store.instants import Instant
from app.store.packing import FolderName, Packed


def _number(name: str, of: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, RowId, ForeignKey(f"{of}.id", ondelete="CASCADE"), nullable=nullable)


def _key(name: str, of: str) -> Column[int]:
    return Column(name, RowId, ForeignKey(f"{of}.id", ondelete="CASCADE"), primary_key=True)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    of_account(),
    of_person(),
    UniqueConstraint("account_id"),
    Index("ix_mailboxes_person", "person_id"),
)

correspondents = Table(
    "correspondents",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    _number("mailbox", "mailboxes"),
    Column("address", String(320), nullable=False),
    Column("company", String(320)),
    UniqueConstraint("mailbox", "address"),
    Index("ix_correspondents_company", "mailbox", "company", **_where("company IS NOT NULL")),
)

senders = Table(
    "senders",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("mailbox", RowId, nullable=False),
    _number("correspondent", "correspondents"),
    Column("name", LargeBinary),
    Column("name_print", String(16), nullable=False, default=""),
    Column("name_hash", String(16)),
    UniqueConstraint("correspondent", "name_print"),
    Index("ix_senders_name", "mailbox", "name_hash", **_where("name_hash IS NOT NULL")),
)

circles = Table(
    "circles",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    _number("mailbox", "mailboxes"),
    Column("digest", BigInteger, nullable=False),
    UniqueConstraint("mailbox", "digest"),
)

circle_people = Table(
    "circle_people",
    metadata,
    _key("circle", "circles"),
    Column("role", String(4), primary_key=True),
    Column("correspondent", RowId, primary_key=True),
    Column("mailbox", RowId, nullable=False),
    Index("ix_circle_people_correspondent", "correspondent", "circle", "role"),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    _number("mailbox", "mailboxes"),
    Column("link", Text, nullable=False),
    UniqueConstraint("mailbox", "link"),
)

mail = Table(
    "mail",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    _number("mailbox", "mailboxes"),
    Column("provider_id", BigInteger, nullable=False),
    Column("thread", BigInteger),
    Column("key", BigInteger, nullable=False),
    Column("names", Text),
    Column("at", Instant, nullable=False),
    Column("outbound", Boolean, nullable=False),
    Column("for_company", Boolean, nullable=False, default=False),
    Column("present", Boolean, nullable=False, default=True),
    Column("sender", RowId, nullable=False),
    Column("circle", RowId),
    Column("failed", RowId),
    Column("link", RowId),
    Column("folder", FolderName, nullable=False),
    Column("reader_version", SmallInteger, nullable=False),
    Column("reading", Packed, nullable=False),
    Column("sender_name", LargeBinary),
    Column("subject", LargeBinary),
    Column("quote", LargeBinary),
    UniqueConstraint("mailbox", "provider_id"),
    Index("ix_mail_thread", "thread", **_where("thread IS NOT NULL")),
    Index("ix_mail_sender", "sender"),
    Index("ix_mail_circle", "circle", **_where("circle IS NOT NULL")),
    Index("ix_mail_failed", "failed", **_where("failed IS NOT NULL")),
)

mail_references = Table(
    "mail_references",
    metadata,
    _key("message_id", "mail"),
    Column("key", BigInteger, primary_key=True),
    Column("mailbox", RowId, nullable=False),
    Column("name", String(32)),
    Index("ix_mail_references_key", "key"),
    sqlite_with_rowid=False,
)
