"""The bridge's own keys for each connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from app.adapters.sql.statements import insert_once
from app.adapters.sql.tables import ConnectionKeyRow
from app.domain.connections.connection import ConnectionId
from app.domain.connections.connection_key import ConnectionKey, KeyType, KeyUse
from app.domain.tenants.tenant import TenantId

COLUMNS = (
    ConnectionKeyRow.kid,
    ConnectionKeyRow.tenant_id,
    ConnectionKeyRow.connection_id,
    ConnectionKeyRow.use,
    ConnectionKeyRow.key_type,
    ConnectionKeyRow.generation,
    ConnectionKeyRow.public,
    ConnectionKeyRow.private,
    ConnectionKeyRow.made_at,
    ConnectionKeyRow.expires_at,
)

_OF_CONNECTION = (
    select(*COLUMNS)
    .where(
        ConnectionKeyRow.tenant_id == bindparam("tenant"),
        ConnectionKeyRow.connection_id == bindparam("wanted"),
    )
    .order_by(ConnectionKeyRow.generation.desc(), ConnectionKeyRow.use.desc(), ConnectionKeyRow.key_type.desc())
)
_ADD = insert_once(ConnectionKeyRow, index_elements=["connection_id", "use", "key_type", "generation"])
_RETIRE = (
    update(ConnectionKeyRow)
    .where(
        ConnectionKeyRow.tenant_id == bindparam("tenant"),
        ConnectionKeyRow.connection_id == bindparam("wanted"),
        ConnectionKeyRow.generation < bindparam("before"),
        or_(ConnectionKeyRow.expires_at.is_(None), ConnectionKeyRow.expires_at > bindparam("at")),
    )
    .values(expires_at=bindparam("at"))
)


def to_domain(values: Sequence[Any]) -> ConnectionKey:
    """From the values of `COLUMNS`."""
    kid, tenant_id, connection_id, use, key_type, generation, public, private, made_at, expires_at = values
    return ConnectionKey(
        kid=kid,
        tenant_id=tenant_id,
        connection_id=connection_id,
        use=KeyUse(use),
        key_type=KeyType(key_type),
        generation=generation,
        public=public,
        private=private,
        made_at=made_at,
        expires_at=expires_at,
    )


def from_domain(key: ConnectionKey) -> Mapping[str, object]:
    return {
        "kid": key.kid,
        "tenant_id": key.tenant_id,
        "connection_id": key.connection_id,
        "use": key.use.value,
        "key_type": key.key_type.value,
        "generation": key.generation,
        "public": dict(key.public),
        "private": key.private,
        "made_at": key.made_at,
        "expires_at": key.expires_at,
    }


@dataclass(frozen=True, slots=True)
class SqlConnectionKeys:
    """The port `ConnectionKeyStore`."""

    connection: Connection

    def of_connection(self, tenant_id: TenantId, connection_id: ConnectionId) -> Sequence[ConnectionKey]:
        rows = self.connection.execute(_OF_CONNECTION, {"tenant": tenant_id, "wanted": connection_id})
        return [to_domain(row) for row in rows]

    def add(self, keys: Sequence[ConnectionKey]) -> bool:
        added = [self.connection.execute(_ADD, from_domain(key)).rowcount for key in keys]
        return all(added)

    def retire(self, tenant_id: TenantId, connection_id: ConnectionId, *, before: int, at: float) -> None:
        self.connection.execute(_RETIRE, {"tenant": tenant_id, "wanted": connection_id, "before": before, "at": at})
