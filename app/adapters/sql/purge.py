"""Removes rows whose time is over, in small transactions."""

from sqlalchemy import bindparam, delete, select

from app.adapters.sql.engine import SqlEngine
from app.adapters.sql.executor import Executor
from app.adapters.sql.oauth2.rows import (
    AppLogoutRow,
    AuthorizationRow,
    DeviceCodeRow,
    PushedRequestRow,
    RevokedTokenRow,
    SigningKeyRow,
)
from app.adapters.sql.postgres import MAINTENANCE_S
from app.adapters.sql.setup.links import SetupLinkRow
from app.adapters.sql.tables import ConnectionKeyRow, ConsumedAttemptRow, ProviderLogoutRow, SessionRow
from app.adapters.sql.throttling.counters import CounterRow
from app.domain.setup.setup_link import KEPT_S

BATCH = 5000
"""How many rows one purging transaction deletes, so that nobody waits long for it."""

SLACK_S = 3600
"""Allows for workers whose clock is behind."""

_PURGES = [
    (delete(row).where(key.in_(select(key).where(row.expires_at < bindparam("before")).limit(BATCH))), kept_s)
    for row, key, kept_s in (
        (CounterRow, CounterRow.key, 0),
        (ConsumedAttemptRow, ConsumedAttemptRow.id, 0),
        (ProviderLogoutRow, ProviderLogoutRow.id, 0),
        (SessionRow, SessionRow.id, 0),
        (ConnectionKeyRow, ConnectionKeyRow.kid, 0),
        (SetupLinkRow, SetupLinkRow.id, KEPT_S),
        (AuthorizationRow, AuthorizationRow.id, 0),
        (PushedRequestRow, PushedRequestRow.id, 0),
        (RevokedTokenRow, RevokedTokenRow.jti, 0),
        (DeviceCodeRow, DeviceCodeRow.device_hash, 0),
        (SigningKeyRow, SigningKeyRow.kid, 0),
        (AppLogoutRow, AppLogoutRow.id, 0),
    )
]


def purge(engine: SqlEngine, now: float) -> int:
    """How many rows there were."""
    purged = 0
    for statement, kept_s in _PURGES:
        removed = BATCH
        while removed == BATCH:
            with engine.writing(statement_s=MAINTENANCE_S) as driver:
                removed = Executor(engine, driver).changed(statement, before=now - SLACK_S - kept_s)
            purged += removed
    return purged
