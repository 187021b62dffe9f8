"""Attempts on both databases: a window begins with the first knock, and no knock of several processes is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.store import attempts, outdated
from app.store.database import Database
from tests.store.letters import NOW

WINDOW = timedelta(minutes=5)
OVER = NOW + WINDOW


def knock(database: Database, name: str = "a", *, after: timedelta = timedelta(), count: int = 1) -> int:
    with database.write() as tx:
        return attempts.add(tx, name, count, now=NOW + after, window=WINDOW)[1]


def test_a_window_begins_with_the_first_knock_and_ends_five_minutes_later(database: Database) -> None:
    assert [knock(database), knock(database, after=timedelta(minutes=4)), knock(database, "b")] == [1, 2, 1]
    with database.read() as tx:
        assert attempts.counted(tx, "a", NOW + timedelta(minutes=4)) == (NOW, 2)
        assert attempts.counted(tx, "a", OVER) is None
        assert attempts.counted(tx, "c", NOW) is None
    assert knock(database, after=WINDOW, count=3) == 3
    with database.read() as tx:
        assert attempts.counted(tx, "a", OVER) == (OVER, 3)


def test_of_many_knocks_at_once_each_is_counted(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: knock(database), range(20)))
    assert sorted(counts) == list(range(1, 21))


def test_what_is_over_is_swept_with_what_else_has_run_out(database: Database) -> None:
    knock(database)
    knock(database, "b", after=timedelta(minutes=1))
    with database.write() as tx:
        assert outdated.drop_expired(tx, OVER + timedelta(seconds=1)) == 1
        assert attempts.counted(tx, "b", NOW + timedelta(minutes=2)) is not None
