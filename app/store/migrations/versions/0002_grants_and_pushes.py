"""When a grant ends and who is renewing it; until when a mailbox's news are pushed; since when a person is leaving."""

import sqlalchemy as sa
from alembic import op

from app.store.instants import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = {
    "people": ("leaving_at",),
    "accounts": ("granted_at", "expires_at", "renewing_until"),
    "sync_jobs": ("watched_since", "watched_until", "watch_due_at", "pushed_at"),
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, Instant(), nullable=True))
    op.execute("UPDATE accounts SET granted_at = linked_at")
