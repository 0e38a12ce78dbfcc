"""Sessions read from SQLite on the event loop: in write-ahead mode a read waits for nobody."""

import os
import sqlite3
from contextlib import suppress

from app.adapters.sql.executor import prepare
from app.adapters.sql.sessions.sessions import SUMMARY, summary_of
from app.adapters.sql.sqlite import Identity
from app.domain.sessions.session import SessionId, SessionSummary
from app.ports.prompt_sessions import NotPrompt


class Reader:
    """A connection that cannot write, and gives up where it would have to wait."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.closed = False
        self._driver = driver
        self._driver.execute("PRAGMA busy_timeout = 0")
        self._driver.execute("PRAGMA query_only = ON")
        self._path = str(self._driver.execute("PRAGMA database_list").fetchone()[2])
        self._file = self._identity()
        self._statement = prepare(SUMMARY, "sqlite", ("wanted", "now"))

    async def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        try:
            self._require_file()
            parameters = self._statement.parameters({"wanted": session_id, "now": now})
            rows = self._driver.execute(self._statement.text, parameters).fetchall()
        except (sqlite3.Error, NotPrompt) as error:
            self.close()
            raise NotPrompt from error
        return summary_of(self._statement.values(rows[0])) if rows else None

    def close(self) -> None:
        self.closed = True
        self._driver.close()

    def _require_file(self) -> None:
        """Raises NotPrompt if it was moved or deleted, or a backup was restored."""
        if self._file is None or self._identity() != self._file:
            raise NotPrompt

    def _identity(self) -> Identity | None:
        with suppress(OSError):
            found = os.stat(self._path)  # noqa: PTH116 - in every request: a Path costs ten times as much
            return found.st_dev, found.st_ino
        return None
