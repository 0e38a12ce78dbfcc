"""Whom providers have signed out lately. What they said is kept as a hash: it is compared, never read."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.adapters.sql.statements import upsert
from app.adapters.sql.tables import ProviderLogoutRow
from app.domain.connections.connection import ConnectionId

_REMEMBER = upsert(ProviderLogoutRow, on=["id"])
_SINCE = (
    select(ProviderLogoutRow.id)
    .where(ProviderLogoutRow.id.in_(bindparam("wanted", expanding=True)), ProviderLogoutRow.at >= bindparam("began_at"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class SqlProviderLogouts:
    """The port `ProviderLogouts`."""

    connection: Connection

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
        row = {"id": _key(connection_id, issuer, sid, subject), "at": at, "expires_at": expires_at}
        self.connection.execute(_REMEMBER, row)

    def since(
        self, connection_id: ConnectionId, *, issuer: str, sid: str | None, subject: str, began_at: float
    ) -> bool:
        named = [(None, subject), *([(sid, None), (sid, subject)] if sid else [])]
        wanted = [_key(connection_id, issuer, *one) for one in named]
        return self.connection.execute(_SINCE, {"wanted": wanted, "began_at": began_at}).first() is not None


def _key(connection_id: ConnectionId, issuer: str, sid: str | None, subject: str | None) -> str:
    return hashlib.sha256(json.dumps([connection_id, issuer, sid, subject]).encode()).hexdigest()
