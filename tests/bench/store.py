"""The store: inserting beside raw executemany, bytes a message, and the read behind one advice from 10^4 to 10^5."""

import gc
import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from app.cadence.thread import Signals
from app.reading.facts import InboundReading, Kind, Matter, OutboundReading
from app.reading.people import organisation
from app.store import accounts, message_facts, messages, people, recipients
from app.store.advice_facts import advice_facts
from app.store.database import Database
from app.store.sealing import Keyring, Sealer
from connectors.contract import Grant
from connectors.gmail.normalise import link_to
from tests.bench.figure import Figure, interleaved

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ME = "ana@example.com"
TRIES = 5
_GROW = (
    "INSERT INTO correspondents SELECT id + i * 1000000, mailbox, i || '-' || address, NULL FROM n, correspondents",
    "INSERT INTO circles SELECT id + i * 1000000, mailbox, random() FROM n, circles",
    "INSERT INTO circle_people SELECT circle + i * 1000000, role, correspondent + i * 1000000, mailbox "
    "FROM n, circle_people",
    "INSERT INTO mail SELECT id + i * {count}, mailbox, random(), (coalesce(thread, provider_id) >> 20) + (i << 44), "
    "random(), names, at, outbound, for_company, present, sender, circle + i * 1000000, failed, link, folder, "
    "reader_version, reading, sender_name, subject, quote FROM n, mail",
    "INSERT INTO recipients SELECT i || '-' || id, person_id, name, stage, muted_at, merged_into, created_at "
    "FROM n, recipients",
    "INSERT INTO recipient_addresses SELECT person_id, i || '-' || address, i || '-' || recipient_id, name_hash "
    "FROM n, recipient_addresses",
)  # fmt: skip
_LAID = ("mailboxes", "correspondents", "senders", "circles", "circle_people", "links", "mail", "mail_references")
_LUCK = Random(20261123)


