"""Sessions asked of PostgreSQL on the event loop, through libpq (Pipeline Mode: 32.5 in PostgreSQL 17).

What database/pipeline.py is for a thread that waits, for the same statements and values. All questions of one turn of
the loop travel in one packet, and each answer is given to whoever asked, in order. The bounds are those of
postgres.py: an answer that takes too long means that the server hangs, and the connection is closed, because its next
answer could belong to anything.
"""

import asyncio
from asyncio import Future, TimerHandle
from collections import deque
from typing import NamedTuple

import psycopg
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from app.adapters.sql.database.compiled import Row, compile_statement
from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.database.limits import ANSWER_S
from app.adapters.sql.database.pipeline import GOOD
from app.adapters.sql.database.postgres import BoundedConnection
from app.adapters.sql.sessions.sessions import SUMMARY, summary_of
from app.domain.sessions.session import SessionId, SessionSummary
from app.ports.loop_sessions import NotOnLoop

UNANSWERED_AT_MOST = 512
"""Questions without an answer: a tenth of a second of work. Whoever comes then is asked for in a thread."""
_NAME = b"session_check"


class Question(NamedTuple):
    """`answer` is None for what nobody waits for."""

    answer: "Future[Row | None] | None"
    since: float


class Questions:
    """One connection, made on the loop and used only there."""

    def __init__(self, engine: SqlEngine, driver: BoundedConnection) -> None:
        """Raises psycopg.Error."""
        self.closed = False
        self._engine = engine
        self._driver = driver
        self._libpq = driver.pgconn
        self._socket = driver.pgconn.socket
        self._values = driver.wire.values
        self._rows_known = False
        self._statement = compile_statement(SUMMARY, "postgresql", ("wanted", "now"))
        self._text = self._statement.text.encode()
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Question] = deque()
        self._packets = 0
        """How many have been sent and not answered to the end."""
        self._sending = False
        self._watch: TimerHandle | None = None
        self._libpq.nonblocking = 1
        self._libpq.enter_pipeline_mode()
        if not driver.behind_pooler:
            self._libpq.send_prepare(_NAME, self._text)
            self._expect(None)
        self._loop.add_reader(self._socket, self._received)

    async def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        if len(self._waiting) >= UNANSWERED_AT_MOST:
            raise NotOnLoop
        given = self._statement.parameters({"wanted": session_id, "now": now})
        values = self._driver.wire.dumped(given)
        try:
            if self._driver.behind_pooler:  # no name would be ours alone (docs/decisions/0010)
                self._libpq.send_query_params(self._text, values, result_format=Format.BINARY)
            else:
                self._libpq.send_query_prepared(_NAME, values, result_format=Format.BINARY)
        except psycopg.Error as error:
            self.close()
            raise NotOnLoop from error
        answer: Future[Row | None] = self._loop.create_future()
        self._expect(answer)
        row = await answer
        return summary_of(row) if row else None

    def close(self) -> None:
        """Whoever waits is sent to a thread."""
        if self.closed:
            return
        self.closed = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._driver.close()
        if self._watch is not None:
            self._watch.cancel()
        while self._waiting:
            answer = self._waiting.popleft().answer
            if answer is not None and not answer.done():
                answer.set_exception(NotOnLoop())

    def _expect(self, answer: "Future[Row | None] | None") -> None:
        self._waiting.append(Question(answer, self._loop.time()))
        if not self._sending:
            self._sending = True
            self._loop.call_soon(self._send)
        if self._watch is None:
            self._watch = self._loop.call_later(ANSWER_S, self._look_at_the_time)

    def _send(self) -> None:
        self._sending = False
        if self.closed:
            return
        try:
            self._libpq.pipeline_sync()
            self._packets += 1
            self._flush()
        except psycopg.Error:
            self.close()

    def _flush(self) -> None:
        """What the server does not take now is sent as soon as it does."""
        if self._libpq.flush():
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        self._loop.remove_writer(self._socket)
        try:
            self._flush()
        except psycopg.Error:
            self.close()

    def _received(self) -> None:
        try:
            self._libpq.consume_input()
            while (self._waiting or self._packets) and not self._libpq.is_busy():
                self._take(self._libpq.get_result())
        except psycopg.Error:
            self.close()

    def _take(self, result: PGresult | None) -> None:
        """Raises psycopg.Error at anything but rows, the prepared statement, and the end of a packet."""
        if result is None:  # between two answers
            return
        if result.status == ExecStatus.PIPELINE_SYNC:
            self._packets -= 1
            return
        if result.status not in GOOD:
            raise psycopg.OperationalError(result.error_message)
        answer = self._waiting.popleft().answer
        if answer is not None and not answer.done():
            answer.set_result(self._row(result))

    def _row(self, result: PGresult) -> Row | None:
        """Its conversions are looked up once."""
        self._values.set_pgresult(result, set_loaders=not self._rows_known)
        self._rows_known = True
        return self._values.load_row(0, tuple) if result.ntuples else None

    def _look_at_the_time(self) -> None:
        self._watch = None
        self._received()  # if we have slept ourselves, the answer is there
        if self.closed or not self._waiting:
            return
        left_s = ANSWER_S - (self._loop.time() - self._waiting[0].since)
        if left_s > 0:
            self._watch = self._loop.call_later(left_s, self._look_at_the_time)
            return
        self._engine.noticed_hanging()
        self.close()
