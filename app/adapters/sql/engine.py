"""Connections to the database. Whatever says that it is away becomes StoreUnavailable here, and nowhere else."""

import re
import select
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, event, exc, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.pool import QueuePool

from app.domain.errors import StoreUnavailable

BUSY_S = 5
"""How long one transaction waits for another's lock, or for a free connection, before it gives up."""

_BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",  # takes the write lock first: a transaction that reads before it writes cannot fail
    "postgresql": f"BEGIN; SET LOCAL lock_timeout = '{BUSY_S}s'",
}
_CONNECT: dict[str, dict[str, object]] = {
    "sqlite": {"timeout": BUSY_S},
    "postgresql": {
        "connect_timeout": 3,
        "application_name": "sso-bridge",
        # A server that vanished without a word is noticed in seconds, not in the two hours of the defaults.
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    },
}
_SQLITE_NOT_MIGRATED = re.compile("^no such (table|column)|has no column named")
_SQLITE_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_POSTGRES_UNUSABLE = {"25006", "3F000", "42P01", "42501", "42703"}
"""Read-only; no schema, no table, no right, no column: not migrated, or not ours. PostgreSQL, appendix A."""


class SqlEngine:
    """A pool of connections. Every statement commits by itself, except within `begin`."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.dialect = parsed.get_backend_name()
        if self.dialect not in _BEGIN:
            raise ValueError(f"{self.dialect} is not supported: use postgresql+psycopg or sqlite")
        _make_folder(parsed)
        self._engine = create_engine(
            parsed,
            connect_args=_CONNECT[self.dialect],
            # Without a BEGIN around reading, one round trip less; writing opens its transaction itself, below.
            isolation_level="AUTOCOMMIT",
            poolclass=QueuePool,
            pool_size=20,
            max_overflow=20,
            pool_timeout=BUSY_S,
            hide_parameters=True,
        )
        self._writing = self._engine.execution_options()
        event.listen(self._engine, "handle_error", _away)
        event.listen(self._writing, "begin", _begin)
        if self.dialect == "sqlite":
            event.listen(self._engine, "connect", _set_up_sqlite)
        else:
            event.listen(self._engine, "checkout", _drop_stale)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Each statement sees what was committed before it, and commits itself."""
        with self._checked_out(writing=False) as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction."""
        with self._checked_out(writing=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    def _checked_out(self, *, writing: bool) -> Connection:
        try:
            return (self._writing if writing else self._engine).connect()
        except (exc.TimeoutError, exc.InvalidRequestError) as error:  # no free connection; none that stays open
            raise StoreUnavailable("database") from error


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        with suppress(OSError):  # then opening the file says what is wrong
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(_BEGIN[connection.dialect.name])


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _drop_stale(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    # A server has nothing to say to an idle connection but goodbye. Looking costs 1 µs of CPU, a ping 20 and a wait.
    if connection.closed:
        raise exc.DisconnectionError
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise exc.DisconnectionError


def _away(context: ExceptionContext) -> StoreUnavailable | None:
    return StoreUnavailable("database") if _says_away(context.original_exception) else None


def _says_away(error: BaseException) -> bool:
    """Away, locked, full, read-only, overrun or not migrated. What is left is our own bug."""
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
