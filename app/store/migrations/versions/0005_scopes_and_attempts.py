"""What each device token may do, and how often somebody knocked where little is proven yet."""

import sqlalchemy as sa
from alembic import op

from app.store.instants import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("scopes", sa.String(200), nullable=True))
    op.create_table(
        "attempts",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
    )
