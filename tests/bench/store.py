"""The store: inserting beside raw executemany, bytes a message, and the read behind one advice from 10^4 to 10^5."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.cadence.thread import Signals
from app.reading.facts import OutboundReading
from app.store import accounts, messages, people, recipients
from app.store.advice_facts import advice_facts
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from connectors.contract import Grant
from tests.bench.figure import Figure, seconds

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
READING = OutboundReading(Signals(language="en", words=24, asks_for_news=True, empty=True))


class Filled:
    """A store, SQLite unless `url` names another: `count` messages to `count // 20` recipients, three a company."""

    def __init__(self, folder: str, count: int, *, sealed: bool = True, url: str = "") -> None:
        self.path = Path(folder) / f"{count}{sealed}.sqlite3"
        self.database = Database.open(url or f"sqlite:///{self.path}", across_people=True)
        self.database.migrate()
        self.sealer = Sealer(Keyring.new())
        grant = Grant("sub", "ana@example.com", "{}")
        with self.database.write() as tx:
            self.person_id = people.sole_person(tx, NOW)
            self.account_id = accounts.link(
                tx, self.sealer, person_id=self.person_id, provider="google", grant=grant, now=NOW
            )
            accounts.add_addresses(tx, self.person_id, self.account_id, {"ana@example.com"}, NOW)
        self.empty = 0 if url else self.path.stat().st_size
        self.rows = [self._row(number, count, sealed) for number in range(count)]

    def _row(self, number: int, count: int, sealed: bool) -> messages.NewMessage:
        who = number * 7919 % max(1, count // 20)
        return messages.NewMessage(
            person_id=self.person_id,
            account_id=self.account_id,
            provider_message_id=f"{number:016x}",
            provider_thread_id=f"{who:016x}",
            message_key=f"{number:032x}",
            at=NOW - timedelta(minutes=number * 7919 % count),
            outbound=True,
            sender="ana@example.com",
            reading=READING,
            reader_version=1,
            people=(("to", f"p{who}@{'acme' if who < 3 else f'c{who // 3}'}.example", ""),),
            subject=f"Application {who}" if sealed else "",
            folder="sent",
        )

    def fill(self, batch: int = 100) -> float:
        """CPU seconds to insert everything in batches, each its own transaction."""
        start = time.process_time()
        for place in range(0, len(self.rows), batch):
            with self.database.write() as tx:
                messages.add(tx, self.sealer, self.rows[place : place + batch])
        took = time.process_time() - start
        with self.database.write() as tx:
            recipients.ensure(tx, self.sealer, self.person_id, {row.people[0][1]: "" for row in self.rows}, NOW)
        return took

    def look(self) -> None:
        with self.database.read() as tx:
            advice_facts(tx, self.sealer, self.person_id, ("p1@acme.example",))


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Filled(folder, 10_000), Filled(folder, 100_000)
        raw = _raw(folder, large)
        took = large.fill()
        small.fill()
        yield Figure.at_least("insert through the store / raw executemany", raw / took, "ratio", 0.4)
        yield Figure("messages inserted a CPU second", len(large.rows) / took, "messages")
        near, far = (seconds(store.look, times=200) for store in (small, large))
        yield Figure("facts for one advice, 10^5 messages", far * 1e6, "microseconds")
        yield Figure.at_most("the same at 10^5 / at 10^4 messages", far / near, "ratio", 1.3)
        bare = Filled(folder, 20_000, sealed=False)
        bare.fill(2_000)
        with bare.database.write() as tx:
            tx.exec_driver_sql("SELECT 1")
        bare.database.checkpoint_erasure()
        yield Figure.at_most("bytes a message", (bare.path.stat().st_size - bare.empty) / 20_000, "bytes", 160)


def _raw(folder: str, like: Filled) -> float:
    """CPU seconds for the same facts in one flat table with the same unique key and address index."""
    connection = sqlite3.connect(Path(folder) / "raw.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE m (a, p, t, k, at, o, s, r, v, f, who, subject, UNIQUE (a, p))")
    connection.execute("CREATE INDEX i ON m (who, at)")
    rows = [
        (row.account_id, row.provider_message_id, row.provider_thread_id, row.message_key, row.at.isoformat(), 1,
         row.sender, "{}", 1, row.folder, row.people[0][1], row.subject)
        for row in like.rows
    ]  # fmt: skip
    start = time.process_time()
    for place in range(0, len(rows), 100):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO m VALUES ({','.join('?' * 12)})", rows[place : place + 100])
        connection.execute("COMMIT")
    return time.process_time() - start
