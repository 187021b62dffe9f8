"""Dead letters: messages that could not be read, kept in sight and tried again by a newer reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, case, delete, func, select

from app.store.database import insert_into
from app.store.prepared import Prepared
from app.store.spelling import OneOf
from app.store.tables import accounts, dead_letters


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`error` is the kind of error, never content."""

    account_id: str
    provider_message_id: str
    attempts: int
    error: str
    reader_version: int
    first_at: datetime
    last_at: datetime


_COLUMNS = tuple(dead_letters.c)
_HERE = dead_letters.c
_OF_ACCOUNT = _HERE.account_id == bindparam("account")
_TRIES, _VERSION = bindparam("tries", type_=Integer), bindparam("version", type_=Integer)
_WAITING = Prepared(
    select(_HERE.provider_message_id)
    .where(
        _OF_ACCOUNT,
        (_HERE.attempts < _TRIES) | (_HERE.reader_version < _VERSION) | (_HERE.last_at < bindparam("before")),
    )
    .order_by(_HERE.last_at, _HERE.provider_message_id)
    .limit(bindparam("most", type_=Integer))
)
_GIVEN_UP = Prepared(
    select(func.count().label("lost")).where(
        _OF_ACCOUNT, (_HERE.attempts >= _TRIES) & (_HERE.reader_version >= _VERSION)
    )
)
_WITH_ERROR = Prepared(
    select(_HERE.provider_message_id, _HERE.attempts).where(
        _OF_ACCOUNT, _HERE.error == bindparam("error"), _HERE.reader_version == _VERSION
    )
)
_SETTLE = Prepared(delete(dead_letters).where(_OF_ACCOUNT, OneOf(_HERE.provider_message_id, "ids")))


def record(
    tx: Connection, account_id: str, provider_message_id: str, error: str, reader_version: int, now: datetime
) -> int:
    """Remember one more failed attempt; how many there were with this reader version."""
    letters = dead_letters.c
    row = {"account_id": account_id, "provider_message_id": provider_message_id, "attempts": 1, "error": error}
    fresh = insert_into(tx, dead_letters).values(
        row | {"reader_version": reader_version, "first_at": now, "last_at": now}
    )
    again = fresh.on_conflict_do_update(
        index_elements=[letters.account_id, letters.provider_message_id],
        set_={
            "attempts": case((letters.reader_version == reader_version, letters.attempts + 1), else_=1),
            "error": error,
            "reader_version": reader_version,
            "last_at": now,
        },
    )
    return int(tx.execute(again.returning(letters.attempts)).scalar_one())


def of_person(tx: Connection, person_id: str) -> list[DeadLetter]:
    """Newest first."""
    mine = select(*_COLUMNS).join(accounts).where(accounts.c.person_id == person_id)
    return [DeadLetter(*row) for row in tx.execute(mine.order_by(dead_letters.c.last_at.desc()))]


def waiting(
    tx: Connection, account_id: str, reader_version: int, *, tries: int, before: datetime, limit: int = 100
) -> list[str]:
    """Provider ids still worth an attempt: tried less often than `tries`, by an older reader only, or long `before`.

    The last are for a provider that could not give them for a while.
    """
    told = {"account": account_id, "version": reader_version, "tries": tries, "before": before, "most": limit}
    return [row.provider_message_id for row in _WAITING.rows(tx, **told)]


def given_up(tx: Connection, account_id: str, reader_version: int, *, tries: int) -> int:
    """How many messages of the account this reader has given up on."""
    (row,) = _GIVEN_UP.rows(tx, account=account_id, version=reader_version, tries=tries)
    return int(row.lost)


def with_error(tx: Connection, account_id: str, error: str, reader_version: int) -> dict[str, int]:
    """Provider ids that fail with this error under this reader, and how often they did."""
    found = _WITH_ERROR.rows(tx, account=account_id, error=error, version=reader_version)
    return {row.provider_message_id: row.attempts for row in found}


def settle_all(tx: Connection, account_id: str, provider_message_ids: Iterable[str]) -> int:
    """These were read after all, or are gone; how many of them had been dead letters."""
    ids = tuple(provider_message_ids)
    return _SETTLE.run(tx, account=account_id, ids=ids) if ids else 0


def settle(tx: Connection, account_id: str, provider_message_id: str) -> bool:
    """The message was read after all, or is gone."""
    letters = dead_letters.c
    this = (letters.account_id == account_id) & (letters.provider_message_id == provider_message_id)
    return tx.execute(delete(dead_letters).where(this)).rowcount > 0
