"""The store: inserting beside raw executemany, bytes a message, and the read behind one advice from 10^4 to 10^5."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.cadence.thread import Signals
from app.reading.facts import OutboundReading
from app.store import accounts, message_facts, messages, people, recipients
from app.store.advice_facts import advice_facts
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from connectors.contract import Grant
from tests.bench.figure import Figure, seconds

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
READING = OutboundReading(Signals(language="en", words=24, asks_for_news=True, empty=True))

_GROW = (
    "INSERT INTO messages SELECT id + i * {count}, person_id, account_id, i || '-' || provider_message_id, "
    "i || '-' || provider_thread_id, i || '-' || message_key, at, outbound, sender, sender_name, name_hash, subject, "
    "quote, reading, reader_version, folder, present, link FROM n, messages",
    "INSERT INTO message_people SELECT message_id + i * {count}, role, i || '-' || address, person_id, at "
    "FROM n, message_people",
    "INSERT INTO recipients SELECT i || '-' || id, person_id, name, stage, muted_at, merged_into, created_at "
    "FROM n, recipients",
    "INSERT INTO recipient_addresses SELECT person_id, i || '-' || address, i || '-' || recipient_id, name_hash "
    "FROM n, recipient_addresses",
)  # fmt: skip


class Filled:
    """A store, SQLite unless `url` names another: `count` messages to `count // 20` recipients, three a company."""

    def __init__(self, folder: str, count: int, *, sealed: bool = True, url: str = "") -> None:
        self.path = Path(folder) / f"{count}{sealed}.sqlite3"
        self.url = url or f"sqlite:///{self.path}"
        self.database = Database.open(self.url, across_people=True)
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

    def grow(self, times: int) -> None:
        """So many times as many messages again, to and about other recipients."""
        with self.database.write() as tx:
            tx.exec_driver_sql(
                "CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                f"WHERE i < {times}) SELECT i FROM n"
            )
            for statement in _GROW:
                tx.exec_driver_sql(statement.format(count=len(self.rows)))
            tx.exec_driver_sql("DROP TABLE n")

    def plan(self) -> list[str]:
        """How SQLite goes about the facts for one advice."""
        with self.database.read() as tx:
            asked = message_facts._ABOUT.sql(tx.dialect)
            told = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (None,) * asked.count("?")).all()
        return [str(row[3]) for row in told]

    def look(self) -> None:
        with self.database.read() as tx:
            advice_facts(tx, self.sealer, self.person_id, ("p1@acme.example",))


def figures(small: int = 10_000, times: int = 99, weighed: int = 20_000) -> Iterator[Figure]:
    """From `small` messages to so many times more; `weighed` are put on the scales."""
    yield from plan()
    with tempfile.TemporaryDirectory() as folder:
        store = Filled(folder, small)
        raw, took = _raw(folder, store), store.fill()
        inserted = Figure("messages inserted a CPU second", small / took, "1/s")
        yield inserted.beside("raw executemany", small / raw, ">= 0.4").of_row(6, gate=0.2)
        near = seconds(store.look, times=200) * 1e6
        store.grow(times)
        far = Figure(
            f"facts for one advice, {small * (times + 1):,} messages", seconds(store.look, times=200) * 1e6, "us"
        )
        yield far.beside(f"at {small:,} messages", near, "<= 1.3").of_row(4, gate=1.6)
    yield weight(weighed)


def plan() -> Iterator[Figure]:
    """How the rows about a recipient are found: by an index that holds all that is asked, never by a walk."""
    with tempfile.TemporaryDirectory() as folder:
        store = Filled(folder, 1_000)
        store.fill()
        steps = store.plan()
    covered = any("COVERING INDEX ix_message_people_address" in step for step in steps)
    yield Figure.at_least("recipient's letters from a covering index", covered, "", 1).of_row(4, gate=1)
    walks = sum(step.startswith("SCAN message") for step in steps)
    yield Figure.at_most("walks through a whole table", walks, "", 0).of_row(4, gate=0)


def weight(count: int) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        bare = Filled(folder, count, sealed=False)
        bare.fill(2_000)
        bare.database.checkpoint_erasure()
        held = (bare.path.stat().st_size - bare.empty) / count
    return Figure.at_most("bytes a message, subject and quote left out", held, "bytes", 160).of_row(5, gate=250)


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
