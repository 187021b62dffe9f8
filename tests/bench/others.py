"""Mail that has nothing to do with the search: newsletters by the hundred thousand, put straight into the tables."""

from tests.bench.store import Filled

_MAIL = """
INSERT INTO messages (person_id, account_id, provider_message_id, provider_thread_id, message_key, at, outbound, sender,
  reading, reader_version, folder, present, link)
WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})
SELECT person_id, account_id, 'noise' || i, 'noise' || i, 'noise' || i, at - i, 0,
  'list' || (i % 500) || '@mail.example',
  '{{"v":1,"way":"in","kind":"list"}}', reader_version, 'other', 1, '' FROM n, (SELECT * FROM messages LIMIT 1)
"""
_PEOPLE = """
INSERT INTO message_people (message_id, role, address, person_id, at)
SELECT id, {role}, person_id, at FROM messages WHERE provider_message_id LIKE 'noise%' AND id > {before}
"""


def among_others(filled: Filled, count: int) -> None:
    """So many more, each from one of 500 lists to the person. SQLite only."""
    with filled.database.write() as tx:
        before = tx.exec_driver_sql("SELECT max(id) FROM messages").scalar_one()
        tx.exec_driver_sql(_MAIL.format(first=before + 1, last=before + count))
        for role in ("'from', sender", "'to', 'ana@example.com'"):
            tx.exec_driver_sql(_PEOPLE.format(role=role, before=before))
