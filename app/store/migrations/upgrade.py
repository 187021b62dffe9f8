"""Bring the tables to HEAD on a connection whose transaction the caller owns."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(tx: Connection) -> None:
    command.upgrade(_config(tx), "head")


def _config(tx: Connection) -> Config:
    config = Config(attributes={"connection": tx})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
