"""Rows whose time is over, of every table where a row has one. services/clean_up.py decides how many at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, select

from app.adapters.sql.batches import delete_some
from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.database.limits import MAINTENANCE_S
from app.adapters.sql.executor import Executor, first_column
from app.adapters.sql.oauth2.rows import (
    AppLogoutRow,
    AuthorizationRow,
    DeviceCodeRow,
    PushedRequestRow,
    RefreshTokenRow,
    RevokedTokenRow,
    SigningKeyRow,
)
from app.adapters.sql.setup.links import SetupLinkRow
from app.adapters.sql.statements import among
from app.adapters.sql.tables import ConnectionKeyRow, ConsumedAttemptRow, ProviderLogoutRow, SessionRow
from app.adapters.sql.throttling.counters import CounterRow
from app.domain.setup.setup_link import KEPT_S

SLACK_S = 3600
"""Allows for workers whose clock is behind."""

RemoveSome = Callable[[int], int]
"""Removes at most so many, in a transaction of its own. Returns how many: fewer if there are no more."""
RemoveAll = Callable[[RemoveSome], int]
"""Calls a RemoveSome as often as it should. Returns how many were removed."""


def _over(row: Any) -> Any:  # noqa: ANN401 - any of the tables with an end
    return row.expires_at < bindparam("before")


ROWS: Any = (
    CounterRow,
    ConsumedAttemptRow,
    ProviderLogoutRow,
    SessionRow,
    ConnectionKeyRow,
    SetupLinkRow,
    PushedRequestRow,
    RevokedTokenRow,
    DeviceCodeRow,
    SigningKeyRow,
    AppLogoutRow,
)
STATEMENTS = {row: delete_some(row, _over(row), order=row.expires_at) for row in ROWS}
_KEPT_S = {SetupLinkRow: KEPT_S}

OVER_AUTHORIZATIONS = (
    select(AuthorizationRow.id)
    .where(_over(AuthorizationRow))
    .order_by(AuthorizationRow.expires_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
TOKENS_OF_THESE = delete_some(
    RefreshTokenRow, among(RefreshTokenRow.authorization_id, "these"), order=RefreshTokenRow.authorization_id
)
_THESE = delete(AuthorizationRow).where(among(AuthorizationRow.id, "these"))


def purge(engine: SqlEngine, now: float, remove: RemoveAll) -> int:
    """Returns how many rows there were."""
    removed = remove(partial(_some_authorizations, engine, now - SLACK_S))
    for row, statement in STATEMENTS.items():
        before = now - SLACK_S - _KEPT_S.get(row, 0)
        removed += remove(partial(_some, engine, statement, before))
    return removed


def _some(engine: SqlEngine, statement: Any, before: float, most: int) -> int:  # noqa: ANN401 - one of STATEMENTS
    with engine.writing(statement_s=MAINTENANCE_S) as connection:
        return Executor(engine, connection).changed(statement, before=before, most=most)


def _some_authorizations(engine: SqlEngine, before: float, most: int) -> int:
    """With their tokens, of which one that was refreshed for months has thousands: those count, too."""
    with engine.writing(statement_s=MAINTENANCE_S) as connection:
        sql = Executor(engine, connection)
        these = sql.all(OVER_AUTHORIZATIONS, first_column, before=before, most=most)
        tokens = sql.changed(TOKENS_OF_THESE, these=these, most=most) if these else 0
        return tokens if tokens >= most else tokens + (sql.changed(_THESE, these=these) if these else 0)
