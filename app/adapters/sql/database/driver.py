"""What is asked of a connection and of its database: postgres.py and sqlite.py, and their backends, have one each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from app.adapters.sql.database.compiled import Compiled, Row
from app.adapters.sql.database.pool import Pooled
from app.domain.errors import StoreUnavailable
from app.ports.repositories import AlreadyStored


class Driver(Pooled, Protocol):
    """Outside a transaction each statement commits itself. Raises the errors of psycopg or sqlite3."""

    behind_pooler: bool
    """Whether what is set for it may reach another client."""
    alchemy: Connection | None
    """SQLAlchemy's connection over this one, made when it is first asked for."""

    def start(self, statement_s: float, /) -> None:
        """A transaction, with a time limit for each statement. It may be sent with the first one."""

    def run(self, compiled: Compiled, values: Sequence[Any], /) -> tuple[list[Row], int]:
        """The rows that it returns, and how many it changed."""

    def together(self, asked: Sequence[tuple[Compiled, Sequence[Any]]], /) -> list[list[Row]]:
        """What each of several queries returns, one executed after the other."""

    def send(self, compiled: Compiled, values: Sequence[Any], /) -> None:
        """Execute it; nobody reads its result. In a transaction, what comes next may raise its error."""

    def each(self, compiled: Compiled, rows: Sequence[Sequence[Any]], /) -> list[Row]:
        """Execute it once per row. Returns what that returns."""

    def flush(self) -> None:
        """Send what waits to be sent."""

    def commit(self) -> None: ...

    def rollback(self) -> None:
        """Whatever waits to be sent is forgotten."""


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pooler in between: PgBouncer or similar. `limited` if the server limits the time of every statement."""

    limited: bool


class Backend(Protocol):
    """A database that connections are opened to."""

    @property
    def hangs(self) -> bool:
        """Whether it has been found not to answer. Until it does, nobody waits for it."""

    def open(self) -> Driver:
        """Raises the driver's errors."""

    def noticed_hanging(self) -> None:
        """Somebody has waited in vain."""

    def pooler(self, transaction: Connection, /) -> Pooler | None:
        """The pooler in between, if any. Raises StoreUnavailable if it cannot be trusted with transactions."""

    def close(self) -> None: ...

    def our_own(self, error: BaseException, /) -> StoreUnavailable | AlreadyStored | None:
        """What the driver's error means. None if it is neither of these: a mistake of ours."""


def detach(driver: Driver) -> None:
    """Before it is closed: or SQLAlchemy would tidy it up, and complain that it is closed."""
    if driver.alchemy is not None:
        alchemy, driver.alchemy = driver.alchemy, None
        alchemy.invalidate()
