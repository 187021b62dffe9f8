"""Where Alembic starts: it runs on the connection it was given and never commits by itself."""

from alembic import context

from app.store.migrations import VERSION_TABLE
from app.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
