"""Statements in the form that a driver takes. SQLAlchemy compiles each once per database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, SelectBase, UpdateBase
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite

Statement = SelectBase | UpdateBase
Row = Sequence[Any]
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

_DIALECTS: dict[str, Dialect] = {
    "postgresql": psycopg.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    "sqlite": pysqlite.dialect(paramstyle="qmark"),
}
_STATEMENTS = 1000
"""Far more than there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A statement's text, with what its parameters and results need."""

    text: str
    returns: bool
    """Whether it returns rows."""
    names: Sequence[str]
    """Its parameters, in the order of the text."""
    constants: Values
    """Values bound in the statement itself."""
    write: Sequence[tuple[int, Convert]]
    """Conversions of parameters that the driver does not accept as they are, by position."""
    read: Sequence[tuple[int, Convert]]
    """Conversions of results that it does not return as needed, by position."""

    def parameters(self, given: Values) -> list[Any]:
        known = {**self.constants, **given} if self.constants else given
        values = [known[name] for name in self.names]
        for place, convert in self.write:
            values[place] = convert(values[place])
        return values

    def values(self, row: Row) -> Row:
        if not self.read:
            return row
        values = list(row)
        for place, convert in self.read:
            values[place] = convert(values[place])
        return values


@lru_cache(_STATEMENTS)
def compile_statement(statement: Statement, dialect: str, given: tuple[str, ...]) -> Compiled:
    """`given` are the names of its parameters."""
    kind = _DIALECTS[dialect]
    sql = statement.compile(dialect=kind, column_keys=given)
    if sql.post_compile_params:
        raise TypeError("its text depends on the values: use `among`")
    columns = list(statement.exported_columns)
    names = sql.positiontup or ()
    write = {name: one.type.dialect_impl(kind).bind_processor(kind) for one, name in sql.bind_names.items()}
    read = [
        # psycopg returns Python values by itself.
        None if dialect == "postgresql" else one.type.dialect_impl(kind).result_processor(kind, None)
        for one in columns
    ]
    return Compiled(
        text=str(sql),
        returns=bool(columns),
        names=names,
        constants={name: value for name, value in sql.params.items() if name not in given},
        write=[(place, convert) for place, name in enumerate(names) if (convert := write[name]) is not None],
        read=[(place, convert) for place, convert in enumerate(read) if convert is not None],
    )
