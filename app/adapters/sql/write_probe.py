"""Whether a login could be written now: tried, then rolled back. Nothing stays, whatever the result."""

from secrets import token_hex

from sqlalchemy import Connection, insert

from app.adapters.sql.tables import ConsumedAttemptRow

_ROW = insert(ConsumedAttemptRow)
_BEYOND_A_PAGE = 65_536

# A rolled-back change need not leave memory, so a full disk would go unnoticed. These force writes: a sort that
# exceeds its memory writes to the tables' disk, and a cache of one page to the log.
_SMALL_MEMORY = "SET LOCAL work_mem = '64kB'"
_SORT = (
    "SELECT count(*) FROM (SELECT repeat('x', 100) || n FROM generate_series(1, 5000) AS n ORDER BY 1 OFFSET 0) AS s"
)
_SMALL_CACHE, _USUAL_CACHE = "PRAGMA cache_size = 1", "PRAGMA cache_size = -2000"


def probe(connection: Connection) -> None:
    """In a transaction that the caller rolls back. Raises StoreUnavailable."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ROW, {"id": token_hex(16), "expires_at": 0.0})
        connection.exec_driver_sql(_SMALL_MEMORY)
        connection.exec_driver_sql(_SORT)
        return
    connection.exec_driver_sql(_SMALL_CACHE)
    try:
        connection.execute(_ROW, {"id": token_hex(_BEYOND_A_PAGE // 2), "expires_at": 0.0})
    finally:
        connection.exec_driver_sql(_USUAL_CACHE)