class Filled:
    """A store, SQLite unless `url` names another: `count` messages to `count // 20` recipients, three a company."""

    def __init__(self, folder: str, count: int, *, sealed: bool = True, url: str = "") -> None:
        self.path = Path(folder) / f"{count}{sealed}.sqlite3"
        self.url = url or f"sqlite:///{self.path}"
        self.database = Database.open(self.url, across_people=True)
        self.database.migrate()
        self.sealer = Sealer(Keyring.new())
        grant = Grant("sub", ME, "{}")
        with self.database.write() as tx:
            self.person_id = people.sole_person(tx, NOW)
            self.account_id = accounts.link(
                tx, self.sealer, person_id=self.person_id, provider="google", grant=grant, now=NOW
            )
            accounts.add_addresses(tx, self.person_id, self.account_id, {ME}, NOW)
        self.empty = 0 if url else self.path.stat().st_size
        self.rows = [self._row(number, count, sealed) for number in range(count)]

    def _row(self, number: int, count: int, sealed: bool) -> messages.NewMessage:
        recipients = max(1, count // 20)
        who = number * 7919 % recipients
        thread = _named("id", number % recipients)  # by its first letter, as Gmail's are
        return messages.NewMessage(
            person_id=self.person_id,
            account_id=self.account_id,
            provider_message_id=_named("id", number),
            provider_thread_id=thread,
            message_key=_named("key", number),
            at=NOW - timedelta(minutes=number * 7919 % count),
            outbound=True,
            sender=ME,
            reading=OutboundReading(_signals(number)),
            reader_version=1,
            people=(("to", f"p{who}@{'acme' if who < 3 else f'c{who // 3}'}.example", ""),),
            subject=f"Application {who}" if sealed else "",
            folder="sent",
            link=link_to(thread, ME),
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
    yield _inserting(small)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as beside:
        grown, few = Filled(folder, small), Filled(beside, small)
        grown.fill()
        few.fill()
        grown.grow(times)
        far, near = interleaved(grown.look, few.look, times=200)
        flat = Figure(f"facts for one advice, {small * (times + 1):,} messages", far * 1e6, "us")
        yield flat.beside(f"at {small:,} messages", near * 1e6, "<= 1.3").of_row(4, gate=1.6)
    yield weight(weighed)


def _inserting(count: int) -> Figure:
    """The best of five each, in turn. What other groups left in memory is not looked through meanwhile."""
    organisation(ME)  # the public suffixes are read once in a process
    gc.collect()
    gc.freeze()
    took, raw = zip(*(_inserted(count) for _ in range(TRIES)), strict=True)
    inserted = Figure("messages inserted a CPU second", count / min(took), "1/s")
    return inserted.beside("raw executemany, same tables", count / min(raw), ">= 0.4").of_row(6, gate=0.2)


def _inserted(count: int) -> tuple[float, float]:
    """CPU seconds through the store, and of the same rows by nothing but executemany."""
    with tempfile.TemporaryDirectory() as folder:
        store = Filled(folder, count)
        took = store.fill()
        return took, _raw(folder, store)


def plan() -> Iterator[Figure]:
    """How the rows about a recipient are found: by an index that holds all that is asked, never by a walk."""
    with tempfile.TemporaryDirectory() as folder:
        store = Filled(folder, 1_000)
        store.fill()
        steps = store.plan()
    covered = any("mail USING COVERING INDEX ix_mail_circle" in step for step in steps)
    yield Figure.at_least("recipient's letters from a covering index", covered, "", 1).of_row(4, gate=1)
    walks = sum(step.startswith("SCAN mail") for step in steps)
    yield Figure.at_most("walks through a whole table", walks, "", 0).of_row(4, gate=0)


def weight(count: int) -> Figure:
    """A mailbox as people have it, not as a search for work alone has it: see `mixed`."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Filled(folder, count, sealed=False)
        bare.rows = [mixed(row, number) for number, row in enumerate(bare.rows)]
        bare.fill(2_000)
        bare.database.checkpoint_erasure()
        held = (bare.path.stat().st_size - bare.empty) / count
    return Figure.at_most("bytes a message, subject and quote left out", held, "bytes", 160).of_row(5, gate=250)


def mixed(row: messages.NewMessage, number: int) -> messages.NewMessage:
    """Of ten mails two are sent, three are answers under a name, five are of 300 lists; each with its own thread, or
    three to a thread where people talk; answers name what they answer."""
    if number % 10 < 2:
        return row
    ((_, other, _),) = row.people
    if number % 10 < 5:
        reading = InboundReading(asks=("call",) if number % 2 else (), matter=Matter(job=number % 7))
        answered = (_named("key", number - number % 10),)
        told = {"reading": reading, "reference_keys": answered, "sender": other, "sender_name": "Dana Smith"}
        return replace(row, outbound=False, people=(("to", ME, "Ana"),), folder="inbox", **told)  # type: ignore[arg-type]
    thread, sender = row.provider_message_id, f"news{number % 300}@list{number % 150}.example"
    told = {"reading": InboundReading(kind=Kind.LIST, matter=Matter(private=number % 4)), "sender": sender}
    told |= {"provider_thread_id": thread, "link": link_to(thread, ME), "sender_name": f"News {number % 300}"}
    return replace(row, outbound=False, people=(("to", ME, "Ana"),), folder="inbox", **told)  # type: ignore[arg-type]


def _named(kind: str, number: int) -> str:
    """16 hexadecimal digits, as Gmail and our message keys have them."""
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:16]


def _signals(number: int) -> Signals:
    """Of a letter of some length: its shingles are numbers up to 2^20."""
    shingles = tuple(sorted(_LUCK.sample(range(1 << 20), 12)))
    return Signals(language="en", words=20 + number % 90, asks_for_news=True, empty=True, signature=shingles)


def _raw(folder: str, like: Filled) -> float:
    """CPU seconds for the same rows into the same tables with the same indexes, by nothing but executemany."""
    filled = sqlite3.connect(like.path)
    bare = sqlite3.connect(Path(folder) / "raw.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        bare.execute(f"PRAGMA {pragma}")
    ours = f"tbl_name IN ({','.join('?' * len(_LAID))})"
    laid = f"{ours} AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
    for (sql,) in filled.execute(f"SELECT sql FROM sqlite_master WHERE {laid}", _LAID):
        bare.execute(sql)
    rows = {name: filled.execute(f"SELECT * FROM {name}").fetchall() for name in _LAID}
    batches = len(like.rows) // 100
    start = time.process_time()
    for number in range(batches):
        bare.execute("BEGIN IMMEDIATE")
        for name, held in rows.items():
            some = held[len(held) * number // batches : len(held) * (number + 1) // batches]
            if some:
                bare.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(some[0]))})", some)
        bare.execute("COMMIT")
    took = time.process_time() - start
    bare.close()
    filled.close()
    return took
