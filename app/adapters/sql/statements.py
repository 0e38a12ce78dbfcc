"""Building blocks of several topics' queries."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Boolean, ColumnElement, Text, any_, bindparam, func, select

# SQLite's compiler renders PostgreSQL's ON CONFLICT as well: one statement serves both (the contract tests run both).
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.adapters.sql.declaration import Base, Column

__all__ = ["among", "contains", "insert", "insert_once", "storable", "upsert"]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def upsert(row: type[Base], *, on: Sequence[str], never: Sequence[str] = ()) -> Insert:
    """Insert, or, if the columns `on` are taken, overwrite all others but `never`."""
    statement = insert(row)
    written = [column.name for column in row.__table__.columns if column.name not in (*on, *never)]
    return statement.on_conflict_do_update(index_elements=on, set_={name: statement.excluded[name] for name in written})


def insert_once(row: type[Base], **conflict: Any) -> Insert:
    """Insert, or do nothing if it exists already; the rowcount tells."""
    return insert(row).on_conflict_do_nothing(**conflict).execution_options(preserve_rowcount=True)


class Among(ColumnElement[bool]):
    """See `among`."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Column[Any], values: str) -> None:
        self.column = column
        self.values = values

    def self_group(self, against: object = None) -> "Among":  # noqa: ARG002 - SQLAlchemy's signature
        return self  # SQLAlchemy would write `… = 1` for SQLite, and no index would be used


def among(column: Column[Any], values: str) -> Among:
    """Whether the column's text is in the list given as `values`: one statement for any length."""
    return Among(column, values)


@compiles(Among, "postgresql")
def _among_array(among: Among, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(among.column == any_(bindparam(among.values, type_=ARRAY(Text))), **more)


@compiles(Among, "sqlite")
def _among_json(among: Among, compiler: SQLCompiler, **more: Any) -> str:
    listed = func.json_each(bindparam(among.values, type_=JSON)).table_valued("value")
    return compiler.process(among.column.in_(select(listed.c.value)), **more)


class Contains(Among):
    """See `contains`."""

    inherit_cache = False


def contains(column: Column[Any], text: str) -> Contains:
    """Whether the text given as `text` is part of the column's; nothing in it is a pattern."""
    return Contains(column, text)


@compiles(Contains, "postgresql")
def _contains_strpos(contains: Contains, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(func.strpos(contains.column, bindparam(contains.values, type_=Text)) > 0, **more)


@compiles(Contains, "sqlite")
def _contains_instr(contains: Contains, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(func.instr(contains.column, bindparam(contains.values, type_=Text)) > 0, **more)


def storable(text: str) -> bool:
    """Whether a database can store this text; if not, it need not be looked up. Strangers send anything."""
    return _UNSTORABLE.search(text) is None
