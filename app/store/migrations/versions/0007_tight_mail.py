"""Mail laid out tightly: what many messages share is kept once and told by a number; views tell it as before.

A program of the version before reads on through the views, and on PostgreSQL writes through them too: what it adds is
taken apart by triggers. SQLite knows no INSERT ... ON CONFLICT on a view, but there a store has one program.
"""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.reading.people import organisation
from app.store import packing
from app.store.instants import Instant
from app.store.packing import FolderName, Packed
from app.store.tables import RowId

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FORMER = ("message_references", "message_people", "messages")
ACTING = "(SELECT current_setting('aftertouch.person', true))"
THEIRS = f"IN (SELECT id FROM mailboxes WHERE person_id = {ACTING})"  # noqa: S608
BY_MAILBOX = ("correspondents", "senders", "circles", "circle_people", "links", "mail", "mail_references")


def upgrade() -> None:
    tx = op.get_bind()
    on_postgres = tx.dialect.name == "postgresql"
    _create()
    _prepare(tx, on_postgres)
    joined = "string_agg" if on_postgres else "group_concat"
    for sql in CARRIED_OVER:
        op.execute(sql.replace("{joined}", f"{joined}(p.role || ' ' || p.address, ',')"))
    if on_postgres:
        op.execute("SELECT setval(pg_get_serial_sequence('mail', 'id'), coalesce(max(id), 1)) FROM mail")
    _name_companies(tx)
    for table in FORMER:
        op.drop_table(table)
    for name, sql in VIEWS.items():
        told = sql if on_postgres else _in_sqlite(sql)
        op.execute(f"CREATE VIEW {name}{' WITH (security_invoker = true)' if on_postgres else ''} AS {told}")
    if on_postgres:
        _guard()


def _prepare(tx: sa.Connection, on_postgres: bool) -> None:
    """The functions below speak of."""
    if on_postgres:
        for head, body in FUNCTIONS.items():
            op.execute(f"CREATE FUNCTION {head} LANGUAGE sql IMMUTABLE AS $$ SELECT {body} $$")
        return
    connection: Any = tx.connection.driver_connection
    for name, arguments, work in (
        ("mail_short", 1, packing.short),
        ("mail_key", 1, packing.todays_key),
        ("mail_template", 2, packing.template),
        ("mail_names", 4, _names),
        ("mail_pack", 1, packing.pack),
        ("mail_folder", 1, packing.folder_number),
        ("mail_digest", 1, packing.digest),
    ):
        connection.create_function(name, arguments, work)


def _names(provider_id: str, thread: str, key: str, link: str) -> str | None:
    told = {"id": provider_id, "thread": thread if thread != provider_id else "", "key": key}
    long = {name: text for name, text in told.items() if not packing.stands_for_itself(text)}
    return packing.names_to_json(**long, link="" if packing.template(link, thread) else link)


def _name_companies(tx: sa.Connection) -> None:
    addresses = tx.execute(sa.text("SELECT DISTINCT address FROM correspondents")).scalars().all()
    companies = [{"a": one, "c": f"@{name}"} for one in addresses if (name := organisation(one))]
    if companies:
        tx.execute(sa.text("UPDATE correspondents SET company = :c WHERE address = :a"), companies)


def _in_sqlite(sql: str) -> str:
    sql = re.sub(r"mail_whole\(([a-z._]+)\)", r"printf('%016x', \1)", sql)
    return re.sub(r"mail_name\(m.names, ('[a-z]+')\)", lambda one: f"json_extract(m.names, '$.{one[1][1:-1]}')", sql)


def _guard() -> None:
    for table, mine in {"mailboxes": f"person_id = {ACTING}", **dict.fromkeys(BY_MAILBOX, f"mailbox {THEIRS}")}.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_one_person ON {table} USING ({ACTING} = '*' OR {mine})")


def _id() -> sa.Column[Any]:
    return sa.Column("id", RowId, primary_key=True, autoincrement=True)


def _number(name: str, of: str) -> sa.Column[Any]:
    return sa.Column(name, RowId, sa.ForeignKey(f"{of}.id", ondelete="CASCADE"), nullable=False)


