"""SQLite: how connections are set up, and whether they still use the right file."""

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry

from app.domain.errors import StoreUnavailable

BUSY_S = 5
"""How long one transaction waits for another's lock."""
BEGIN = "BEGIN IMMEDIATE"  # takes the write lock first: a transaction that reads before it writes cannot fail

_OTHERS_CREATING = 20

OWN_MODE = 0o600
"""The mode of its files: they hold everything."""
_IDENTITY = "file"

Identity = tuple[int, int]
"""Device and inode."""


class File:
    """A connection keeps using the file that it has opened, even if that was renamed or deleted.

    What is written after the file was moved or deleted is in no backup, and is lost with the next restart.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._seen = False

    def guard(self, engine: Engine) -> None:
        event.listen(engine, "do_connect", self._about_to_open)
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "checkout", self._checked_out)

    def _about_to_open(self, *_: object) -> None:
        """SQLite would create a new, empty file, with the permissions that the umask leaves."""
        if self._seen:
            self._require(self._identity())
        if self.path and not self.path.startswith((":", "file:")):
            _keep_to_owner(self.path)

    def _opened(self, connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_S * 1000)}")
        write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        record.info[_IDENTITY] = self._identity()
        self._seen = record.info[_IDENTITY] is not None

    def _checked_out(self, _connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info[_IDENTITY] is None:  # in memory
            return
        found = self._identity()
        self._require(found)
        if found != record.info[_IDENTITY]:
            raise exc.DisconnectionError  # another file has replaced it: a backup was restored

    def _require(self, found: Identity | None) -> None:
        if found is None:
            raise StoreUnavailable("database", "is missing: its file was moved or deleted")

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
