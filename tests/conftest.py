"""Fixtures for all folders of tests."""

from tests.postgres import migrated, postgres, postgresql_url

__all__ = ["migrated", "postgres", "postgresql_url"]
