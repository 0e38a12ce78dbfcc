"""Statements and answers over one connection to PostgreSQL, through libpq: any number of statements in one round trip.

Several travel in its pipeline mode (libpq, Pipeline Mode: 32.5 in PostgreSQL 17), one alone without.
psycopg's cursor does the same for one statement, at twice the CPU time of the client (docs/decisions/0036). What is
left of psycopg here is its binding of libpq, its conversion of values, and its errors.
"""

import select
from collections.abc import Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import ConnectionTimeout, OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

PREPARE_AFTER = 2
"""A statement is prepared when a connection sends it for this many times: once is no reason to keep it.

PostgreSQL plans it anew with each of its next five executions, and only then keeps a plan (PREPARE, Notes). So waiting
longer makes a connection's first logins dearer, each by two to three times what it costs later.
"""
_PREPARED = 250
"""How many statements are prepared on one connection; what is asked often is among them."""
GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.PIPELINE_SYNC)
"""Rows, a change or a prepared statement, and the end of a packet. Anything else is an error."""

Message = tuple[str, Sequence[Buffer | None]]
"""A statement, and its values as PostgreSQL reads them."""


class Pipeline:
    """Sends messages and reads what comes back. An exchange that was interrupted closes the connection."""

    def __init__(self, connection: psycopg.Connection[Any], *, prepares: bool) -> None:
        """It `prepares` unless a pooler is in between, where another client's statement could have the same name."""
        self.prepares = prepares
        self.values = Transformer(connection)
        self._libpq: PGconn = connection.pgconn
        self._asked: dict[str, int] = {}
        self._names: dict[str, bytes] = {}
        self._number = count()
        self._within_ms = 0.0
        self._readable = select.poll()
        self._readable.register(connection.fileno(), select.POLLIN)

    def dumped(self, values: Sequence[Any]) -> Sequence[Buffer | None]:
        """As text, whose type the statement decides, not the Python value of the day."""
        return self.values.dump_sequence(values, [PyFormat.TEXT] * len(values))

    def quiet(self) -> bool:
        """Nothing has come unasked. An idle connection only becomes readable when the server closes it."""
        return not self._readable.poll(0)

    def exchange(self, messages: Sequence[Message], *, within_s: float, at_once: bool = False) -> list[PGresult]:
        """One round trip, with `within_s` as the longest silence. Each is answered by itself, or all `at_once`.

        Raises psycopg.Error: that of the first statement that failed. No statement after it was executed.
        """
        libpq, self._within_ms = self._libpq, within_s * 1000
        new = {text for text, _ in messages if text not in self._names and self._often(text)}
        several = len(messages) > 1 or bool(new)
        try:
            if several:
                libpq.enter_pipeline_mode()
            expected = self._send_all(messages, new, at_once=at_once)
            if several:
                libpq.pipeline_sync()
            self._flush()
            results = self._results(len(expected)) if several else [self._only()]
            if several and libpq.status == ConnStatus.OK:
                libpq.exit_pipeline_mode()
        except BaseException:  # the next answer could belong to anything
            libpq.finish()
            raise
        return self._checked(expected, results)

    def _often(self, text: str) -> bool:
        if not self.prepares or len(self._names) >= _PREPARED:
            return False
        self._asked[text] = self._asked.get(text, 0) + 1
        return self._asked[text] >= PREPARE_AFTER

    def _send_all(self, messages: Sequence[Message], new: set[str], *, at_once: bool) -> list[str]:
        """Where the server answers each statement by itself, each may take its time; we wake up for each."""
        expected: list[str] = []
        working = False
        for message in messages:
            if working and message[1] and not at_once:  # BEGIN and its limits wait for nothing
                self._libpq.send_flush_request()
            expected += self._send(message, new)
            working = working or bool(message[1])
        return expected

    def _send(self, message: Message, new: set[str]) -> Sequence[str]:
        """Returns the statement that it prepares, if any, and an empty text for the one that it executes."""
        text, values = message
        name = self._names.get(text)
        if name is not None:
            self._libpq.send_query_prepared(name, values, result_format=Format.BINARY)
            return ("",)
        if text not in new:
            self._libpq.send_query_params(text.encode(), values, result_format=Format.BINARY)
            return ("",)
        name = self._names[text] = b"bridge_%d" % next(self._number)
        self._libpq.send_prepare(name, text.encode())
        self._libpq.send_query_prepared(name, values, result_format=Format.BINARY)
        return (text, "")

    def _flush(self) -> None:
        while self._libpq.flush():
            both = select.poll()
            both.register(self._libpq.socket, select.POLLIN | select.POLLOUT)
            for _, ready in self._waited(both):
                if ready & ~select.POLLOUT:  # it answers already, and may read no more until somebody listens
                    self._libpq.consume_input()

    def _next(self) -> PGresult | None:
        while self._libpq.is_busy():
            self._waited(self._readable)
            self._libpq.consume_input()
        return self._libpq.get_result()

    def _only(self) -> PGresult:
        result = self._next()
        if result is None:
            raise OperationalError("the connection is lost")
        while self._next() is not None:
            pass
        return result

    def _results(self, expected: int) -> list[PGresult]:
        """Those of the statements, each followed by None, and that of the end."""
        results: list[PGresult] = []
        ended = False
        while len(results) <= expected and self._libpq.status == ConnStatus.OK:
            result = self._next()
            if result is not None:
                results.append(result)
            elif ended:  # there is nothing more, whatever was expected
                break
            ended = result is None
        return results

    def _waited(self, poll: "select.poll") -> list[tuple[int, int]]:
        """Raises ConnectionTimeout: a server that hangs with an open connection holds no thread."""
        ready = poll.poll(self._within_ms)
        if not ready:
            raise ConnectionTimeout("the server does not answer")
        return ready

    def _checked(self, expected: Sequence[str], results: Sequence[PGresult]) -> list[PGresult]:
        failed = next((result for result in results if result.status not in GOOD), None)
        if failed is None and len(results) >= len(expected):
            return [result for text, result in zip(expected, results, strict=False) if not text]
        for place, text in enumerate(expected):
            if text and (place >= len(results) or results[place].status not in GOOD):
                del self._names[text]
        if failed is None:
            raise OperationalError("the connection is lost")
        raise error_from_result(failed, encoding="utf-8")
