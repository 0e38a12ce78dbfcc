"""The ids of consumed login attempts, and other ids that may be used only once."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.adapters.sql.executor import Executor
from app.adapters.sql.statements import insert_once
from app.adapters.sql.tables import ConsumedAttemptRow
from app.domain.login.login_attempt import AttemptId

_CONSUME = insert_once(ConsumedAttemptRow)
_CONSUMED = select(ConsumedAttemptRow.id).where(ConsumedAttemptRow.id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class SqlAttempts:
    """The port `Attempts`."""

    sql: Executor

    def consume(self, attempt_id: AttemptId, *, expires_at: float) -> bool:
        return self.sql.changed(_CONSUME, id=attempt_id, expires_at=expires_at) == 1

    def consumed(self, attempt_id: AttemptId) -> bool:
        return self.sql.value(_CONSUMED, wanted=attempt_id) is not None
