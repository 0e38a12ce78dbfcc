"""Connections to the database: its pool, its transactions, and SQLAlchemy where migrations and the schema need it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import local
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event, exc, make_url
from sqlalchemy.engine import URL, Engine
from sqlalchemy.engine.interfaces import DBAPIModule
from sqlalchemy.pool import NullPool

from app.adapters.sql.database.driver import Backend, Driver, Pooler
from app.adapters.sql.database.limits import HANGS, LOCKED, STATEMENT_S
from app.adapters.sql.database.pool import Pool
from app.domain.errors import StoreUnavailable

T = TypeVar("T")

POOL_S = 3
"""How long to wait for a free connection."""
_MOST = 40
"""How many connections a process may have."""

_DRIVERS = {"postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite"}


class SqlEngine:
    """A pool of connections. Every statement commits by itself, except within `writing` and `begin`."""

    def __init__(self, url: str) -> None:
        """Raises ValueError, without the URL (it may hold a password), if the URL is unusable."""
        parsed = _checked(url)
        self.dialect = parsed.get_backend_name()
        _make_folder(parsed)
        self._lent = local()
        self._engine = create_engine(
            parsed,
            creator=lambda: self._lent.driver,
            poolclass=NullPool,
            hide_parameters=True,
        )
        self.driver_error = self._engine.dialect.loaded_dbapi.Error
        self.watchers: list[Callable[[str, Sequence[object]], None]] = []
        """Called with each statement that is sent, and its values."""
        self._backend, only_writer = _backend(self._engine)
        self._pool: Pool[Driver] = Pool(self._backend.open, most=_MOST, wait_s=POOL_S)
        self._writers = only_writer or self._pool
        event.listen(self._engine, "handle_error", lambda context: self._backend.our_own(context.original_exception))

    def reading(self) -> AbstractContextManager[Driver]:
        """Each statement sees what was committed before it, and commits itself. Raises StoreUnavailable."""
        return self._borrowed(self._pool)

    @contextmanager
    def writing(self, *, statement_s: float = STATEMENT_S) -> Iterator[Driver]:
        """One transaction with a time limit for each statement (PostgreSQL)."""
        with self._borrowed(self._writers) as driver, self._transaction(driver, statement_s):
            yield driver

    @contextmanager
    def writing_once(self) -> Iterator[Driver]:
        """For a single statement, which commits itself. Behind a pooler its limits take a transaction."""
        with self._borrowed(self._writers) as driver:
            if driver.behind_pooler:
                driver.start(STATEMENT_S)
            try:
                yield driver
            finally:
                with suppress(self.driver_error):  # nothing is left to undo unless the statement failed
                    driver.rollback()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """SQLAlchemy's connection, for migrations and the schema."""
        with self.reading() as driver:
            yield self._sqlalchemy_over(driver)

    @contextmanager
    def begin(self, *, statement_s: float = STATEMENT_S) -> Iterator[Connection]:
        """The same in one transaction."""
        with self._borrowed(self._writers) as driver:
            connection = self._sqlalchemy_over(driver)
            with self._transaction(driver, statement_s):
                self.translating(driver.flush)
                with connection.begin():
                    yield connection

    @contextmanager
    def _transaction(self, driver: Driver, statement_s: float) -> Iterator[None]:
        for note in self.watchers:
            note("BEGIN", ())
        try:
            self.translating(lambda: driver.start(statement_s))
            yield
            self.translating(driver.commit)
        except BaseException:
            with suppress(self.driver_error):  # then the pool closes it, which undoes everything as well
                driver.rollback()
            raise

    def _sqlalchemy_over(self, driver: Driver) -> Connection:
        """SQLAlchemy's connection over one that is in use. Made when it is first asked for."""
        if driver.alchemy is None:
            self._lent.driver = driver
            try:
                driver.alchemy = self._engine.connect()
            finally:
                del self._lent.driver
        return driver.alchemy

    @contextmanager
    def _borrowed(self, pool: Pool[Driver]) -> Iterator[Driver]:
        if self._backend.hangs:
            raise StoreUnavailable("database", HANGS)
        driver = self.translating(pool.take)
        try:
            yield driver
        finally:
            try:
                if driver.alchemy is not None:
                    # SQLAlchemy's idea of a transaction, where each statement committed itself.
                    driver.alchemy.rollback()
            finally:
                pool.give(driver)

    def translating(self, act: Callable[[], T]) -> T:
        """Turns the driver's errors into our own."""
        try:
            return act()
        except self.driver_error as error:
            raise self.failed("", error) from error

    def failed(self, statement: str, error: DBAPIModule.Error) -> Exception:
        """Turns the driver's errors into those that SQLAlchemy would raise."""
        return self._backend.our_own(error) or exc.DBAPIError.instance(
            statement, None, error, self.driver_error, hide_parameters=True, dialect=self._engine.dialect
        )

    def pooler(self) -> Pooler | None:
        """The pooler in between, if any. Raises StoreUnavailable if it cannot be trusted with transactions."""
        with self.begin() as connection:
            return self._backend.pooler(connection)

    def open_outside_pool(self) -> Driver:
        """A connection like all others, but outside the pool: its owner closes it. Raises StoreUnavailable."""
        if self._backend.hangs:
            raise StoreUnavailable("database", HANGS)
        return self.translating(self._backend.open)

    def noticed_hanging(self) -> None:
        """Somebody outside the pool has waited in vain."""
        self._backend.noticed_hanging()

    def close(self) -> None:
        self._backend.close()
        self._pool.close()
        self._writers.close()


def _backend(engine: Engine) -> tuple[Backend, Pool[Driver] | None]:
    """The database, and the pool of the one connection that writes, where there must be only one.

    Only its own driver is imported: psycopg and its libraries are 8 MB of a process.
    """
    arguments, named = engine.dialect.create_connect_args(engine.url)
    if engine.dialect.name == "postgresql":
        from app.adapters.sql.database.postgres_backend import PostgresBackend  # noqa: PLC0415 - see above

        return PostgresBackend(arguments, named), None
    from app.adapters.sql.database import sqlite  # noqa: PLC0415 - see above
    from app.adapters.sql.database.sqlite_backend import SqliteBackend  # noqa: PLC0415

    file = SqliteBackend(engine.url.database or "", arguments, named)
    # SQLite has one writer at a time; a second one sleeps and tries again, under load for up to a second. The threads
    # of one process queue here instead, so that only separate processes compete in SQLite's way. The one connection
    # keeps the pages that it has read: a commit empties the caches of all others.
    return file, Pool(file.open_writer, most=1, wait_s=sqlite.BUSY_S, problem=LOCKED)


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise ValueError("not a database URL: use postgresql+psycopg://… or sqlite:///…") from None
    if parsed.drivername not in _DRIVERS:
        raise ValueError(f"{parsed.drivername} is not supported: use postgresql+psycopg://… or sqlite:///…")
    if parsed.get_backend_name() == "sqlite" and _in_memory(parsed):
        raise ValueError(
            "SQLite in memory gives each connection an empty database of its own: name a file,"
            " such as sqlite:////var/lib/sso-bridge/sso-bridge.sqlite3"
        )
    return parsed


def _in_memory(url: URL) -> bool:
    """SQLite, In-Memory Databases: also without a name, or by the query of a `file:` URI."""
    name = url.database or ""
    return name.removeprefix("file:") in ("", ":memory:") or url.query.get("mode") == "memory"


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        with suppress(OSError):  # opening the file will report the problem
            Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
