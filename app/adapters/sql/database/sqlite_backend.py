"""SQLite, for the engine: connections to its file, and what its errors mean.

Only here do those of an unavailable file become StoreUnavailable, and those about a name or id that is taken
AlreadyStored.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.adapters.sql.database.limits import LOCKED
from app.adapters.sql.database.sqlite import File, FileConnection
from app.domain.errors import StoreUnavailable
from app.ports.repositories import AlreadyStored

_NOT_MIGRATED = re.compile("^no such (table|column)|has no column named")
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PROBLEMS = {
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_FULL: "has run out of disk space",
    sqlite3.SQLITE_BUSY: LOCKED,
}
"""By SQLite's code."""


class SqliteBackend:
    """One file. There is no server that could hang."""

    hangs = False

    def __init__(self, path: str, arguments: Sequence[Any], named: Mapping[str, Any]) -> None:
        """`arguments` and `named` as `sqlite3.connect` takes them."""
        self._file = File(path)
        self._arguments, self._named = arguments, named

    def open(self) -> FileConnection:
        """Raises sqlite3.Error, and StoreUnavailable if the file is missing."""
        return self._file.open(*self._arguments, **self._named)

    def open_writer(self) -> FileConnection:
        """The one that writes keeps more pages."""
        connection = self.open()
        connection.remember_more()
        return connection

    def noticed_hanging(self) -> None:
        pass

    def pooler(self, _transaction: Connection) -> None:
        return None

    def close(self) -> None:
        pass

    def our_own(self, error: BaseException) -> StoreUnavailable | AlreadyStored | None:
        """None if it is neither of these: a mistake of ours."""
        if isinstance(error, sqlite3.IntegrityError):
            return AlreadyStored() if error.sqlite_errorcode in _TAKEN else None
        if not isinstance(error, sqlite3.DatabaseError) or not _says_away(error):
            return None
        return StoreUnavailable("database", _PROBLEMS.get(_code(error), StoreUnavailable.AWAY))


def _says_away(error: sqlite3.DatabaseError) -> bool:
    """Unavailable, locked, full, read-only or not migrated. Anything else is our own bug."""
    if isinstance(error, sqlite3.OperationalError):
        # SQLite's plain ERROR may also be a mistake in a query.
        plain = error.sqlite_errorcode == sqlite3.SQLITE_ERROR
        return not plain or _NOT_MIGRATED.search(str(error)) is not None
    return _code(error) in _BROKEN


def _code(error: sqlite3.Error) -> int:
    """Without what SQLite adds to it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
