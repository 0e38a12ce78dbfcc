"""The bridge's own keys for each connection."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, update

from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once
from app.adapters.sql.tables import ConnectionKeyRow
from app.domain.connections.connection import ConnectionId
from app.domain.connections.connection_key import ConnectionKey
from app.domain.tenants.tenant import TenantId

KEY = RowMapper(ConnectionKey, ConnectionKeyRow)

_OF_CONNECTION = (
    select(*KEY.columns)
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


@dataclass(frozen=True, slots=True)
class SqlConnectionKeys:
    """The port `ConnectionKeyStore`."""

    sql: Executor

    def of_connection(self, tenant_id: TenantId, connection_id: ConnectionId) -> Sequence[ConnectionKey]:
        return self.sql.all(_OF_CONNECTION, KEY.to_domain, tenant=tenant_id, wanted=connection_id)

    def add(self, keys: Sequence[ConnectionKey]) -> bool:
        added = [self.sql.changed(_ADD, **KEY.from_domain(key)) for key in keys]
        return all(added)

    def retire(self, tenant_id: TenantId, connection_id: ConnectionId, *, before: int, at: float) -> None:
        self.sql.changed(_RETIRE, tenant=tenant_id, wanted=connection_id, before=before, at=at)
