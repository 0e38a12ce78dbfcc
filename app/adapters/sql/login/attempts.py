"""The ids of login attempts that somebody came back with, and of what else counts once."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.adapters.sql.statements import insert_once
from app.adapters.sql.tables import ConsumedAttemptRow
from app.domain.login.login_attempt import AttemptId

_BURN = insert_once(ConsumedAttemptRow)
_BURNED = select(ConsumedAttemptRow.id).where(ConsumedAttemptRow.id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class SqlAttempts:
    """The port `Attempts`."""

    connection: Connection

    def consume(self, attempt_id: AttemptId, *, expires_at: float) -> bool:
        return self.connection.execute(_BURN, {"id": attempt_id, "expires_at": expires_at}).rowcount == 1

    def consumed(self, attempt_id: AttemptId) -> bool:
        return self.connection.execute(_BURNED, {"wanted": attempt_id}).first() is not None
