"""Old and new processes side by side: migrations only add, and a program works on the tables of a later version."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Executable, column, select, text
from sqlalchemy import table as table_of

from app.reading.facts import InboundReading
from app.reading.keeping import reading_from_json
from app.store import messages, migrations
from app.store.database import Database
from app.store.errors import StoreError
from app.store.instants import Instant
from app.store.migrations import HEAD, VERSION_TABLE
from app.store.migrations.upgrade import _config
from app.store.sealing import Sealer
from app.store.tables import corrections
from tests.store.letters import ANA, DANA, NOW
from tests.store.lives import live

VERSIONS = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
REMOVES = re.compile(r"drop|rename|alter_column|DROP|RENAME|ALTER COLUMN|DELETE FROM")


def upgrade_of(path: Path) -> str:
    """The source of what a migration does on the way up."""
    tree = ast.parse(path.read_text())
    found = [ast.unparse(node) for node in tree.body if getattr(node, "name", "") != "downgrade"]
    return "\n".join(found)


LAID_ANEW = "0007_tight_mail"
"""Takes tables away and leaves views of theirs: below, a program of before reads what it did."""


@pytest.mark.parametrize("path", [path for path in VERSIONS if path.stem != LAID_ANEW], ids=lambda path: path.stem)
def test_a_migration_takes_nothing_away_that_an_older_program_uses(path: Path) -> None:
    assert not REMOVES.findall(upgrade_of(path))


@pytest.mark.parametrize("path", VERSIONS[1:], ids=lambda path: path.stem)
def test_a_new_column_may_stay_empty_or_fills_itself(path: Path) -> None:
    """An older program does not name it when it adds a row."""
    for line in upgrade_of(path).splitlines():
        if "add_column" in line:
            assert "nullable=True" in line or "server_default" in line, line


def test_migrations_are_numbered_in_their_order() -> None:
    numbers = [path.stem[:4] for path in VERSIONS]
    assert numbers == [f"{place:04}" for place in range(1, len(numbers) + 1)]
    assert numbers[-1] == HEAD


FORMER = (
    ("people", {"id": "p" * 32, "created_at": NOW}),
    ("accounts", {"id": "a" * 32, "person_id": "p" * 32, "provider": "google", "subject": "s", "address": ANA,
                  "state": "live", "state_reason": "", "next_action": "", "state_since": NOW, "linked_at": NOW,
                  "secret": b"", "secret_version": 1, "scopes": ""}),
    ("recipients", {"id": "r" * 32, "person_id": "p" * 32, "created_at": NOW}),
    ("corrections", {"id": "c" * 32, "person_id": "p" * 32, "recipient_id": "r" * 32, "kind": "not_a_touch",
                     "subject_key": f"{'1b' * 16}.1", "at": NOW}),
)  # fmt: skip
LETTER = {
    "person_id": "p" * 32, "account_id": "a" * 32, "at": NOW, "reader_version": 3, "folder": "inbox", "present": True,
    "outbound": False, "sender": DANA, "link": "",
}  # fmt: skip


def letters_of_before(sealer: Sealer) -> list[dict[str, object]]:
    """Gmail's with its link told by the thread, Outlook's with long names, and a bounce."""
    inbound = '{"v":1,"way":"in","asks":["call"],"matter":{"job":3}}'
    name = sealer.seal("Dana Smith", table="messages", row=f"{'a' * 32}/19c0ffee19c0ffee", column="sender_name")
    link = "https://mail.google.com/mail/#all/19c0ffee00000001"
    return [
        {**LETTER, "id": 1, "provider_message_id": "19c0ffee00000001", "provider_thread_id": "19c0ffee00000001",
         "message_key": "1b" * 16, "outbound": True, "sender": ANA, "folder": "sent", "link": link,
         "reading": '{"v":1,"way":"out","signals":{"words":9,"signature":[1,22,333]},"cue":"applied"}'},
        {**LETTER, "id": 2, "provider_message_id": "19c0ffee19c0ffee", "provider_thread_id": "19c0ffee00000001",
         "message_key": "f0" * 16, "reading": inbound, "link": link, "sender_name": name, "name_hash": "0" * 16},
        {**LETTER, "id": 7, "provider_message_id": "AAkALgAA" * 12, "provider_thread_id": "AAQkADk0" * 8,
         "message_key": "odd key", "reading": inbound, "link": "https://outlook.office365.com/owa/?ItemID=x"},
        {**LETTER, "id": 8, "provider_message_id": "fedcba9876543210", "provider_thread_id": "", "present": False,
         "message_key": "9a" * 16, "reading": '{"v":1,"way":"in","kind":"bounce","failed_address":"rita@acme.example"}',
         "sender": "mailer-daemon@mx.example"},
    ]  # fmt: skip


PEOPLE_OF_BEFORE = [
    (1, "to", DANA), (1, "cc", "rita@acme.example"), (2, "to", ANA), (2, "from", DANA), (2, "org", "@acme.example"),
    (7, "to", ANA), (7, "from", DANA), (8, "to", ANA), (8, "from", "mailer-daemon@mx.example"),
    (8, "fail", "rita@acme.example"),
]  # fmt: skip


def put(tx: Connection, table: str, row: dict[str, object]) -> None:
    """Typed as the former tables were."""
    kinds = {"at": Instant(), "created_at": Instant(), "state_since": Instant(), "linked_at": Instant()}
    columns = [column(name, kinds.get(name)) for name in row]  # type: ignore[arg-type]
    tx.execute(table_of(table, *columns).insert().values(row))


def of_before(database: Database, sealer: Sealer) -> None:
    """A store as the version before left it."""
    with database.write(durable=True) as tx:
        command.upgrade(_config(tx), "0006")
    with database.write(durable=True) as tx:
        for table, row in FORMER:
            put(tx, table, dict(row))
        for letter in letters_of_before(sealer):
            put(tx, "messages", letter)
        for number, role, address in PEOPLE_OF_BEFORE:
            told = {"message_id": number, "role": role, "address": address, "person_id": "p" * 32, "at": NOW}
            put(tx, "message_people", told)
        put(tx, "message_references", {"message_id": 2, "message_key": "1b" * 16, "person_id": "p" * 32})


@pytest.fixture(params=["sqlite", "postgresql"])
def former(request: pytest.FixtureRequest, tmp_path: Path, sealer: Sealer) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'former.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("disposable_url")
    database = Database.open(url, across_people=True)
    of_before(database, sealer)
    yield database
    database.close()


def test_mail_of_before_is_told_as_it_was_and_goes_on_counting(former: Database, sealer: Sealer) -> None:
    former.migrate()
    with former.write() as tx:
        stored = messages.of_person(tx, sealer, "p" * 32)
        again = messages.NewMessage(
            **{name: LETTER[name] for name in ("person_id", "account_id", "outbound", "sender")},  # type: ignore[arg-type]
            provider_message_id="19c0ffee19c0ffee",
            provider_thread_id="19c0ffee00000001",
            message_key=("f0" * 16)[:16],
            at=NOW,
            reading=InboundReading(),
            reader_version=3,
        )
        assert messages.add(tx, sealer, [again]) == 0
        assert messages.add(tx, sealer, [replace(again, provider_message_id="19c0ffee19c0fff0")]) == 1
        assert len(messages.of_person(tx, sealer, "p" * 32)) == 5
        told = {one.number: one for one in stored}
        about = {one.number for one in messages.for_addresses(tx, sealer, "p" * 32, [DANA])}
        pointed_at = tx.execute(select(corrections.c.subject_key)).scalar_one()
        assert messages.by_key(tx, sealer, "p" * 32, pointed_at) is not None
        assert messages.by_key(tx, sealer, "p" * 32, f"{'1b' * 16}.1") is not None
    assert sorted(told) == [1, 2, 7, 8]
    assert about == {1, 2, 7, 9}
    for letter in letters_of_before(sealer):
        one = told[int(str(letter["id"]))]
        assert one.fact.reading == reading_from_json(str(letter["reading"]))
        assert one.fact.thread_key.removeprefix(f"{'a' * 32}:") == letter["provider_thread_id"]
        assert (one.link, one.present, one.fact.folder) == (letter["link"], letter["present"], letter["folder"])
        assert (one.fact.outbound, one.fact.sender) == (letter["outbound"], letter["sender"])
    assert told[2].fact.sender_name == "Dana Smith"
    assert told[2].fact.reference_keys == (told[1].fact.message_key,)
    assert told[1].fact.people == (DANA, "rita@acme.example")


def test_a_web_server_of_before_reads_on(former: Database) -> None:
    """What it asks for, in its own words, before and after: the same but for the length of the keys."""
    asked = (
        "SELECT m.id, m.account_id, m.provider_message_id, m.provider_thread_id, m.outbound, m.sender, "
        "m.present, m.link, substr(m.message_key, 1, 16), m.reader_version FROM messages m JOIN message_people p "
        "ON p.message_id = m.id WHERE p.person_id = '{0}' AND p.address = 'dana@acme.example' ORDER BY m.id, p.role",
        "SELECT message_id, role, address, person_id, at FROM message_people ORDER BY 1, 2, 3",
        "SELECT message_id, substr(message_key, 1, 16), person_id FROM message_references",
    )
    if former.backend == "postgresql":
        asked += ("SELECT id, reading, folder, at, sender_name, name_hash FROM messages ORDER BY id",)

    def seen() -> list[list[tuple[object, ...]]]:
        with former.read() as tx:
            return [[tuple(row) for row in tx.exec_driver_sql(sql.format("p" * 32))] for sql in asked]

    before = seen()
    former.migrate()
    assert seen() == before
    assert all(before)


def test_a_worker_of_before_is_refused_and_nothing_of_its_page_stays(former: Database, sealer: Sealer) -> None:
    """In its own words, after it has moved its cursor: so a worker of now is given the same page again."""
    former.migrate()
    letter = letters_of_before(sealer)[0] | {"id": 99, "provider_message_id": "19c0ffee00000099"}
    words = (
        table_of("messages", *map(column, letter)).insert().values({**letter, "at": None}),
        text("UPDATE messages SET folder = 'trash', present = false WHERE id = 1"),
        text("DELETE FROM messages WHERE account_id = 'a'"),
        text("INSERT INTO message_people VALUES (1, 'to', 'eve@acme.example', 'p', NULL)"),
    )

    def page_of_before(statement: Executable) -> None:
        with former.write() as tx:
            tx.execute(text("UPDATE accounts SET state_reason = 'moved on'"))
            tx.execute(statement)

    for statement in words:
        with pytest.raises(StoreError):  # a worker puts off what meets one
            page_of_before(statement)
    with former.read() as tx:
        assert tx.execute(text("SELECT state_reason FROM accounts")).scalar_one() == ""
        assert sorted(one.number for one in messages.of_person(tx, sealer, "p" * 32)) == [1, 2, 7, 8]


def a_version_later(database: Database) -> None:
    """What a next version's migration might do."""
    with database.write(durable=True) as tx:
        tx.execute(text("ALTER TABLE mail ADD COLUMN mood VARCHAR(10)"))
        tx.execute(text("ALTER TABLE sync_jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0"))
        tx.execute(text("CREATE TABLE moods (id INTEGER PRIMARY KEY)"))
        tx.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_program_starts_reads_and_writes_on_the_tables_of_a_later_version(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, sealer: Sealer
) -> None:
    url = f"sqlite:///{tmp_path / 'later.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("disposable_url")
    database = Database.open(url, across_people=True)
    database.migrate()
    before = live(database, sealer, "ana@example.com", "ana")
    a_version_later(database)
    assert database.at_head()
    database.migrate()
    after = live(database, sealer, "bob@example.com", "bob")
    with database.read() as tx:
        for mailbox in (before, after):
            assert len(messages.of_person(tx, sealer, mailbox.person)) == 6
    database.close()
