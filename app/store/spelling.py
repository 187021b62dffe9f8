"""What the two databases spell differently in the prepared reads: lists as parameters, texts joined by lines."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine


class Texts(TypeDecorator[Sequence[str]]):
    """A list of texts as one parameter: a JSON array on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        return json.dumps(list(value or ())) if dialect.name == "sqlite" else list(value or ())


class OneOf(ColumnElement[bool]):
    """`column` equals one of the texts bound as `name`, however many: the statement stays the same.

    `kind` is the type of a list of something else than texts.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str, kind: TypeEngine[Any] | None = None) -> None:
        self.column = column
        self.texts = bindparam(name, type_=kind or Texts())

    def self_group(self, against: object = None) -> "OneOf":
        """Beside AND it stands as it is; the usual `= 1` for truth values would keep SQLite from its index."""
        return self


class Lines(ColumnElement[str]):
    """The column's texts of all rows, joined by line feeds; null when there are none."""

    inherit_cache = False
    type = Text()

    def __init__(self, column: ColumnElement[str]) -> None:
        self.column = column


@compiles(OneOf, "sqlite")
def _one_of_json(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, texts = compiler.process(element.column, **kw), compiler.process(element.texts, **kw)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608


@compiles(OneOf, "postgresql")
def _one_of_array(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, texts = compiler.process(element.column, **kw), compiler.process(element.texts, **kw)
    return f"{column} = ANY({texts})"


@compiles(Lines, "sqlite")
def _lines_concatenated(element: Lines, compiler: SQLCompiler, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.column, **kw)}, char(10))"


@compiles(Lines, "postgresql")
def _lines_aggregated(element: Lines, compiler: SQLCompiler, **kw: Any) -> str:
    return f"string_agg({compiler.process(element.column, **kw)}, chr(10))"
