"""PostgreSQL by psycopg: connections with limited waits, with or without a pooler."""

import select
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from sqlalchemy import Connection, exc

from app.domain.errors import StoreUnavailable

_T = TypeVar("_T")

LOCK_S = 3
"""How long one transaction waits for another's lock."""
STATEMENT_S = 3.5
"""How long the server may work on one statement."""
ANSWER_S = 4.0
"""How long we wait for its response: longer, so that the server gives up first and the connection stays usable."""
MAINTENANCE_S = 60.0
"""The same for work that nobody waits for: applying a file, deleting old rows."""
MIGRATION_S = 3600.0

_PLACE = "SELECT pg_backend_pid(), current_setting('lock_timeout')"
_USUAL_LIMIT = "SELECT reset_val <> '0' FROM pg_settings WHERE name = 'statement_timeout'"
TAKEN_APART = "is behind a pooler that splits transactions: set PgBouncer's pool_mode to transaction"


class LeanCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Gives SQLAlchemy each column's name and type. psycopg's own description takes a fifth of a query's time."""

    @property
    def description(self) -> list[Any] | None:
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        return [
            ((result.fname(place) or b"").decode(), result.ftype(place), None, None, None, None, None)
            for place in range(result.nfields)
        ]


CONNECT: dict[str, Any] = {
    "connect_timeout": 3,
    "application_name": "sso-bridge",
    # A server that vanishes is noticed in seconds, not after the two hours of the defaults.
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "cursor_factory": LeanCursor,
    "prepare_threshold": None,
    "autocommit": True,
}
_PREPARE_AFTER = 5

# A pooler invents the process id that clients see. Through one, a setting would stay on a connection that is given
# to another client next; so it is set for this statement only, which has no lasting effect.
_INTRODUCTION = "SELECT pg_backend_pid(), set_config('statement_timeout', %s, pg_backend_pid() <> %s)"


class BoundedConnection(psycopg.Connection[tuple[Any, ...]]):
    """Waits for no response longer than `statement_s`: a server that hangs with an open connection holds no thread."""

    statement_s: float = STATEMENT_S
    pooled: bool = True
    """Whether a pooler is in between, which may run each transaction in another server process. Until it is known that
    there is none, no statement is prepared, because another client's could have the same name."""

    @classmethod
    def open(cls, *arguments: Any, **named: Any) -> "BoundedConnection":
        """Raises psycopg.Error: ConnectionTimeout if the server does not respond."""
        connection = cls.connect(*arguments, **{**named, **CONNECT})
        try:
            told = connection.info.backend_pid
            found = connection.execute(_INTRODUCTION, (_milliseconds(STATEMENT_S), told)).fetchone()
        except psycopg.Error:
            connection.close()
            raise
        connection.pooled = found is None or found[0] != told
        if not connection.pooled:
            connection.prepare_threshold = _PREPARE_AFTER
        return connection

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Raises ConnectionTimeout and closes the connection, because its next response could belong to anything."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.statement_s + (ANSWER_S - STATEMENT_S))
        except _WaitTimeout:
            self.pgconn.finish()
            raise ConnectionTimeout("the server does not answer") from None


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pooler in between: PgBouncer or similar. `limited` if the server limits the time of every statement."""

    limited: bool

    @classmethod
    def behind(cls, transaction: Connection) -> "Pooler | None":
        """None if there is none. Raises StoreUnavailable if it does not keep a transaction on one connection."""
        driver: object = transaction.connection.dbapi_connection
        if not isinstance(driver, BoundedConnection) or not driver.pooled:
            return None
        (first, lock), (second, _) = (transaction.exec_driver_sql(_PLACE).one() for _ in range(2))
        if first != second or lock == "0":
            raise StoreUnavailable("database", TAKEN_APART)
        return cls(limited=bool(transaction.exec_driver_sql(_USUAL_LIMIT).scalar_one()))


class Lookout:
    """Tells whether the server hangs. While it does, one thread waits for it, and all others fail at once."""

    def __init__(self, connect: Callable[[], BoundedConnection]) -> None:
        self.hangs = False
        self._connect = connect
        self._one = Lock()
        self._closed = False

    def noticed(self) -> None:
        """A thread has waited in vain."""
        with self._one:
            if self.hangs or self._closed:
                return
            self.hangs = True
        try:
            Thread(target=self._look_out, name="lookout", daemon=True).start()
        except RuntimeError:  # no thread available: the next timeout tries again
            self.hangs = False

    def close(self) -> None:
        self._closed = True

    def _look_out(self) -> None:
        """Each try takes as long as a connection may take, so it need not sleep."""
        try:
            while not self._closed:
                try:
                    self._connect().close()
                except ConnectionTimeout:
                    continue
                break
        except psycopg.Error:
            pass  # it is down or refuses us, which callers now learn at once
        finally:
            self.hangs = False


def begin(connection: psycopg.Connection[Any], statement_s: float) -> str:
    """The limits of one transaction, which do not reach a pooler's next client."""
    if isinstance(connection, BoundedConnection):
        connection.statement_s = statement_s
    return (
        f"BEGIN; SET LOCAL lock_timeout = '{_milliseconds(LOCK_S)}';"
        f" SET LOCAL statement_timeout = '{_milliseconds(statement_s)}'"
    )


def checked_out(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """An idle connection only becomes readable when the server closes it. Checking costs 1 µs, a ping 20 and a wait."""
    if connection.closed:
        raise exc.DisconnectionError
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise exc.DisconnectionError
    if isinstance(connection, BoundedConnection):
        connection.statement_s = STATEMENT_S


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
