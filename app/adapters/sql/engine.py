"""Connections to the database. Whatever says that it is away becomes StoreUnavailable here, and nowhere else."""

import os
import re
import select
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, event, exc, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.pool import QueuePool

from app.domain.errors import StoreUnavailable

OWN_MODE = 0o600
"""Of SQLite's files: they hold everything."""
BUSY_S = 5
"""How long one transaction waits for another's lock, or for a free connection, before it gives up."""


class LeanCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Tells of each column what SQLAlchemy asks: name and type. psycopg's own answer is a fifth of a query's cost."""

    @property
    def description(self) -> list[Any] | None:
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        return [
            ((result.fname(place) or b"").decode(), result.ftype(place), None, None, None, None, None)
            for place in range(result.nfields)
        ]


_DRIVERS = {"postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite"}
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
        "cursor_factory": LeanCursor,
    },
}
_SQLITE_NOT_MIGRATED = re.compile("^no such (table|column)|has no column named")
_SQLITE_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_POSTGRES_UNUSABLE = {"25006", "3F000", "42P01", "42501", "42703"}
"""Read-only; no schema, no table, no right, no column: not migrated, or not ours. PostgreSQL, appendix A."""


class SqlEngine:
    """A pool of connections. Every statement commits by itself, except within `begin`."""

    def __init__(self, url: str) -> None:
        """Raises ValueError, without the URL (it may hold a password), where it is none that can be used."""
        try:
            parsed = make_url(url)
        except exc.ArgumentError:
            raise ValueError("not a database URL: write postgresql+psycopg://… or sqlite:///…") from None
        if parsed.drivername not in _DRIVERS:
            raise ValueError(f"{parsed.drivername} is not supported: write postgresql+psycopg://… or sqlite:///…")
        self.dialect = parsed.get_backend_name()
        _make_folder(parsed)
        self._writer = Lock() if self.dialect == "sqlite" else None
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
            event.listen(self._engine, "do_connect", _keep_to_owner)
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
        with self._turn_to_write(), self._checked_out(writing=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        # SQLite has one writer at a time, and whoever finds it busy sleeps and tries again: under load some wait for a
        # second. The threads of one process queue here instead, so that only processes meet in SQLite's way.
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=BUSY_S):
            raise StoreUnavailable("database")
        try:
            yield
        finally:
            self._writer.release()

    def _checked_out(self, *, writing: bool) -> Connection:
        try:
            return (self._writing if writing else self._engine).connect()
        except (exc.TimeoutError, exc.InvalidRequestError) as error:  # no free connection; none that stays open
            raise StoreUnavailable("database") from error


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        with suppress(OSError):  # then opening the file says what is wrong
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _keep_to_owner(_dialect: object, _record: object, arguments: list[Any], _parameters: object) -> None:
    """For their owner only, whatever the folder and the umask: SQLite makes its `-wal` and `-shm` as the file is."""
    path = str(arguments[0])
    if path.startswith((":", "file:")):
        return
    with suppress(OSError):  # somebody else's, or no folder: then opening the file says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, OWN_MODE))
    for file in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & ~OWN_MODE:
                file.chmod(mode & OWN_MODE)


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
