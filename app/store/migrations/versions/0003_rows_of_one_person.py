"""On PostgreSQL every row is shown to its person alone, or to work that says it acts across people."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OWNED = (
    "account_addresses",
    "accounts",
    "audit",
    "corrections",
    "devices",
    "link_flows",
    "logged_touches",
    "message_people",
    "message_references",
    "messages",
    "recipient_addresses",
    "recipients",
    "rule_switches",
    "sessions",
    "sign_in_links",
)
BY_ACCOUNT = ("dead_letters", "sync_jobs")
ACTING = "(SELECT current_setting('aftertouch.person', true))"
MINE = {
    "people": f"id = {ACTING}",
    "device_codes": f"person_id IS NULL OR person_id = {ACTING}",
    **dict.fromkeys(OWNED, f"person_id = {ACTING}"),
    **dict.fromkeys(BY_ACCOUNT, "account_id IN (SELECT id FROM accounts)"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, mine in MINE.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_one_person ON {table} USING ({ACTING} = '*' OR {mine})")
