"""Executes the repositories' statements, except the session check's on the event loop (docs/decisions/0035).

SQLAlchemy builds and compiles them, once per database; its execution would cost more than the database's answer
(docs/decisions/0013 and 0036).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import UpdateBase

from app.adapters.sql.driver import Driver
from app.adapters.sql.engine import SqlEngine
from app.adapters.sql.prepared import Prepared, Row, Statement, Values, prepare

__all__ = ["Executor", "Row", "Statement", "first_column", "prepare"]

T = TypeVar("T")


@dataclass(slots=True)
class Executor:
    """Executes statements on one connection. Raises StoreUnavailable, or SQLAlchemy's errors."""

    engine: SqlEngine
    connection: Driver

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

    def send(self, statement: UpdateBase, /, **given: object) -> None:
        """Execute it without waiting for its result: in a transaction it travels with what comes next.

        Whatever comes next, at the latest the commit, raises its error. Statements stay in their order.
        """
        prepared, parameters = self._noted(statement, given)
        try:
            self.connection.send(prepared, parameters)
        except self.engine.driver_error as error:
            raise self.engine.failed(prepared.text, error) from error

    def each(self, statement: UpdateBase, rows: Sequence[Values], /) -> Sequence[Row]:
        """Execute it once per row; returns what that returns."""
        prepared = prepare(statement, self.engine.dialect, tuple(rows[0]))
        values = [prepared.parameters(row) for row in rows]
        for note in self.engine.watchers:
            note(prepared.text, values)
        try:
            return [prepared.values(row) for row in self.connection.each(prepared, values)]
        except self.engine.driver_error as error:
            raise self.engine.failed(prepared.text, error) from error

    def _execute(self, statement: Statement, given: Values) -> tuple[Prepared, list[Row], int]:
        prepared, parameters = self._noted(statement, given)
        try:
            rows, changed = self.connection.run(prepared, parameters)
        except self.engine.driver_error as error:
            raise self.engine.failed(prepared.text, error) from error
        return prepared, rows, changed

    def _noted(self, statement: Statement, given: Values) -> tuple[Prepared, list[Any]]:
        prepared = prepare(statement, self.engine.dialect, tuple(given))
        parameters = prepared.parameters(given)
        for note in self.engine.watchers:
            note(prepared.text, parameters)
        return prepared, parameters


class OneStatement(Executor):
    """Commits the first statement with its execution, and refuses a second one."""

    used = False

    def send(self, statement: UpdateBase, /, **given: object) -> None:
        self.changed(statement, **given)

    def each(self, statement: UpdateBase, rows: Sequence[Values], /) -> Sequence[Row]:  # noqa: ARG002 - as above
        raise TypeError("more than one statement: use `write`")

    def _execute(self, statement: Statement, given: Values) -> tuple[Prepared, list[Row], int]:
        if self.used:
            raise TypeError("more than one statement: use `write`")
        self.used = True
        result = super()._execute(statement, given)
        self.engine.translating(self.connection.commit)  # behind a pooler it is in a transaction, for its limits
        return result


def first_column(row: Row) -> Any:  # noqa: ANN401 - a column may hold anything
    return row[0]
