"""Connections to the database. Only here do errors of an unavailable database become StoreUnavailable.

Likewise, errors about a name or id that is taken become AlreadyStored.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import cast

import psycopg
from psycopg.errors import ConnectionTimeout, UniqueViolation
from sqlalchemy import Connection, create_engine, event, exc, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPIModule
from sqlalchemy.pool import QueuePool

from app.adapters.sql import postgres, sqlite
from app.adapters.sql.postgres import STATEMENT_S, TAKEN_APART, BoundedConnection, Lookout, Pooler
from app.domain.errors import StoreUnavailable
from app.ports.repositories import AlreadyStored

POOL_S = 3
"""How long to wait for a free connection."""

_DRIVERS = {"postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite"}
_SQLITE_NOT_MIGRATED = re.compile("^no such (table|column)|has no column named")
_SQLITE_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_SQLITE_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_POSTGRES_UNUSABLE = {"25006", "3F000", "42P01", "42501", "42703"}
"""Read-only; no schema, table, permission or column: not migrated, or not ours. PostgreSQL, appendix A."""
_HANGS = "does not answer"
_PROBLEMS: dict[object, str] = {
    "08P01": TAKEN_APART,  # PgBouncer's response to BEGIN in statement mode
    "25006": "is read-only",
    "53100": "has run out of disk space",
    "55P03": "is locked by a long-running operation",
    "57014": "takes too long to answer",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_FULL: "has run out of disk space",
    sqlite3.SQLITE_BUSY: "is locked by a long-running operation",
}
"""By PostgreSQL's SQLSTATE, or SQLite's code."""


class SqlEngine:
    """A pool of connections. Every statement commits by itself, except within `begin`."""

    def __init__(self, url: str) -> None:
        """Raises ValueError, without the URL (it may hold a password), if the URL is unusable."""
        parsed = _checked(url)
        self.dialect = parsed.get_backend_name()
        _make_folder(parsed)
        self._writer = Lock() if self.dialect == "sqlite" else None
        self._engine = create_engine(
            parsed,
            # Without a BEGIN around reads, which saves a round trip; writes open their transaction explicitly, below.
            isolation_level="AUTOCOMMIT",
            poolclass=QueuePool,
            pool_size=20,
            max_overflow=20,
            pool_timeout=POOL_S,
            hide_parameters=True,
        )
        self._writing = self._engine.execution_options()
        self.driver_error = self._engine.dialect.loaded_dbapi.Error
        self.watchers: list[Callable[[str, Mapping[str, object]], None]] = []
        """Called with each statement that is sent, and its values."""
        self._lookout = Lookout(self._open_postgres)
        event.listen(self._engine, "handle_error", lambda context: self._our_own(context.original_exception))
        event.listen(self._writing, "begin", _begin)
        if self.dialect == "sqlite":
            sqlite.File(parsed.database or "").guard(self._engine)
        else:
            event.listen(self._engine, "do_connect", self._connect)
            event.listen(self._engine, "checkout", postgres.checked_out)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Each statement sees what was committed before it, and commits itself."""
        with self._checked_out(writing=False) as connection:
            yield connection

    @contextmanager
    def begin(self, *, statement_s: float = STATEMENT_S) -> Iterator[Connection]:
        """One transaction with a time limit for each statement (PostgreSQL)."""
        with self._turn_to_write(), self._checked_out(writing=True) as connection:
            connection.execution_options(statement_s=statement_s)
            with connection.begin():
                yield connection

    def failed(self, connection: Connection, statement: str, error: DBAPIModule.Error) -> Exception:
        """Turns the driver's errors into those that SQLAlchemy would raise."""
        dialect = connection.dialect
        if dialect.is_disconnect(error, connection.connection.dbapi_connection, None):
            connection.invalidate(error)
        return self._our_own(error) or exc.DBAPIError.instance(
            statement, None, error, self.driver_error, hide_parameters=True, dialect=dialect
        )

    def pooler(self) -> Pooler | None:
        """The pooler in between, if any. Raises StoreUnavailable if it cannot be trusted with transactions."""
        with self.begin() as connection:
            return Pooler.behind(connection)

    def apart(self) -> DBAPIConnection:
        """A driver's connection set up like all others, but outside the pool: its owner closes it.

        Waits for it. Raises StoreUnavailable.
        """
        connection = self._checked_out(writing=False)
        connection.detach()
        return cast("DBAPIConnection", connection.connection.dbapi_connection)

    def noticed_hanging(self) -> None:
        """Somebody outside the pool has waited in vain."""
        self._lookout.noticed()

    def close(self) -> None:
        self._lookout.close()
        self._engine.dispose()

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        # SQLite has one writer at a time; a second one sleeps and tries again, under load for up to a second. The
        # threads of one process queue here instead, so that only separate processes compete in SQLite's way.
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=sqlite.BUSY_S):
            raise StoreUnavailable("database", _PROBLEMS[sqlite3.SQLITE_BUSY])
        try:
            yield
        finally:
            self._writer.release()

    def _checked_out(self, *, writing: bool) -> Connection:
        if self._lookout.hangs:
            raise StoreUnavailable("database", _HANGS)
        try:
            return (self._writing if writing else self._engine).connect()
        except (exc.TimeoutError, exc.InvalidRequestError) as error:  # no free connection, or none that stays open
            raise StoreUnavailable("database") from error

    def _connect(self, _dialect: object, _record: object, arguments: list[object], named: dict[str, object]) -> object:
        if self._lookout.hangs:  # another thread noticed while this one waited for a connection
            raise ConnectionTimeout(_HANGS)
        return BoundedConnection.open(*arguments, **named)

    def _open_postgres(self) -> BoundedConnection:
        arguments, named = self._engine.dialect.create_connect_args(self._engine.url)
        return BoundedConnection.open(*arguments, **named)

    def _our_own(self, error: BaseException) -> StoreUnavailable | AlreadyStored | None:
        if isinstance(error, ConnectionTimeout):
            self._lookout.noticed()
        if _says_taken(error):
            return AlreadyStored()
        return StoreUnavailable("database", _problem(error)) if _says_away(error) else None


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise ValueError("not a database URL: use postgresql+psycopg://… or sqlite:///…") from None
    if parsed.drivername not in _DRIVERS:
        raise ValueError(f"{parsed.drivername} is not supported: use postgresql+psycopg://… or sqlite:///…")
    return parsed


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        with suppress(OSError):  # opening the file will report the problem
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _begin(connection: Connection) -> None:
    driver: object = connection.connection.dbapi_connection
    if isinstance(driver, psycopg.Connection):
        statement_s = connection.get_execution_options().get("statement_s", STATEMENT_S)
        connection.exec_driver_sql(postgres.begin(driver, statement_s))
    else:
        connection.exec_driver_sql(sqlite.BEGIN)


def _problem(error: BaseException) -> str:
    if isinstance(error, ConnectionTimeout):
        return _HANGS
    if isinstance(error, psycopg.Error):
        return _PROBLEMS.get(error.sqlstate, StoreUnavailable.AWAY)
    return _PROBLEMS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, StoreUnavailable.AWAY)


def _says_taken(error: BaseException) -> bool:
    if isinstance(error, sqlite3.IntegrityError):
        return error.sqlite_errorcode in _SQLITE_TAKEN
    return isinstance(error, UniqueViolation)


def _says_away(error: BaseException) -> bool:
    """Unavailable, locked, full, read-only, overloaded or not migrated. Anything else is our own bug."""
    if isinstance(error, sqlite3.OperationalError):
        # SQLite's plain ERROR may also be a mistake in a query.
        plain = error.sqlite_errorcode == sqlite3.SQLITE_ERROR
        return not plain or _SQLITE_NOT_MIGRATED.search(str(error)) is not None
    if isinstance(error, sqlite3.DatabaseError):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BROKEN
    if isinstance(error, psycopg.Error):
        away = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return away or error.sqlstate in _POSTGRES_UNUSABLE
    return False
