"""Migrations, run in process by Alembic; HEAD spares a start that needs none the import of Alembic."""

HEAD = "0008"
VERSION_TABLE = "alembic_version"
