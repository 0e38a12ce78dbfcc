"""PostgreSQL, for the engine: connections to it, and what its errors mean.

Only here do those of an unavailable server become StoreUnavailable, and those about a name or id that is taken
AlreadyStored.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout, UniqueViolation
from sqlalchemy import Connection

from app.adapters.sql.database.driver import Pooler
from app.adapters.sql.database.limits import HANGS, LOCKED
from app.adapters.sql.database.postgres import TAKEN_APART, BoundedConnection, Lookout, pooler_behind
from app.domain.errors import StoreUnavailable
from app.ports.repositories import AlreadyStored

_UNUSABLE = {"25006", "3F000", "42P01", "42501", "42703"}
"""Read-only; no schema, table, permission or column: not migrated, or not ours. PostgreSQL, appendix A."""
_PROBLEMS: dict[str | None, str] = {
    "08P01": TAKEN_APART,  # PgBouncer's response to BEGIN in statement mode
    "25006": "is read-only",
    "53100": "has run out of disk space",
    "55P03": LOCKED,
    "57014": "takes too long to answer",
}
"""By SQLSTATE."""


class PostgresBackend:
    """One server, and whether it hangs."""

    def __init__(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> None:
        """As psycopg's `connect` takes them."""
        self._arguments, self._named = arguments, named
        self._lookout = Lookout(self._connect)

    @property
    def hangs(self) -> bool:
        return self._lookout.hangs

    def open(self) -> BoundedConnection:
        """Raises psycopg.Error."""
        if self.hangs:  # another thread noticed while this one waited for a connection
            raise ConnectionTimeout(HANGS)
        return self._connect()

    def noticed_hanging(self) -> None:
        self._lookout.noticed()

    def pooler(self, transaction: Connection) -> Pooler | None:
        return pooler_behind(transaction)

    def close(self) -> None:
        self._lookout.close()

    def our_own(self, error: BaseException) -> StoreUnavailable | AlreadyStored | None:
        """None if it is neither of these: a mistake of ours."""
        if isinstance(error, UniqueViolation):
            return AlreadyStored()
        if isinstance(error, ConnectionTimeout):
            self.noticed_hanging()
            return StoreUnavailable("database", HANGS)
        if not isinstance(error, psycopg.Error):
            return None
        # Unavailable, locked, full, read-only, overloaded or not migrated. Anything else is our own bug.
        if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and error.sqlstate not in _UNUSABLE:
            return None
        return StoreUnavailable("database", _PROBLEMS.get(error.sqlstate, StoreUnavailable.AWAY))

    def _connect(self) -> BoundedConnection:
        return BoundedConnection.open(*self._arguments, **self._named)
