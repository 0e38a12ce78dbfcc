"""PostgreSQL through psycopg: connections with limited waits, with or without a pooler."""

from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, InFailedSqlTransaction, _WaitTimeout
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection

from app.adapters.sql.database.compiled import Compiled, Row
from app.adapters.sql.database.driver import Pooler, detach
from app.adapters.sql.database.limits import ANSWER_S, LOCK_S, STATEMENT_S
from app.adapters.sql.database.pipeline import Message, Pipeline
from app.domain.errors import StoreUnavailable

_T = TypeVar("_T")

_PLACE = "SELECT pg_backend_pid(), current_setting('lock_timeout')"
_USUAL_LIMIT = "SELECT reset_val <> '0' FROM pg_settings WHERE name = 'statement_timeout'"
TAKEN_APART = "is behind a pooler that splits transactions: set PgBouncer's pool_mode to transaction"


CONNECT: dict[str, Any] = {
    "connect_timeout": 3,
    "application_name": "sso-bridge",
    # A server that vanishes is noticed in seconds, not after the two hours of the defaults.
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    # Our own pipeline prepares. Once psycopg has, it removes all of a connection's statements when a table is changed.
    "prepare_threshold": None,
    "autocommit": True,
}
_BEGIN, _COMMIT, _ROLLBACK = ("BEGIN", ()), ("COMMIT", ()), ("ROLLBACK", ())
_AT_ONCE = 500
"""How many rows' statements travel together."""

# A pooler invents the process id that clients see. Through one, a setting would stay on a connection that is given
# to another client next; so it is set for this statement only, which has no lasting effect.
_INTRODUCTION = (
    "SELECT pg_backend_pid(), set_config('statement_timeout', %(statement)s, pg_backend_pid() <> %(told)s),"
    " set_config('lock_timeout', %(lock)s, pg_backend_pid() <> %(told)s)"
)


