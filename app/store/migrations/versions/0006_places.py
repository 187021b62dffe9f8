"""Which process asks a mailbox now, and which message a sync has in hand."""

import sqlalchemy as sa
from alembic import op

from app.store.instants import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("name", sa.String(48), primary_key=True),
        sa.Column("holder", sa.String(16), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
    )
    op.add_column("sync_jobs", sa.Column("in_hand", sa.String(512), nullable=True))
