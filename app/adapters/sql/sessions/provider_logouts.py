"""Recent logouts at providers, stored as hashes: they are compared, never read."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.adapters.sql.executor import Executor
from app.adapters.sql.statements import among, upsert
from app.adapters.sql.tables import ProviderLogoutRow
from app.domain.connections.connection import ConnectionId

_REMEMBER = upsert(ProviderLogoutRow, on=["id"])
_SINCE = (
    select(ProviderLogoutRow.id)
    .where(among(ProviderLogoutRow.id, "wanted"), ProviderLogoutRow.at >= bindparam("began_at"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class SqlProviderLogouts:
    """The port `ProviderLogouts`."""

    sql: Executor

    def remember(
        self,
        connection_id: ConnectionId,
        *,
        issuer: str,
        sid: str | None,
        subject: str | None,
        at: float,
        expires_at: float,
    ) -> None:
        key = _key(connection_id, issuer, sid, subject)
        self.sql.changed(_REMEMBER, id=key, at=at, expires_at=expires_at)

    def since(
        self, connection_id: ConnectionId, *, issuer: str, sid: str | None, subject: str, began_at: float
    ) -> bool:
        named = [(None, subject), *([(sid, None), (sid, subject)] if sid else [])]
        wanted = [_key(connection_id, issuer, *one) for one in named]
        return self.sql.value(_SINCE, wanted=wanted, began_at=began_at) is not None


def _key(connection_id: ConnectionId, issuer: str, sid: str | None, subject: str | None) -> str:
    return hashlib.sha256(json.dumps([connection_id, issuer, sid, subject]).encode()).hexdigest()
