"""The only place that executes the repositories' statements.

SQLAlchemy builds them, but its execution costs more than the driver's (docs/decisions/0013). So each statement is
compiled once per database and sent through the driver, which prepares frequent ones. Statements for many rows at once
are left to SQLAlchemy, which batches them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, Dialect, SelectBase, UpdateBase
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite

from app.adapters.sql.engine import SqlEngine

T = TypeVar("T")
Statement = SelectBase | UpdateBase
Row = Sequence[Any]
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

_DIALECTS: dict[str, Dialect] = {
    "postgresql": psycopg.dialect(),  # type: ignore[no-untyped-call]  # SQLAlchemy's own class has no types
    "sqlite": pysqlite.dialect(paramstyle="named"),
}
_STATEMENTS = 1000
"""Far more than there are."""


class Cursor(Protocol):
    """The methods that both drivers' cursors have."""

    @property
    def rowcount(self) -> int: ...
    def fetchall(self) -> list[Row]: ...


class Driver(Protocol):
    """A connection of either driver."""

    def execute(self, query: str, params: Values, /) -> Cursor: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the form that a driver takes."""

    text: str
    returns: bool
    """Whether it returns rows."""
    constants: Values
    """Values bound in the statement itself."""
    write: Sequence[tuple[str, Convert]]
    """Conversions of parameters that the driver does not accept as they are, by name."""
    read: Sequence[tuple[int, Convert]]
    """Conversions of results that it does not return as needed, by position."""

    def parameters(self, given: Values) -> Values:
        values: dict[str, Any] = {**self.constants, **given}
        for name, convert in self.write:
            values[name] = convert(values[name])
        return values

    def values(self, row: Row) -> Row:
        if not self.read:
            return row
        values = list(row)
        for place, convert in self.read:
            values[place] = convert(values[place])
        return values


@lru_cache(_STATEMENTS)
def prepare(statement: Statement, dialect: str, given: tuple[str, ...]) -> Prepared:
    """`given` are the names of its parameters."""
    kind = _DIALECTS[dialect]
    compiled = statement.compile(dialect=kind, column_keys=given)
    if compiled.post_compile_params:
        raise TypeError("its text depends on the values: use `among`")
    columns = list(statement.exported_columns)
    write = {name: one.type.dialect_impl(kind).bind_processor(kind) for one, name in compiled.bind_names.items()}
    read = [
        # psycopg returns Python values by itself.
        None if dialect == "postgresql" else one.type.dialect_impl(kind).result_processor(kind, None)
        for one in columns
    ]
    return Prepared(
        text=str(compiled),
        returns=bool(columns),
        constants={name: value for name, value in compiled.params.items() if name not in given},
        write=[(name, convert) for name, convert in write.items() if convert is not None],
        read=[(place, convert) for place, convert in enumerate(read) if convert is not None],
    )


@dataclass(frozen=True, slots=True)
class Executor:
    """Executes statements on one connection. Raises StoreUnavailable, or SQLAlchemy's errors."""

    engine: SqlEngine
    connection: Connection

    def all(self, statement: Statement, read: Callable[[Row], T], /, **given: object) -> list[T]:
        prepared, rows, _ = self._execute(statement, given)
        return [read(prepared.values(row)) for row in rows]

    def first(self, statement: Statement, read: Callable[[Row], T], /, **given: object) -> T | None:
        prepared, rows, _ = self._execute(statement, given)
        return read(prepared.values(rows[0])) if rows else None

    def value(self, statement: Statement, /, **given: object) -> Any:  # noqa: ANN401 - a column may hold anything
        """The first column of the first row; None if there is none."""
        return self.first(statement, first_column, **given)

    def changed(self, statement: UpdateBase, /, **given: object) -> int:
        """The number of rows changed."""
        return self._execute(statement, given)[2]

    def each(self, statement: UpdateBase, rows: Sequence[Values], /) -> Sequence[Row]:
        """Executes it once per row; returns what that returns."""
        result = self.connection.execute(statement, rows)
        return result.all() if result.returns_rows else []

    def _execute(self, statement: Statement, given: Values) -> tuple[Prepared, list[Row], int]:
        prepared = prepare(statement, self.engine.dialect, tuple(given))
        parameters = prepared.parameters(given)
        for note in self.engine.watchers:
            note(prepared.text, parameters)
        driver = cast("Driver", self.connection.connection.dbapi_connection)
        try:
            cursor = driver.execute(prepared.text, parameters)
            return prepared, cursor.fetchall() if prepared.returns else [], cursor.rowcount
        except self.engine.driver_error as error:
            raise self.engine.failed(self.connection, prepared.text, error) from error


def first_column(row: Row) -> Any:  # noqa: ANN401 - a column may hold anything
    return row[0]
