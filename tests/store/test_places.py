"""Places at a provider: one process's at a time, handed on when given back, when lapsed, and to whoever waits."""

from datetime import UTC, datetime, timedelta

from app.store import places
from app.store.database import Database

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def take(database: Database, holder: str, seconds: float = 0.0) -> bool | None:
    now = NOW + timedelta(seconds=seconds)
    with database.write() as tx:
        return places.take(tx, "probe:box", holder, now=now, until=now + timedelta(seconds=2))


def give_back(database: Database, holder: str) -> bool:
    with database.write() as tx:
        return places.give_back(tx, "probe:box", holder)


def test_a_place_is_one_process_s_until_it_is_given_back(database: Database) -> None:
    assert take(database, "one") is False
    assert take(database, "other") is None
    assert give_back(database, "other") is False, "what is another's is not given back"
    assert take(database, "other") is None
    assert give_back(database, "one") is True, "somebody waits for it"
    assert take(database, "other") is False


def test_the_place_of_a_killed_process_lapses_after_two_seconds(database: Database) -> None:
    assert take(database, "killed") is False
    assert take(database, "other", seconds=1.9) is None
    assert take(database, "other", seconds=2.0) is False
    assert take(database, "killed", seconds=2.1) is None


def test_a_holder_that_goes_on_learns_that_somebody_waits(database: Database) -> None:
    assert take(database, "one") is False
    assert take(database, "one", seconds=1.5) is False
    assert take(database, "other", seconds=2.5) is None, "it was held two seconds more"
    assert take(database, "one", seconds=3.0) is True
