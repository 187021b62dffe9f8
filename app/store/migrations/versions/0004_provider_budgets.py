"""What all processes together have asked of a provider in the running window."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_budgets",
        sa.Column("provider", sa.String(16), primary_key=True),
        sa.Column("period", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
    )
