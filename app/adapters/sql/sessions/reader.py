"""Sessions read from SQLite on the event loop: in write-ahead mode a read waits for nobody."""

import sqlite3

from app.adapters.sql.database.compiled import compile_statement
from app.adapters.sql.database.sqlite import FileConnection
from app.adapters.sql.sessions.sessions import SUMMARY, summary_of
from app.domain.errors import StoreUnavailable
from app.domain.sessions.session import SessionId, SessionSummary
from app.ports.loop_sessions import NotOnLoop


class Reader:
    """A connection that cannot write, and gives up where it would have to wait."""

    def __init__(self, driver: FileConnection) -> None:
        self.closed = False
        self._driver = driver
        self._driver.execute("PRAGMA busy_timeout = 0")
        self._driver.execute("PRAGMA query_only = ON")
        self._driver.remember_more()
        self._statement = compile_statement(SUMMARY, "sqlite", ("wanted", "now"))

    async def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        values = self._statement.parameters({"wanted": session_id, "now": now})
        try:
            rows = self._driver.run(self._statement, values)[0] if self._driver.usable() else None
        except (sqlite3.Error, StoreUnavailable):
            rows = None
        if rows is None:  # a backup was restored, or the file is gone, or somebody else holds it
            self.close()
            raise NotOnLoop
        return summary_of(self._statement.values(rows[0])) if rows else None

    def close(self) -> None:
        self.closed = True
        self._driver.close()