def _create() -> None:
    names = op.get_context().opts["target_metadata"].naming_convention
    made = sa.MetaData(naming_convention=names)
    for table in ("people", "accounts"):
        sa.Table(table, made, sa.Column("id", sa.String(32), primary_key=True))
    sa.Table(
        "mailboxes",
        made,
        _id(),
        sa.Column("account_id", sa.String(32), sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person_id", sa.String(32), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.UniqueConstraint("account_id"),
        sa.Index("ix_mailboxes_person", "person_id"),
    )
    sa.Table(
        "correspondents",
        made,
        _id(),
        _number("mailbox", "mailboxes"),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("company", sa.String(320)),
        sa.UniqueConstraint("mailbox", "address"),
        sa.Index("ix_correspondents_company", "mailbox", "company", **_where("company IS NOT NULL")),
    )
    sa.Table(
        "senders",
        made,
        _id(),
        sa.Column("mailbox", RowId, nullable=False),
        _number("correspondent", "correspondents"),
        sa.Column("name", sa.LargeBinary()),
        sa.Column("name_print", sa.String(16), nullable=False),
        sa.Column("name_hash", sa.String(16)),
        sa.UniqueConstraint("correspondent", "name_print"),
        sa.Index("ix_senders_name", "mailbox", "name_hash", **_where("name_hash IS NOT NULL")),
    )
    sa.Table(
        "circles",
        made,
        _id(),
        _number("mailbox", "mailboxes"),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("mailbox", "digest"),
    )
    sa.Table(
        "circle_people",
        made,
        sa.Column("circle", RowId, sa.ForeignKey("circles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", sa.String(4), primary_key=True),
        sa.Column("correspondent", RowId, primary_key=True),
        sa.Column("mailbox", RowId, nullable=False),
        sa.Index("ix_circle_people_correspondent", "correspondent", "circle", "role"),
        sqlite_with_rowid=False,
    )
    sa.Table(
        "links",
        made,
        _id(),
        _number("mailbox", "mailboxes"),
        sa.Column("link", sa.Text(), nullable=False),
        sa.UniqueConstraint("mailbox", "link"),
    )
    sa.Table(
        "mail",
        made,
        _id(),
        _number("mailbox", "mailboxes"),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("thread", sa.BigInteger()),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("names", sa.Text()),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outbound", sa.Boolean(), nullable=False),
        sa.Column("for_company", sa.Boolean(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("sender", RowId, nullable=False),
        sa.Column("circle", RowId),
        sa.Column("failed", RowId),
        sa.Column("link", RowId),
        sa.Column("folder", FolderName(), nullable=False),
        sa.Column("reader_version", sa.SmallInteger(), nullable=False),
        sa.Column("reading", Packed(), nullable=False),
        sa.Column("sender_name", sa.LargeBinary()),
        sa.Column("subject", sa.LargeBinary()),
        sa.Column("quote", sa.LargeBinary()),
        sa.UniqueConstraint("mailbox", "provider_id"),
        sa.Index("ix_mail_thread", "thread", **_where("thread IS NOT NULL")),
        sa.Index("ix_mail_sender", "sender"),
        sa.Index("ix_mail_circle", "circle", **_where("circle IS NOT NULL")),
        sa.Index("ix_mail_failed", "failed", **_where("failed IS NOT NULL")),
    )
    sa.Table(
        "mail_references",
        made,
        sa.Column("message_id", RowId, sa.ForeignKey("mail.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.BigInteger(), primary_key=True),
        sa.Column("mailbox", RowId, nullable=False),
        sa.Column("name", sa.String(32)),
        sa.Index("ix_mail_references_key", "key"),
        sqlite_with_rowid=False,
    )
    made.create_all(op.get_bind(), [one for one in made.sorted_tables if one.name not in ("people", "accounts")], False)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


FUNCTIONS = {
    "mail_short(name text) RETURNS bigint": "CASE WHEN name ~ '^[0-9a-f]{16}$' THEN ('x' || name)::bit(64)::bigint "
    "ELSE ('x' || substr(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint END",
    "mail_whole(number bigint) RETURNS text": "lpad(to_hex(number), 16, '0')",
    "mail_key(key text) RETURNS text": "CASE WHEN key ~ '^[0-9a-f]{32}$' THEN substr(key, 1, 16) ELSE key END",
    "mail_template(link text, thread text) RETURNS text": "CASE WHEN thread ~ '^[0-9a-f]{16}$' AND "
    "position('{}' in link) = 0 AND length(link) - length(replace(link, thread, '')) = 16 "
    "THEN replace(link, thread, '{}') END",
    "mail_name(names text, name text) RETURNS text": "names::json ->> name",
    "mail_long(name text) RETURNS text": "CASE WHEN name !~ '^[0-9a-f]{16}$' THEN nullif(name, '') END",
    "mail_names(id text, thread text, key text, link text) RETURNS text": "nullif(json_strip_nulls(json_build_object("
    "'id', mail_long(id), 'thread', mail_long(nullif(thread, id)), 'key', mail_long(key), 'link', "
    "CASE WHEN mail_template(link, thread) IS NULL THEN nullif(link, '') END))::text, '{}')",
    "mail_pack(reading text) RETURNS text": "reading",
    "mail_folder(name text) RETURNS text": "name",
    "mail_digest(people text) RETURNS bigint": "mail_short((SELECT string_agg(one, E'\\n' ORDER BY one COLLATE \"C\") "
    "FROM regexp_split_to_table(people, ',') one))",
}
CARRIED_OVER = (
    "INSERT INTO mailboxes (account_id, person_id) SELECT id, person_id FROM accounts ORDER BY linked_at, id",
    "INSERT INTO correspondents (mailbox, address) SELECT b.id, x.address FROM mailboxes b JOIN ("
    "SELECT account_id, sender AS address FROM messages UNION SELECT m.account_id, p.address FROM messages m "
    "JOIN message_people p ON p.message_id = m.id WHERE p.role <> 'org') x "
    "ON x.account_id = b.account_id ORDER BY 1, 2",
    # Sealed names stay with their message, for they open nowhere else; what they hash to is the sender's.
    "INSERT INTO senders (mailbox, correspondent, name_print, name_hash) SELECT DISTINCT b.id, c.id, "
    "coalesce('~' || substr(m.name_hash, 2), ''), m.name_hash FROM messages m JOIN mailboxes b "
    "ON b.account_id = m.account_id JOIN correspondents c ON c.mailbox = b.id AND c.address = m.sender",
    "CREATE TEMPORARY TABLE circle_of AS SELECT x.message_id, x.mailbox, mail_digest(x.people) AS digest FROM ("
    "SELECT m.id AS message_id, b.id AS mailbox, {joined} AS people "
    "FROM messages m JOIN mailboxes b ON b.account_id = m.account_id JOIN message_people p ON p.message_id = m.id "
    "WHERE p.role IN ('to', 'cc', 'bcc') GROUP BY m.id, b.id) x",
    "CREATE INDEX temporary_circle_of ON circle_of (message_id)",
    "INSERT INTO circles (mailbox, digest) SELECT DISTINCT mailbox, digest FROM circle_of",
    "INSERT INTO circle_people (circle, role, correspondent, mailbox) SELECT DISTINCT o.id, p.role, c.id, o.mailbox "
    "FROM circle_of x JOIN circles o ON o.mailbox = x.mailbox AND o.digest = x.digest JOIN message_people p "
    "ON p.message_id = x.message_id AND p.role IN ('to', 'cc', 'bcc') JOIN correspondents c "
    "ON c.mailbox = x.mailbox AND c.address = p.address",
    "INSERT INTO links (mailbox, link) SELECT DISTINCT b.id, mail_template(m.link, m.provider_thread_id) "
    "FROM messages m JOIN mailboxes b ON b.account_id = m.account_id "
    "WHERE mail_template(m.link, m.provider_thread_id) IS NOT NULL",
    "INSERT INTO mail (id, mailbox, provider_id, thread, key, names, at, outbound, for_company, present, sender, "
    "circle, failed, link, folder, reader_version, reading, sender_name, subject, quote) "
    "SELECT m.id, b.id, mail_short(m.provider_message_id), "
    "CASE WHEN m.provider_thread_id = m.provider_message_id THEN NULL WHEN m.provider_thread_id = '' THEN 0 "
    "ELSE mail_short(m.provider_thread_id) END, "
    "mail_short(mail_key(m.message_key)), "
    "mail_names(m.provider_message_id, m.provider_thread_id, mail_key(m.message_key), m.link), m.at, m.outbound, "
    "EXISTS (SELECT 1 FROM message_people p WHERE p.message_id = m.id AND p.role = 'org'), m.present, s.id, o.id, "
    "(SELECT min(f.id) FROM message_people p JOIN correspondents f ON f.mailbox = b.id "
    "AND f.address = p.address WHERE p.message_id = m.id AND p.role = 'fail'), l.id, "
    "mail_folder(m.folder), m.reader_version, "
    "mail_pack(m.reading), m.sender_name, m.subject, m.quote FROM messages m "
    "JOIN mailboxes b ON b.account_id = m.account_id "
    "JOIN correspondents c ON c.mailbox = b.id AND c.address = m.sender "
    "JOIN senders s ON s.correspondent = c.id AND s.name_print = coalesce('~' || substr(m.name_hash, 2), '') "
    "LEFT JOIN circle_of x ON x.message_id = m.id LEFT JOIN circles o ON o.mailbox = b.id AND o.digest = x.digest "
    "LEFT JOIN links l ON l.mailbox = b.id AND l.link = mail_template(m.link, m.provider_thread_id) ORDER BY m.id",
    "INSERT INTO mail_references (message_id, key, mailbox, name) SELECT DISTINCT r.message_id, "
    "mail_short(mail_key(r.message_key)), m.mailbox, CASE WHEN length(r.message_key) < 32 THEN r.message_key END "
    "FROM message_references r JOIN mail m ON m.id = r.message_id",
    "UPDATE corrections SET subject_key = substr(subject_key, 1, 16) || substr(subject_key, 33) "
    "WHERE subject_key LIKE '________________________________.%'",
    "DROP TABLE circle_of",
)
_PROVIDER_ID = "coalesce(mail_name(m.names, 'id'), mail_whole(m.provider_id))"
_THREAD = f"CASE WHEN m.thread IS NULL THEN {_PROVIDER_ID} WHEN m.thread = 0 THEN '' " + (
    "ELSE coalesce(mail_name(m.names, 'thread'), mail_whole(m.thread)) END"
)
_OF_MAIL = "FROM mail m JOIN mailboxes b ON b.id = m.mailbox"
_SENDER = "JOIN senders s ON s.id = m.sender JOIN correspondents c ON c.id = s.correspondent"
VIEWS = {
    "messages": f"SELECT m.id, b.person_id, b.account_id, {_PROVIDER_ID} AS provider_message_id, "
    f"{_THREAD} AS provider_thread_id, "
    "coalesce(mail_name(m.names, 'key'), mail_whole(m.key)) AS message_key, m.at, m.outbound, c.address AS sender, "
    "m.sender_name, s.name AS sender_known_as, s.name_print, s.name_hash, m.subject, "
    "m.quote, m.reading, m.reader_version, m.folder, m.present, "
    f"coalesce(mail_name(m.names, 'link'), replace(l.link, '{{}}', {_THREAD}), '') AS link "
    f"{_OF_MAIL} {_SENDER} LEFT JOIN links l ON l.id = m.link",
    "message_people": f"SELECT m.id AS message_id, p.role, c.address, b.person_id, m.at {_OF_MAIL} "
    "JOIN circle_people p ON p.circle = m.circle JOIN correspondents c ON c.id = p.correspondent UNION ALL "
    f"SELECT m.id, 'from', c.address, b.person_id, m.at {_OF_MAIL} {_SENDER} WHERE NOT m.outbound UNION ALL "
    f"SELECT m.id, 'org', c.company, b.person_id, m.at {_OF_MAIL} {_SENDER} "
    "WHERE m.for_company AND c.company IS NOT NULL UNION ALL "
    f"SELECT m.id, 'fail', c.address, b.person_id, m.at {_OF_MAIL} JOIN correspondents c ON c.id = m.failed",
    "message_references": "SELECT r.message_id, coalesce(r.name, mail_whole(r.key)) AS message_key, b.person_id "
    "FROM mail_references r JOIN mailboxes b ON b.id = r.mailbox",
}
