"""What errors of the drivers mean. Only here do those of an unavailable database become StoreUnavailable.

Likewise, errors about a name or id that is taken become AlreadyStored.
"""

import re
import sqlite3

import psycopg
from psycopg.errors import ConnectionTimeout, UniqueViolation

from app.adapters.sql.database.postgres import TAKEN_APART
from app.domain.errors import StoreUnavailable
from app.ports.repositories import AlreadyStored

HANGS = "does not answer"
LOCKED = "is locked by a long-running operation"

_SQLITE_NOT_MIGRATED = re.compile("^no such (table|column)|has no column named")
_SQLITE_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_SQLITE_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_POSTGRES_UNUSABLE = {"25006", "3F000", "42P01", "42501", "42703"}
"""Read-only; no schema, table, permission or column: not migrated, or not ours. PostgreSQL, appendix A."""
_PROBLEMS: dict[object, str] = {
    "08P01": TAKEN_APART,  # PgBouncer's response to BEGIN in statement mode
    "25006": "is read-only",
    "53100": "has run out of disk space",
    "55P03": LOCKED,
    "57014": "takes too long to answer",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_FULL: "has run out of disk space",
    sqlite3.SQLITE_BUSY: LOCKED,
}
"""By PostgreSQL's SQLSTATE, or SQLite's code."""


def our_own(error: BaseException) -> StoreUnavailable | AlreadyStored | None:
    """None if it is neither of these: a mistake of ours."""
    if _says_taken(error):
        return AlreadyStored()
    return StoreUnavailable("database", _problem(error)) if _says_away(error) else None


def _problem(error: BaseException) -> str:
    if isinstance(error, ConnectionTimeout):
        return HANGS
    if isinstance(error, psycopg.Error):
        return _PROBLEMS.get(error.sqlstate, StoreUnavailable.AWAY)
    return _PROBLEMS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, StoreUnavailable.AWAY)


def _says_taken(error: BaseException) -> bool:
    if isinstance(error, sqlite3.IntegrityError):
        return error.sqlite_errorcode in _SQLITE_TAKEN
    return isinstance(error, UniqueViolation)


def _says_away(error: BaseException) -> bool:
    """Unavailable, locked, full, read-only, overloaded or not migrated. Anything else is our own bug."""
    if isinstance(error, sqlite3.OperationalError):
        # SQLite's plain ERROR may also be a mistake in a query.
        plain = error.sqlite_errorcode == sqlite3.SQLITE_ERROR
        return not plain or _SQLITE_NOT_MIGRATED.search(str(error)) is not None
    if isinstance(error, sqlite3.DatabaseError):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BROKEN
    if isinstance(error, psycopg.Error):
        away = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return away or error.sqlstate in _POSTGRES_UNUSABLE
    return False
