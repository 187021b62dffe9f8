"""Prepared: a statement built once and compiled once per dialect, for whatever is asked and written again and again.

Through SQLAlchemy's own execution such a statement takes several times as long (2026-11: 0.1 ms and more to build and
run one). Errors are those of any other execution.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import Boolean, Connection, Dialect, LargeBinary, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Statement = SelectBase | UpdateBase
Insert = postgresql.Insert | sqlite.Insert


class Prepared:
    """`rows` gives named tuples, named and typed as the statement's columns are, or as what it returns.

    Values are the statement's parameters by name.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, tx: Connection, **values: object) -> list[Any]:
        ready = self._for(tx.dialect)
        return ready.converted(ready.run(tx, values).fetchall())

    def first(self, tx: Connection, **values: object) -> Any | None:
        return next(iter(self.rows(tx, **values)), None)

    def run(self, tx: Connection, **values: object) -> int:
        """How many rows were written."""
        return int(self._for(tx.dialect).run(tx, values).rowcount)

    def run_all(self, tx: Connection, all_values: Iterable[Mapping[str, object]]) -> None:
        """Once for each of these values, as one call."""
        self._for(tx.dialect).run_all(tx, all_values)

    def run_columns(self, tx: Connection, columns: Mapping[str, Sequence[object]]) -> None:
        """Once for each row of these columns, as one call: the quick way for many."""
        self._for(tx.dialect).run_columns(tx, columns)

    def sql(self, dialect: Dialect) -> str:
        """The text that is run, for looking at its plan."""
        return str(self._built(dialect).compile(dialect=dialect))

    def _for(self, dialect: Dialect) -> "_Ready":
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _Ready(self._built(dialect), dialect)
        return ready

    def _built(self, dialect: Dialect) -> Statement:
        return self.statement


class PreparedInsert(Prepared):
    """Into a table, the columns named, each bound under its own name.

    `clause` adds what the two databases know beyond a plain INSERT: nothing on a conflict, an update, what is returned.
    """

    def __init__(self, into: Table, columns: Iterable[str], clause: Callable[[Any], Any] | None = None) -> None:
        self._into = into
        self._columns = tuple(columns)
        self._clause = clause or _skip_known
        self._ready = {}

    def _built(self, dialect: Dialect) -> Statement:
        of_dialect = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        given = {name: bindparam(name, type_=self._into.c[name].type) for name in self._columns}
        built: Statement = self._clause(of_dialect(self._into).values(_usual(self._into) | given))
        return built


def _skip_known(plain: Insert) -> Insert:
    return plain.on_conflict_do_nothing()


def _usual(table: Table) -> dict[str, Any]:
    """What columns hold that are not named."""
    found = ((column.name, column.default) for column in table.c)
    return {name: usual.arg for name, usual in found if isinstance(usual, ScalarElementColumnDefault)}


def run_text(tx: Connection, sql: str, **options: Any) -> None:
    """A statement without parameters and without an answer, as it is, past everything of SQLAlchemy's."""
    error_of = tx.dialect.loaded_dbapi.Error
    try:
        tx.connection.driver_connection.execute(sql, **options)  # type: ignore[union-attr]
    except error_of as error:
        raise DBAPIError.instance(sql, None, error, error_of, dialect=tx.dialect) from error


class _Ready:
    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        self._positions = list(compiled.positiontup) if compiled.positiontup is not None else None
        self._fixed = dict(compiled.params)
        self._binds = _binds(compiled, dialect)
        self._converting = [(name, bind) for name, bind in self._binds.items() if bind is not _same]
        columns = _returned(statement)
        self._results = _results(columns, dialect)
        self._row = _row_type(columns)
        self._dialect = dialect
        self._error = dialect.loaded_dbapi.Error

    def run(self, tx: Connection, values: Mapping[str, object]) -> Any:
        asked = self._asked(values)
        try:
            return tx.connection.driver_connection.execute(self._sql, asked)  # type: ignore[union-attr]
        except self._error as error:
            raise self._told(error) from error

    def run_all(self, tx: Connection, all_values: Iterable[Mapping[str, object]]) -> None:
        if asked := [self._asked(values) for values in all_values]:
            self._many(tx, asked)

    def run_columns(self, tx: Connection, columns: Mapping[str, Sequence[object]]) -> None:
        given: dict[str, Iterable[object]] = {name: repeat(value) for name, value in self._fixed.items()}
        given |= columns
        for name, bind in self._converting:
            given[name] = map(bind, given[name])
        if self._positions is None:
            self._many(tx, [dict(zip(given, row, strict=False)) for row in zip(*given.values(), strict=False)])
        else:
            self._many(tx, zip(*(given[name] for name in self._positions), strict=False))

    def _many(self, tx: Connection, asked: Iterable[Any]) -> None:
        try:
            tx.connection.driver_connection.cursor().executemany(self._sql, asked)  # type: ignore[union-attr]
        except self._error as error:
            raise self._told(error) from error

    def converted(self, rows: Iterable[tuple[Any, ...]]) -> list[Any]:
        return list(map(self._converted if self._results else self._row, rows))

    def _asked(self, values: Mapping[str, object]) -> Any:
        given: dict[str, Any] = {**self._fixed, **values}
        for name, bind in self._converting:
            given[name] = bind(given[name])
        return given if self._positions is None else [given[name] for name in self._positions]

    def _told(self, error: Exception) -> StatementError:
        return DBAPIError.instance(self._sql, None, error, self._error, dialect=self._dialect)

    def _converted(self, row: tuple[Any, ...]) -> Any:
        values = list(row)
        for index, convert in self._results:
            values[index] = convert(values[index])
        return self._row(values)


def _returned(statement: Statement) -> list[Any]:
    return list(statement.exported_columns)


def _row_type(columns: list[Any]) -> Convert:
    named: Any = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]
    return partial(tuple.__new__, named)


def _binds(compiled: SQLCompiler, dialect: Dialect) -> dict[str, Convert]:
    return {name: _bind(parameter.type, dialect) for parameter, name in compiled.bind_names.items()}


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    """Bytes, yes and no go to PostgreSQL's driver as they are.

    SQLite's looks for an adapter of whatever is no exact number, text or bytearray, which takes it 0.4 microseconds
    (2026-11, CPython 3.11): twice the rest of binding a value.
    """
    if isinstance(kind, LargeBinary | Boolean):
        quick = _to_bytearray if isinstance(kind, LargeBinary) else _TO_NUMBER.__getitem__
        return quick if dialect.name == "sqlite" else _same
    return kind.dialect_impl(dialect).bind_processor(dialect) or _same


_TO_NUMBER: dict[bool | None, int | None] = {True: 1, False: 0, None: None}


def _to_bytearray(value: bytes | None) -> bytearray | None:
    return None if value is None else bytearray(value)


def _results(columns: list[Any], dialect: Dialect) -> list[tuple[int, Convert]]:
    kinds = [column.type.dialect_impl(dialect) for column in columns]
    found = [(index, kind.result_processor(dialect, None)) for index, kind in enumerate(kinds)]
    return [(index, convert) for index, convert in found if convert is not None]


def _same(value: Any) -> Any:
    return value
