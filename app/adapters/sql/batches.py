"""Deletes some of many rows, found by an index, without waiting for anyone (docs/decisions/0040)."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Delete, Integer, Select, Text, bindparam, delete, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.adapters.sql.declaration import Base, Column

_MOST = bindparam("most", type_=Integer)


class _Place(ColumnElement[str]):
    """Where a row is, for which each database has a name of its own."""

    inherit_cache = True
    type = Text()


_PLACE = _Place()


def delete_some(row: type[Base], *conditions: Any, order: Column[Any]) -> Delete:
    """At most `most` of the rows that meet the conditions, the first by `order`; those that are locked another time."""
    rows = select(_PLACE).select_from(row).where(*conditions).order_by(order).limit(_MOST)
    return delete(row).where(_Picked(rows))


class _Picked(ColumnElement[bool]):
    """Finds the rows first, then deletes them by where they are.

    Given as `key IN (SELECT … LIMIT …)`, PostgreSQL may read the whole table to delete a few.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, rows: Select[Any]) -> None:
        self.rows = rows

    def self_group(self, against: object = None) -> "_Picked":  # noqa: ARG002 - SQLAlchemy's signature
        return self


@compiles(_Picked, "postgresql")
def _by_ctid(picked: _Picked, compiler: SQLCompiler, **more: Any) -> str:
    rows = picked.rows.with_for_update(skip_locked=True).scalar_subquery()
    return f"ctid = ANY (ARRAY{compiler.process(rows, **more)})"


@compiles(_Picked, "sqlite")
def _by_rowid(picked: _Picked, compiler: SQLCompiler, **more: Any) -> str:
    return f"rowid IN {compiler.process(picked.rows.scalar_subquery(), **more)}"


@compiles(_Place, "postgresql")
def _ctid(_place: _Place, _compiler: SQLCompiler, **_more: Any) -> str:
    return "ctid"


@compiles(_Place, "sqlite")
def _rowid(_place: _Place, _compiler: SQLCompiler, **_more: Any) -> str:
    return "rowid"
