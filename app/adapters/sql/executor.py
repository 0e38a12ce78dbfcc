"""Executes the repositories' statements, except the session check's on the event loop (docs/decisions/0035).

SQLAlchemy builds and compiles them, once per database; its execution would cost more than the database's answer
(docs/decisions/0013 and 0036).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import UpdateBase

from app.adapters.sql.database.compiled import Compiled, Row, Statement, Values, compile_statement
from app.adapters.sql.database.driver import Driver
from app.adapters.sql.database.engine import SqlEngine

__all__ = ["Executor", "Query", "Row", "Statement", "compile_statement", "first_column"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """A question to be asked together with others, and how a row of its answer is read."""

    statement: Statement
    read: Callable[[Row], T]
    given: Values


@dataclass(slots=True)
class Executor:
    """Executes statements on one connection. Raises StoreUnavailable, or SQLAlchemy's errors."""

    engine: SqlEngine
    connection: Driver

    def all(self, statement: Statement, read: Callable[[Row], T], /, **given: object) -> list[T]:
        compiled, rows, _ = self._execute(statement, given)
        return [read(compiled.values(row)) for row in rows]

    def first(self, statement: Statement, read: Callable[[Row], T], /, **given: object) -> T | None:
        compiled, rows, _ = self._execute(statement, given)
        return read(compiled.values(rows[0])) if rows else None

    def value(self, statement: Statement, /, **given: object) -> Any:  # noqa: ANN401 - a column may hold anything
        """The first column of the first row; None if there is none."""
        return self.first(statement, first_column, **given)

    def together(self, *queries: Query[Any]) -> list[list[Any]]:
        """What each returns, in one round trip. In READ COMMITTED each sees what was committed before it."""
        asked = [self._noted(query.statement, query.given) for query in queries]
        try:
            answers = self.connection.together(asked)
        except self.engine.driver_error as error:
            raise self.engine.failed(asked[0][0].text, error) from error
        return [
            [query.read(compiled.values(row)) for row in rows]
            for query, (compiled, _), rows in zip(queries, asked, answers, strict=True)
        ]

    def changed(self, statement: UpdateBase, /, **given: object) -> int:
        """The number of rows changed."""
        return self._execute(statement, given)[2]

    def send(self, statement: UpdateBase, /, **given: object) -> None:
        """Execute it without waiting for its result: in a transaction it travels with what comes next.

        Whatever comes next, at the latest the commit, raises its error. Statements stay in their order.
        """
        compiled, parameters = self._noted(statement, given)
        try:
            self.connection.send(compiled, parameters)
        except self.engine.driver_error as error:
            raise self.engine.failed(compiled.text, error) from error

    def each(self, statement: UpdateBase, rows: Sequence[Values], /) -> Sequence[Row]:
        """Execute it once per row; returns what that returns."""
        compiled = compile_statement(statement, self.engine.dialect, tuple(rows[0]))
        values = [compiled.parameters(row) for row in rows]
        for note in self.engine.watchers:
            note(compiled.text, values)
        try:
            return [compiled.values(row) for row in self.connection.each(compiled, values)]
        except self.engine.driver_error as error:
            raise self.engine.failed(compiled.text, error) from error

    def _execute(self, statement: Statement, given: Values) -> tuple[Compiled, list[Row], int]:
        compiled, parameters = self._noted(statement, given)
        try:
            rows, changed = self.connection.run(compiled, parameters)
        except self.engine.driver_error as error:
            raise self.engine.failed(compiled.text, error) from error
        return compiled, rows, changed

    def _noted(self, statement: Statement, given: Values) -> tuple[Compiled, list[Any]]:
        compiled = compile_statement(statement, self.engine.dialect, tuple(given))
        parameters = compiled.parameters(given)
        for note in self.engine.watchers:
            note(compiled.text, parameters)
        return compiled, parameters


class OneStatement(Executor):
    """Commits what is executed first, and refuses anything after it."""

    used = False

    def send(self, statement: UpdateBase, /, **given: object) -> None:
        self.changed(statement, **given)

    def each(self, statement: UpdateBase, rows: Sequence[Values], /) -> Sequence[Row]:  # noqa: ARG002 - as above
        raise TypeError("more than one statement: use `write`")

    def together(self, *queries: Query[Any]) -> list[list[Any]]:
        """One of them may write: on SQLite each commits itself."""
        return self._once(lambda: super(OneStatement, self).together(*queries))

    def _execute(self, statement: Statement, given: Values) -> tuple[Compiled, list[Row], int]:
        return self._once(lambda: super(OneStatement, self)._execute(statement, given))

    def _once(self, act: Callable[[], T]) -> T:
        if self.used:
            raise TypeError("more than one statement: use `write`")
        self.used = True
        result = act()
        self.engine.translating(self.connection.commit)  # behind a pooler it is in a transaction, for its limits
        return result


def first_column(row: Row) -> Any:  # noqa: ANN401 - a column may hold anything
    return row[0]
