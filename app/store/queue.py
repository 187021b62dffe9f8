"""The tables procrastinate keeps beside ours on PostgreSQL: made once, looked at, and swept after killed processes."""

from sqlalchemy import Connection, Select, text

from app.store.database import Database, wait_alone


def prepare(database: Database, schema: str) -> None:
    """Make the tables unless they are there; of several processes that start at once one does."""
    with database.write(durable=True) as tx:
        wait_alone(tx)
        if tx.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is None:
            tx.connection.driver_connection.execute(schema, prepare=False)  # type: ignore[union-attr]


def unnamed(tx: Connection, due: Select[str]) -> list[str]:
    """Those of these mailboxes that no waiting job names."""
    found: list[str] = list(tx.execute(due).scalars())
    waiting = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:due)")
    named = set(tx.execute(waiting, {"due": found}).scalars())
    return [account_id for account_id in found if account_id not in named]


def forget_abandoned(database: Database) -> int:
    """Delete the jobs that processes left behind when they were killed; how many. They stand in nobody's way."""
    abandoned = text("DELETE FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL")
    with database.write() as tx:
        return tx.execute(abandoned).rowcount
