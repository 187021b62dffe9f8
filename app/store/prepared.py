"""Prepared: a statement built once and compiled once per dialect, for the reads that stand between a person and Send.

Through SQLAlchemy's own execution such a read takes several times as long (2026-11: 0.1 ms and more a statement).
"""

from collections import namedtuple
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]


class Prepared:
    """`rows` gives named tuples, named and typed as the statement's columns are."""

    def __init__(self, statement: SelectBase) -> None:
        self.statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, tx: Connection, **values: object) -> list[Any]:
        """`values` are the statement's parameters by name. Errors are those of any other execution."""
        dialect = tx.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _Ready(self.statement, dialect)
        return ready.rows(tx, values)

    def first(self, tx: Connection, **values: object) -> Any | None:
        return next(iter(self.rows(tx, **values)), None)

    def sql(self, dialect: Dialect) -> str:
        """The text that is run, for looking at its plan."""
        return str(self.statement.compile(dialect=dialect))


class _Ready:
    def __init__(self, statement: SelectBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._positions = list(compiled.positiontup) if compiled.positiontup is not None else None
        self._fixed = dict(compiled.params)
        self._binds = _binds(compiled, dialect)
        self._results = _results(statement, dialect)
        self._row = _row_type(statement)
        self._dialect = dialect
        self._error = dialect.loaded_dbapi.Error

    def rows(self, tx: Connection, values: dict[str, object]) -> list[Any]:
        given = self._fixed | values
        bound = {name: bind(given[name]) for name, bind in self._binds.items()}
        asked: Any = bound if self._positions is None else [bound[name] for name in self._positions]
        return [self._converted(row) for row in self._run(tx.connection.driver_connection, asked)]

    def _run(self, connection: Any, asked: Any) -> list[tuple[Any, ...]]:
        try:
            rows: list[tuple[Any, ...]] = connection.execute(self._sql, asked).fetchall()
        except self._error as error:
            raise DBAPIError.instance(self._sql, None, error, self._error, dialect=self._dialect) from error
        return rows

    def _converted(self, row: tuple[Any, ...]) -> Any:
        values = list(row)
        for index, convert in self._results:
            values[index] = convert(values[index])
        return self._row(values)


def _row_type(statement: SelectBase) -> Convert:
    named: Any = namedtuple("Row", [str(column.key) for column in statement.selected_columns])  # type: ignore[misc]
    make: Convert = named._make
    return make


def _binds(compiled: SQLCompiler, dialect: Dialect) -> dict[str, Convert]:
    return {name: _bind(parameter.type, dialect) for parameter, name in compiled.bind_names.items()}


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).bind_processor(dialect) or _same


def _results(statement: SelectBase, dialect: Dialect) -> list[tuple[int, Convert]]:
    kinds = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    found = [(index, kind.result_processor(dialect, None)) for index, kind in enumerate(kinds)]
    return [(index, convert) for index, convert in found if convert is not None]


def _same(value: Any) -> Any:
    return value
