"""SQLite: how connections are set up, and whether they still use the right file."""

import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.adapters.sql.database.compiled import Compiled, Row
from app.adapters.sql.database.driver import detach
from app.domain.errors import StoreUnavailable

BUSY_S = 5
"""How long one transaction waits for another's lock."""
BEGIN = "BEGIN IMMEDIATE"  # takes the write lock first: a transaction that reads before it writes cannot fail

CACHE_KB = 16_384
"""Of pages that two connections of a process keep: the one that writes, and the event loop's."""
LOG_PAGES = 8_000
"""Of the write-ahead log: 32 MB. Whoever commits beyond that copies them into the file, each only once."""

_OTHERS_CREATING = 20

OWN_MODE = 0o600
"""The mode of its files: they hold everything."""

Identity = tuple[int, int]
"""Device and inode."""


class FileConnection(sqlite3.Connection):
    """The embedded database. Nothing waits to be sent: it is executed at once."""

    file: "File"
    identity: Identity | None
    """The file that it has opened. None in memory."""
    alchemy: Connection | None = None
    behind_pooler = False

    def start(self, _statement_s: float) -> None:
        self.execute(BEGIN)

    def run(self, compiled: Compiled, values: Sequence[Any]) -> tuple[list[Row], int]:
        """The rows that it returns, and how many it changed."""
        cursor = self.execute(compiled.text, values)
        rows = cursor.fetchall() if compiled.returns else []
        return rows, cursor.rowcount

    def together(self, asked: Sequence[tuple[Compiled, Sequence[Any]]]) -> list[list[Row]]:
        return [self.run(compiled, values)[0] for compiled, values in asked]

    def send(self, compiled: Compiled, values: Sequence[Any]) -> None:
        self.execute(compiled.text, values)

    def each(self, compiled: Compiled, rows: Sequence[Sequence[Any]]) -> list[Row]:
        if not self.in_transaction and len(rows) > 1:  # or each row would be a transaction of its own
            with self:
                self.execute(BEGIN)
                return self.each(compiled, rows)
        if compiled.returns:
            return [row for values in rows for row in self.execute(compiled.text, values).fetchall()]
        self.executemany(compiled.text, rows)
        return []

    def remember_more(self) -> None:
        """Keep more pages than the usual 2 MB: of a large file, the inner ones alone are more."""
        self.execute(f"PRAGMA cache_size = -{CACHE_KB}")

    def flush(self) -> None:
        pass

    def usable(self) -> bool:
        """False if another file has replaced it: a backup was restored."""
        return self.identity is None or self.file.present() == self.identity

    def clean(self) -> bool:
        return not self.in_transaction

    def close(self) -> None:
        detach(self)
        super().close()


class File:
    """A connection keeps using the file that it has opened, even if that was renamed or deleted.

    What is written after the file was moved or deleted is in no backup, and is lost with the next restart.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._seen = False

    def open(self, *arguments: Any, **named: Any) -> FileConnection:
        """SQLite would create a new, empty file, with the permissions that the umask leaves."""
        if self._seen:
            self.present()
        if not self.path.startswith("file:"):
            _keep_to_owner(self.path)
        connection: FileConnection = sqlite3.connect(
            *arguments, **{**named, "factory": FileConnection, "isolation_level": None, "check_same_thread": False}
        )
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def present(self) -> Identity:
        """Raises StoreUnavailable if it is missing."""
        found = self._identity()
        if found is None:
            raise StoreUnavailable("database", "is missing: its file was moved or deleted")
        return found

    def _set_up(self, connection: FileConnection) -> None:
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_S * 1000)}")
        write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.file, connection.identity = self, self._identity()
        self._seen = connection.identity is not None

    def _identity(self) -> Identity | None:
        with suppress(OSError):
            found = os.stat(self.path)  # noqa: PTH116 - in every request: a Path costs ten times as much
            return found.st_dev, found.st_ino
        return None


def write_ahead(connection: sqlite3.Connection) -> None:
    """Use a write-ahead log.

    While another process is just creating the file, SQLite answers "locked" at once: its busy timeout covers
    transactions, not this. So a transaction waits for the other process.
    """
    for _ in range(_OTHERS_CREATING):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            connection.execute(BEGIN)
            connection.execute("COMMIT")
        else:
            return
    raise StoreUnavailable("database", "is locked: other processes are creating it")


def _keep_to_owner(path: str) -> None:
    """For their owner only, whatever the folder and the umask: SQLite gives `-wal` and `-shm` the file's mode."""
    with suppress(OSError):  # it exists; or there is no folder, which opening the file will report
        # Never for an existing file: closing any descriptor of a file drops all locks that this process has on it
        # (POSIX, fcntl), and the next process to close the database would delete its log while we use it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, OWN_MODE))
    for file in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & ~OWN_MODE:
                file.chmod(mode & OWN_MODE)
