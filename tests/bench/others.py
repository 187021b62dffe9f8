"""Mail that has nothing to do with the search: newsletters by the hundred thousand, put straight into the tables."""

from app.store.packing import pack
from tests.bench.store import Filled

_SHARED = (
    "INSERT OR IGNORE INTO correspondents (mailbox, address) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
    "FROM n WHERE i < 499) SELECT 1, 'list' || i || '@mail.example' FROM n",
    "INSERT OR IGNORE INTO senders (mailbox, correspondent, name_print) SELECT 1, id, '' FROM correspondents "
    "WHERE address LIKE 'list%@mail.example'",
    "INSERT OR IGNORE INTO circles (mailbox, digest) VALUES (1, 1)",
    "INSERT OR IGNORE INTO circle_people (circle, role, correspondent, mailbox) SELECT c.id, 'to', a.id, 1 "
    "FROM circles c, correspondents a WHERE c.digest = 1 AND a.address = 'ana@example.com'",
)
_MAIL = """
INSERT INTO mail (mailbox, provider_id, thread, key, at, outbound, for_company, present, sender, circle, folder,
  reader_version, reading)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}),
  lists AS (SELECT s.id, row_number() OVER () - 1 AS place FROM senders s
    JOIN correspondents c ON c.id = s.correspondent WHERE c.address LIKE 'list%@mail.example')
SELECT 1, random(), random(), random(), m.at - i, 0, 0, 1, lists.id, c.id, 'other', m.reader_version, X'{reading}'
FROM n JOIN lists ON lists.place = i % 500, (SELECT * FROM mail LIMIT 1) m, (SELECT id FROM circles WHERE digest = 1) c
"""


def among_others(filled: Filled, count: int) -> None:
    """So many more, each from one of 500 lists to the person. SQLite only."""
    reading = pack('{"v":1,"way":"in","kind":"list"}').hex()
    with filled.database.write() as tx:
        for statement in (*_SHARED, _MAIL.format(count=count, reading=reading)):
            tx.exec_driver_sql(statement)
