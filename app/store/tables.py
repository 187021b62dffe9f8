"""Every table, once. Facts only: what a verdict is made of is stored, the verdict never is.

All instants are aware UTC. LargeBinary columns hold AES-256-GCM ciphertext bound to table, row and column
(app/store/sealing.py). `name_hash` is a keyed hash of a full display name of two or more words: it finds the
same name behind another address and cannot be read back.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.columns import RowId, metadata, nobodys, of_person, views
from app.store.instants import Instant
from app.store.mail_tables import (
    circle_people,
    circles,
    correspondents,
    links,
    mail,
    mail_references,
    mailboxes,
    senders,
)
from app.store.packing import FolderName, Packed

__all__ = [
    "RowId", "circle_people", "circles", "correspondents", "links", "mail", "mail_references", "mailboxes", "metadata",
    "nobodys", "senders",
]  # fmt: skip

people = Table(
    "people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("calendar_hash", String(64), unique=True),
    Column("leaving_at", Instant),
    Column("facts_version", BigInteger, nullable=False, default=0, server_default="0"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    of_person(),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    of_person(),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String(32), primary_key=True),
    of_person(),
    Column("name", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Column("scopes", String(200)),
    Index("ix_devices_person", "person_id"),
)

device_codes = Table(
    "device_codes",
    metadata,
    Column("device_code_hash", String(64), primary_key=True),
    Column("user_code", String(16), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("person_id", String(32), ForeignKey("people.id", ondelete="CASCADE")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("decided", String(10)),
    Column("polled_at", Instant),
    Column("slower", Integer, nullable=False, default=0),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    of_person(),
    Column("provider", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("address", String(320), nullable=False),
    Column("state", String(32), nullable=False),
    Column("state_reason", Text, nullable=False, default=""),
    Column("next_action", Text, nullable=False, default=""),
    Column("state_since", Instant, nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("secret_version", Integer, nullable=False, default=1),
    Column("scopes", Text, nullable=False, default=""),
    Column("cursor", LargeBinary),
    Column("progress_done", Integer),
    Column("progress_total", Integer),
    Column("newest_message_at", Instant),
    Column("covered_since", Instant),
    Column("as_of", Instant),
    Column("deep_at", Instant),
    Column("granted_at", Instant),
    Column("expires_at", Instant),
    Column("renewing_until", Instant),
    UniqueConstraint("person_id", "provider", "subject"),
)

account_addresses = Table(
    "account_addresses",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("address", String(320), primary_key=True),
    of_person(),
    Column("first_seen", Instant, nullable=False),
    Index("ix_account_addresses_person", "person_id", "address"),
)

link_flows = Table(
    "link_flows",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    of_person(),
    Column("provider", String(16), nullable=False),
    Column("flow", LargeBinary, nullable=False),
    Column("account_id", String(32)),
    Column("expires_at", Instant, nullable=False),
)

_MERGED = text("merged_into IS NOT NULL")

recipients = Table(
    "recipients",
    metadata,
    Column("id", String(32), primary_key=True),
    of_person(),
    Column("name", LargeBinary),
    Column("stage", String(16)),
    Column("muted_at", Instant),
    Column("merged_into", String(32)),
    Column("created_at", Instant, nullable=False),
    Index("ix_recipients_person", "person_id", "id"),
    Index("ix_recipients_merged", "person_id", "merged_into", sqlite_where=_MERGED, postgresql_where=_MERGED),
)

recipient_addresses = Table(
    "recipient_addresses",
    metadata,
    Column("person_id", String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("recipient_id", String(32), ForeignKey("recipients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name_hash", String(16)),
)

logged_touches = Table(
    "logged_touches",
    metadata,
    Column("id", String(32), primary_key=True),
    of_person(),
    Column("recipient_id", String(32), ForeignKey("recipients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(10), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("mood", String(8)),
    Column("note_promise", LargeBinary),
    Column("promise_start", String(10)),
    Column("promise_end", String(10)),
    Column("promise_invites", Boolean, nullable=False, default=False),
    Column("idempotency_key", String(200)),
    Column("created_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    UniqueConstraint("person_id", "idempotency_key"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", String(32), primary_key=True),
    of_person(),
    Column("recipient_id", String(32), ForeignKey("recipients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("subject_key", String(64), nullable=False, default=""),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Index("ix_corrections_person", "person_id", "at"),
)

rule_switches = Table(
    "rule_switches",
    metadata,
    Column("person_id", String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("rule", String(40), primary_key=True),
)

sync_jobs = Table(
    "sync_jobs",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("want", Integer, nullable=False, default=1),
    Column("want_deep", Integer, nullable=False, default=0),
    Column("done", Integer, nullable=False, default=0),
    Column("done_deep", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("fence", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Instant),
    Column("deep_due_at", Instant),
    Column("watched_since", Instant),
    Column("watched_until", Instant),
    Column("watch_due_at", Instant),
    Column("pushed_at", Instant),
    Column("in_hand", String(512)),
    Index("ix_sync_jobs_due", "due_at"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("provider_message_id", String(512), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("reader_version", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    of_person(),
    Column("at", Instant, nullable=False),
    Column("what", String(40), nullable=False),
    Column("about", String(64), nullable=False, default=""),
    Index("ix_audit_person", "person_id", "id"),
)

provider_budgets = Table(
    "provider_budgets",
    nobodys,
    Column("provider", String(16), primary_key=True),
    Column("period", BigInteger, nullable=False),
    Column("units", BigInteger, nullable=False),
)

attempts = Table(
    "attempts",
    nobodys,
    Column("name", String(40), primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

places = Table(
    "places",
    nobodys,
    Column("name", String(48), primary_key=True),
    Column("holder", String(16), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("wanted", Boolean, nullable=False),
)


def _of(whose: Table) -> Column[str]:
    return Column("person_id" if whose is people else "account_id", String(32), ForeignKey(whose.c.id), nullable=False)


messages = Table(
    "messages",
    views,
    Column("id", RowId, primary_key=True, nullable=False),
    _of(people),
    _of(accounts),
    Column("provider_message_id", String(512), nullable=False),
    Column("provider_thread_id", String(512), nullable=False),
    Column("message_key", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("outbound", Boolean, nullable=False),
    Column("sender", String(320), nullable=False),
    Column("sender_name", LargeBinary),
    Column("sender_known_as", LargeBinary),
    Column("name_print", String(16)),
    Column("name_hash", String(16)),
    Column("subject", LargeBinary),
    Column("quote", LargeBinary),
    Column("reading", Packed, nullable=False),
    Column("reader_version", Integer, nullable=False),
    Column("folder", FolderName, nullable=False),
    Column("present", Boolean, nullable=False, default=True),
    Column("link", Text, nullable=False, default=""),
    UniqueConstraint("account_id", "provider_message_id"),
)

message_people = Table(
    "message_people",
    views,
    Column("message_id", RowId, ForeignKey(messages.c.id), primary_key=True),
    Column("role", String(4), primary_key=True),
    Column("address", String(320), primary_key=True),
    _of(people),
    Column("at", Instant, nullable=False),
)

message_references = Table(
    "message_references",
    views,
    Column("message_id", RowId, ForeignKey(messages.c.id), primary_key=True),
    Column("message_key", String(32), primary_key=True),
    _of(people),
)

told = tuple(
    table
    for table in (*metadata.sorted_tables, *views.sorted_tables)
    if table is not mailboxes and "mailbox" not in table.c
)
"""What a person is told about: mail as its views tell it, everything else as it lies."""
