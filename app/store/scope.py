"""Whose rows a transaction may see on PostgreSQL: one person's, everybody's, or, unless somebody says so, nobody's.

The scope goes with the running task and is handed to the database at the start of every transaction, where the row
policies compare it with each row's person (migration 0003). So no query can forget it, and a path that never
said for whom it works sees an empty database. SQLite has no policies: there the file is one person's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NOBODY = ""
EVERYBODY = "*"
SETTING = "aftertouch.person"

_scope: ContextVar[str | None] = ContextVar("scope", default=None)


def current() -> str | None:
    """A person's id, EVERYBODY or NOBODY; None where nothing was said."""
    return _scope.get()


def only(person_id: str) -> None:
    """From here to the end of the scope around it, only this person's rows."""
    _scope.set(person_id)


@contextmanager
def nobody() -> Iterator[None]:
    """A request begins: nothing is seen before it is known who asks."""
    with _scoped(NOBODY):
        yield


@contextmanager
def person(person_id: str) -> Iterator[None]:
    """Only this person's rows, whoever's were seen before: for work that turns out to be one person's."""
    with _scoped(person_id):
        yield


@contextmanager
def across_people() -> Iterator[None]:
    """For work that belongs to no one person: the sync schedule, and finding out who asks."""
    with _scoped(EVERYBODY):
        yield


@contextmanager
def _scoped(scope: str) -> Iterator[None]:
    former = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(former)
