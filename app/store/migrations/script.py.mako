"""${message}."""

import sqlalchemy as sa
from alembic import op

from app.store.instants import Instant
from app.store.tables import RowId

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
