"""The ids of consumed login attempts, and other ids that may be used only once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.adapters.sql.executor import Executor, Query, first_column
from app.adapters.sql.statements import insert_once
from app.adapters.sql.tables import ConsumedAttemptRow
from app.domain.login.login_attempt import AttemptId

_CONSUME = insert_once(ConsumedAttemptRow).returning(ConsumedAttemptRow.id)
_CONSUMED = select(ConsumedAttemptRow.id).where(ConsumedAttemptRow.id == bindparam("wanted"))


def consume(attempt_id: AttemptId, *, expires_at: float) -> Query[Any]:
    """It returns the id, unless it has been consumed before."""
    return Query(_CONSUME, first_column, {"id": attempt_id, "expires_at": expires_at})


@dataclass(frozen=True, slots=True)
class SqlAttempts:
    """The port `Attempts`."""

    sql: Executor

    def consume(self, attempt_id: AttemptId, *, expires_at: float) -> bool:
        (consumed,) = self.sql.together(consume(attempt_id, expires_at=expires_at))
        return bool(consumed)

    def consumed(self, attempt_id: AttemptId) -> bool:
        return self.sql.value(_CONSUMED, wanted=attempt_id) is not None
