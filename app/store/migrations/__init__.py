"""Migrations, run in process by Alembic; HEAD spares a start that needs none the import of Alembic."""

HEAD = "0007"
VERSION_TABLE = "alembic_version"
