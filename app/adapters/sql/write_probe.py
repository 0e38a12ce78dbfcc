"""Whether a login could be written down now: tried, and undone. Nothing of it stays, whatever the answer is."""

from secrets import token_hex

from sqlalchemy import Connection, insert

from app.adapters.sql.tables import ConsumedAttemptRow

_ROW = insert(ConsumedAttemptRow)
_BEYOND_A_PAGE = 65_536

# What is undone never needs to leave memory, and a full disk would go unnoticed: these make it leave. A sort that does
# not fit into its memory writes to the disk that the tables are on, and a cache of one page to the log.
_SMALL_MEMORY = "SET LOCAL work_mem = '64kB'"
_SORT = (
    "SELECT count(*) FROM (SELECT repeat('x', 100) || n FROM generate_series(1, 5000) AS n ORDER BY 1 OFFSET 0) AS s"
)
_SMALL_CACHE, _USUAL_CACHE = "PRAGMA cache_size = 1", "PRAGMA cache_size = -2000"


def probe(connection: Connection) -> None:
    """In a transaction that the caller undoes. Raises StoreUnavailable."""
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