class BoundedConnection(psycopg.Connection[tuple[Any, ...]]):
    """Waits for a response half a second longer than `statement_s`: a server that hangs holds no thread.

    BEGIN travels with a transaction's first statement, and what `send` was given with the next statement or COMMIT.
    """

    statement_s: float = STATEMENT_S
    behind_pooler: bool = True
    """Whether a pooler is in between, which may run each transaction in another server process. Until it is known that
    there is none, no statement is prepared, because another client's could have the same name."""
    alchemy: Connection | None = None
    wire: Pipeline
    within: bool = False
    """Whether a transaction has been started, though perhaps not sent."""
    opening: list[Message]
    """Its beginning that has not been sent yet."""
    waiting: list[Message]
    """Its statements that have not been sent yet."""

    @classmethod
    def open(cls, *arguments: Any, **named: Any) -> "BoundedConnection":
        """Raises psycopg.Error: ConnectionTimeout if the server does not respond."""
        connection = cls.connect(*arguments, **{**named, **CONNECT})
        try:
            told = connection.info.backend_pid
            limits = {"statement": _milliseconds(STATEMENT_S), "lock": _milliseconds(LOCK_S), "told": told}
            found = connection.execute(_INTRODUCTION, limits).fetchone()
        except psycopg.Error:
            connection.close()
            raise
        connection.behind_pooler = found is None or found[0] != told
        connection.wire = Pipeline(connection, prepares=not connection.behind_pooler)
        connection.opening, connection.waiting = [], []
        return connection

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Raises ConnectionTimeout and closes the connection, because its next response could belong to anything."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self._answer_s)
        except _WaitTimeout:
            self.pgconn.finish()
            raise ConnectionTimeout("the server does not answer") from None

    def start(self, statement_s: float) -> None:
        """A transaction, with limits that do not reach a pooler's next client. Nothing is sent yet."""
        self.statement_s, self.within = statement_s, True
        self.opening.append(_BEGIN)
        if self.behind_pooler:
            self.opening.append((f"SET LOCAL lock_timeout = '{_milliseconds(LOCK_S)}'", ()))
        if self.behind_pooler or statement_s != STATEMENT_S:
            self.opening.append((f"SET LOCAL statement_timeout = '{_milliseconds(statement_s)}'", ()))

    def run(self, compiled: Compiled, values: Sequence[Any]) -> tuple[list[Row], int]:
        """The rows that it returns, and how many it changed."""
        return self._read(self._exchange(self._message(compiled, values))[-1])

    def together(self, asked: Sequence[tuple[Compiled, Sequence[Any]]]) -> list[list[Row]]:
        """What each of them returns, in one round trip. They take no longer than one statement may."""
        messages = [self._message(compiled, values) for compiled, values in asked]
        results = self._exchange(*messages, at_once=not self.waiting)
        return [self._read(result)[0] for result in results[-len(messages) :]]

    def send(self, compiled: Compiled, values: Sequence[Any]) -> None:
        """It is executed before what comes next, which may raise its error; at once if it commits itself."""
        self.waiting.append(self._message(compiled, values))
        if not self.within or len(self.waiting) >= _AT_ONCE:
            self.flush()

    def each(self, compiled: Compiled, rows: Sequence[Sequence[Any]]) -> list[Row]:
        returned: list[Row] = []
        if self.within and not compiled.returns:
            for values in rows:
                self.send(compiled, values)
            return returned
        for at in range(0, len(rows), _AT_ONCE):
            messages = [self._message(compiled, values) for values in rows[at : at + _AT_ONCE]]
            for result in self._exchange(*messages)[-len(messages) :]:
                returned += self._read(result)[0]
        return returned

    def flush(self) -> None:
        """Send what waits."""
        if self.opening or self.waiting:
            self._exchange()

    def commit(self) -> None:
        if self.waiting or self.pgconn.transaction_status != TransactionStatus.IDLE:
            committed = self._exchange(_COMMIT)[-1]
            if committed.command_status != b"COMMIT":  # PostgreSQL's answer after a failed statement: all is undone
                raise InFailedSqlTransaction("a statement of this transaction has failed")
        self._over()

    def rollback(self) -> None:
        self.waiting.clear()
        self._over()
        if self.pgconn.transaction_status not in {TransactionStatus.IDLE, TransactionStatus.UNKNOWN}:
            self._exchange(_ROLLBACK)

    def usable(self) -> bool:
        """Checking costs 1 µs, a ping 20 and a wait."""
        self.statement_s = STATEMENT_S
        return not self.closed and self.wire.quiet()

    def clean(self) -> bool:
        return not self.within and not self.waiting and self.pgconn.transaction_status == TransactionStatus.IDLE

    def close(self) -> None:
        detach(self)
        super().close()

    def _over(self) -> None:
        self.within = False
        self.opening.clear()

    @property
    def _answer_s(self) -> float:
        return self.statement_s + (ANSWER_S - STATEMENT_S)

    def _message(self, compiled: Compiled, values: Sequence[Any]) -> Message:
        return compiled.text, self.wire.dumped(values)

    def _exchange(self, *messages: Message, at_once: bool = False) -> list[PGresult]:
        sent = [*self.opening, *self.waiting, *messages]
        self.opening.clear()
        self.waiting.clear()
        return self.wire.exchange(sent, within_s=self._answer_s, at_once=at_once)

    def _read(self, result: PGresult) -> tuple[list[Row], int]:
        if not result.nfields:
            return [], result.command_tuples or 0
        values = self.wire.values
        values.set_pgresult(result)
        return values.load_rows(0, result.ntuples, tuple), result.ntuples


def pooler_behind(transaction: Connection) -> Pooler | None:
    """None if there is none. Raises StoreUnavailable if it does not keep a transaction on one connection."""
    driver: object = transaction.connection.dbapi_connection
    if not isinstance(driver, BoundedConnection) or not driver.behind_pooler:
        return None
    (first, lock), (second, _) = (transaction.exec_driver_sql(_PLACE).one() for _ in range(2))
    if first != second or lock == "0":
        raise StoreUnavailable("database", TAKEN_APART)
    return Pooler(limited=bool(transaction.exec_driver_sql(_USUAL_LIMIT).scalar_one()))


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


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
