"""Every table of the first release."""

import sqlalchemy as sa
from alembic import op

from app.store.instants import Instant
from app.store.tables import RowId

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("calendar_hash", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("calendar_hash", name="uq_people_calendar_hash"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("next_action", sa.Text(), nullable=False),
        sa.Column("state_since", Instant(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("secret_version", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("cursor", sa.LargeBinary(), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=True),
        sa.Column("progress_total", sa.Integer(), nullable=True),
        sa.Column("newest_message_at", Instant(), nullable=True),
        sa.Column("covered_since", Instant(), nullable=True),
        sa.Column("as_of", Instant(), nullable=True),
        sa.Column("deep_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_accounts_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("person_id", "provider", "subject", name="uq_accounts_person_id_provider_subject"),
    )
    op.create_table(
        "audit",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_audit_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_person", "audit", ["person_id", "id"])
    op.create_table(
        "device_codes",
        sa.Column("device_code_hash", sa.String(64), nullable=False),
        sa.Column("user_code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("decided", sa.String(10), nullable=True),
        sa.Column("polled_at", Instant(), nullable=True),
        sa.Column("slower", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_device_codes_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_code_hash", name="pk_device_codes"),
        sa.UniqueConstraint("user_code", name="uq_device_codes_user_code"),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_devices_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("token_hash", name="uq_devices_token_hash"),
    )
    op.create_index("ix_devices_person", "devices", ["person_id"])
    op.create_table(
        "link_flows",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("flow", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_link_flows_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("state_hash", name="pk_link_flows"),
    )
    op.create_table(
        "recipients",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("stage", sa.String(16), nullable=True),
        sa.Column("muted_at", Instant(), nullable=True),
        sa.Column("merged_into", sa.String(32), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_recipients_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recipients"),
    )
    op.create_index(
        "ix_recipients_merged",
        "recipients",
        ["person_id", "merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_recipients_person", "recipients", ["person_id", "id"])
    op.create_table(
        "rule_switches",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_rule_switches_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "rule", name="pk_rule_switches"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sessions_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_sign_in_links_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_links"),
    )
    op.create_table(
        "account_addresses",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_account_addresses_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_account_addresses_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "address", name="pk_account_addresses"),
    )
    op.create_index("ix_account_addresses_person", "account_addresses", ["person_id", "address"])
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("recipient_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("subject_key", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_corrections_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name="fk_corrections_recipient_id_recipients", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_person", "corrections", ["person_id", "at"])
    op.create_index("ix_corrections_recipient_id", "corrections", ["recipient_id"])
    op.create_table(
        "dead_letters",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("provider_message_id", sa.String(512), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("reader_version", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_dead_letters_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "provider_message_id", name="pk_dead_letters"),
    )
    op.create_table(
        "logged_touches",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("recipient_id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("mood", sa.String(8), nullable=True),
        sa.Column("note_promise", sa.LargeBinary(), nullable=True),
        sa.Column("promise_start", sa.String(10), nullable=True),
        sa.Column("promise_end", sa.String(10), nullable=True),
        sa.Column("promise_invites", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.String(200), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("deleted_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_logged_touches_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name="fk_logged_touches_recipient_id_recipients", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_logged_touches"),
        sa.UniqueConstraint("person_id", "idempotency_key", name="uq_logged_touches_person_id_idempotency_key"),
    )
    op.create_index("ix_logged_touches_recipient_id", "logged_touches", ["recipient_id"])
    op.create_table(
        "messages",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("provider_message_id", sa.String(512), nullable=False),
        sa.Column("provider_thread_id", sa.String(512), nullable=False),
        sa.Column("message_key", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outbound", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.String(320), nullable=False),
        sa.Column("sender_name", sa.LargeBinary(), nullable=True),
        sa.Column("name_hash", sa.String(16), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("quote", sa.LargeBinary(), nullable=True),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("reader_version", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(10), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_messages_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_messages_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("account_id", "provider_message_id", name="uq_messages_account_id_provider_message_id"),
    )
    op.create_index(
        "ix_messages_name",
        "messages",
        ["person_id", "name_hash"],
        sqlite_where=sa.text("name_hash IS NOT NULL"),
        postgresql_where=sa.text("name_hash IS NOT NULL"),
    )
    op.create_index("ix_messages_thread", "messages", ["account_id", "provider_thread_id"])
    op.create_table(
        "recipient_addresses",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("recipient_id", sa.String(32), nullable=False),
        sa.Column("name_hash", sa.String(16), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_recipient_addresses_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipients.id"],
            name="fk_recipient_addresses_recipient_id_recipients",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "address", name="pk_recipient_addresses"),
    )
    op.create_index("ix_recipient_addresses_recipient_id", "recipient_addresses", ["recipient_id"])
    op.create_table(
        "sync_jobs",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("want", sa.Integer(), nullable=False),
        sa.Column("want_deep", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("done_deep", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("deep_due_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_sync_jobs_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_sync_jobs"),
    )
    op.create_index("ix_sync_jobs_due", "sync_jobs", ["due_at"])
    op.create_table(
        "message_people",
        sa.Column("message_id", RowId, nullable=False),
        sa.Column("role", sa.String(4), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_message_people_message_id_messages", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_message_people_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "role", "address", name="pk_message_people"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_people_address", "message_people", ["person_id", "address", "at", "role", "message_id"])
    op.create_table(
        "message_references",
        sa.Column("message_id", RowId, nullable=False),
        sa.Column("message_key", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_message_references_message_id_messages", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_message_references_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "message_key", name="pk_message_references"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_references_key", "message_references", ["person_id", "message_key"])
