"""The ids of login attempts that somebody came back with, and of what else counts once."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.adapters.sql.statements import insert_once
from app.adapters.sql.tables import BurnedAttemptRow
from app.domain.login.login_attempt import AttemptId

_BURN = insert_once(BurnedAttemptRow)
_BURNED = select(BurnedAttemptRow.id).where(BurnedAttemptRow.id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class SqlAttempts:
    """The port `Attempts`."""

    connection: Connection

    def burn(self, attempt_id: AttemptId, *, expires_at: float) -> bool:
        return self.connection.execute(_BURN, {"id": attempt_id, "expires_at": expires_at}).rowcount == 1

    def burned(self, attempt_id: AttemptId) -> bool:
        return self.connection.execute(_BURNED, {"wanted": attempt_id}).first() is not None
