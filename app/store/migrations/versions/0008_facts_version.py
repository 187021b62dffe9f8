"""A number on each person that is another one after every transaction that changed what advice rests on.

Kept by the database itself, so that no path forgets it, nor an older program beside this one.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BY_PERSON = (
    "account_addresses",
    "corrections",
    "logged_touches",
    "recipient_addresses",
    "recipients",
    "rule_switches",
)
BY_MAILBOX = ("mail", "senders")
CHANGES = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
TOLD_AT_ONCE = ("mail", "senders")
"""What SQLite is told of by `people.mail_arrived`, a page at a time: a trigger for each letter costs a fifth more."""


def upgrade() -> None:
    op.add_column("people", sa.Column("facts_version", sa.BigInteger(), nullable=False, server_default="0"))
    told = _on_postgres() if op.get_bind().dialect.name == "postgresql" else _on_sqlite()
    for sql in told:
        op.execute(sql)


def _owners() -> dict[str, str]:
    of_box = "(SELECT person_id FROM mailboxes WHERE id = {row}.mailbox)"
    return dict.fromkeys(BY_PERSON, "{row}.person_id") | dict.fromkeys(BY_MAILBOX, of_box)


def _on_sqlite() -> Iterator[str]:
    """There is one writer, so counting is enough."""
    for table, owner in _owners().items():
        for change, row in CHANGES.items():
            if table in TOLD_AT_ONCE and change == "INSERT":
                continue
            yield (
                f"CREATE TRIGGER {table}_{change.lower()}_is_told AFTER {change} ON {table} BEGIN\n"
                f"UPDATE people SET facts_version = facts_version + 1 WHERE id = {owner.format(row=row)};\nEND"
            )


def _on_postgres() -> Iterator[str]:
    """The transaction's own number, written once however many rows it changes, and last of all.

    So the person's row is the last that any transaction waits for, and no two can wait for each other.
    """
    version = "pg_current_xact_id()::text::bigint"
    for table, owner in _owners().items():
        for row in ("NEW", "OLD"):
            yield (
                f"CREATE FUNCTION tell_{table}_{row.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608 names of ours
                f"UPDATE people SET facts_version = {version} "
                f"WHERE id = {owner.format(row=row)} AND facts_version <> {version}; RETURN NULL; END $$"
            )
        for change, row in CHANGES.items():
            yield (
                f"CREATE CONSTRAINT TRIGGER {table}_{change.lower()}_is_told AFTER {change} ON {table} "
                f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_{table}_{row.lower()}()"
            )
