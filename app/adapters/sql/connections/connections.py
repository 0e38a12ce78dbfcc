"""Tenants' links to providers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import bindparam, select, update

from app.adapters.sql.statements import storable, upsert
from app.adapters.sql.tables import ConnectionRow, TenantRow
from app.adapters.sql.tenants import tenants
from app.domain.connections.connection import ClientAuth, Connection, ConnectionId, MatchBy, Protocol, Provider
from app.domain.tenants.tenant import Status, Tenant, TenantId

COLUMNS = (
    ConnectionRow.id,
    ConnectionRow.tenant_id,
    ConnectionRow.name,
    ConnectionRow.provider,
    ConnectionRow.client_secret,
    ConnectionRow.private_key,
    ConnectionRow.certificate,
    ConnectionRow.status,
    ConnectionRow.tested_at,
    ConnectionRow.tested_fingerprint,
    ConnectionRow.backchannel_at,
)

_OF_TENANT = select(*COLUMNS).where(ConnectionRow.tenant_id == bindparam("tenant")).order_by(ConnectionRow.name)
_ONE = select(*COLUMNS).where(ConnectionRow.tenant_id == bindparam("tenant"), ConnectionRow.id == bindparam("wanted"))
_WITH_TENANT = (
    select(*COLUMNS, *tenants.COLUMNS)
    .join(TenantRow, TenantRow.id == ConnectionRow.tenant_id)
    .where(ConnectionRow.id == bindparam("wanted"))
)
# The tenant is part of what is looked for: an id that another tenant has is a breach of the primary key, not a match.
_SAVE = upsert(ConnectionRow, on=["tenant_id", "id"], never=["backchannel_at"])
_MARK_TESTED = (
    update(ConnectionRow)
    .where(ConnectionRow.tenant_id == bindparam("tenant"), ConnectionRow.id == bindparam("wanted"))
    .values(tested_at=bindparam("at"), tested_fingerprint=bindparam("fingerprint"))
)
_MARK_BACKCHANNEL = (
    update(ConnectionRow)
    .where(ConnectionRow.tenant_id == bindparam("tenant"), ConnectionRow.id == bindparam("wanted"))
    .values(backchannel_at=bindparam("at"))
)

_FIELDS = tuple(field.name for field in fields(Provider))
_ENUMS = {"protocol": Protocol, "client_auth": ClientAuth, "match_by": MatchBy}


def provider_from_json(stored: Mapping[str, Any]) -> Provider:
    """A field that is not stored has its default; one that this version does not know is left out."""
    known = {name: stored[name] for name in _FIELDS if name in stored}
    for name, value in known.items():
        if name in _ENUMS:
            known[name] = _ENUMS[name](value)
        elif isinstance(value, list):
            known[name] = tuple(value)
    return Provider(**known)


def to_domain(values: Sequence[Any]) -> Connection:
    """From the values of `COLUMNS`."""
    id_, tenant_id, name, provider, client_secret, private_key, certificate, status, *noted = values
    tested_at, fingerprint, backchannel_at = noted
    return Connection(
        id=id_,
        tenant_id=tenant_id,
        name=name,
        provider=provider_from_json(provider),
        client_secret=client_secret,
        private_key=private_key,
        certificate=certificate,
        status=Status(status),
        tested_at=tested_at,
        tested_fingerprint=fingerprint,
        backchannel_at=backchannel_at,
    )


def from_domain(connection: Connection) -> Mapping[str, object]:
    return {
        "id": connection.id,
        "tenant_id": connection.tenant_id,
        "name": connection.name,
        "provider": asdict(connection.provider),
        "client_secret": connection.client_secret,
        "private_key": connection.private_key,
        "certificate": connection.certificate,
        "status": connection.status.value,
        "tested_at": connection.tested_at,
        "tested_fingerprint": connection.tested_fingerprint,
    }


@dataclass(frozen=True, slots=True)
class SqlConnections:
    """The port `Connections`."""

    connection: SqlConnection

    def get(self, tenant_id: TenantId, connection_id: ConnectionId) -> Connection | None:
        if not storable(connection_id):
            return None
        row = self.connection.execute(_ONE, {"tenant": tenant_id, "wanted": connection_id}).first()
        return None if row is None else to_domain(row)

    def with_tenant(self, connection_id: ConnectionId) -> tuple[Connection, Tenant] | None:
        if not storable(connection_id):
            return None
        row = self.connection.execute(_WITH_TENANT, {"wanted": connection_id}).first()
        if row is None:
            return None
        return to_domain(row[: len(COLUMNS)]), tenants.to_domain(row[len(COLUMNS) :])

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Connection]:
        return [to_domain(row) for row in self.connection.execute(_OF_TENANT, {"tenant": tenant_id})]

    def save(self, connection: Connection) -> None:
        self.connection.execute(_SAVE, from_domain(connection))

    def mark_backchannel(self, connection: Connection, *, at: float) -> None:
        wanted = {"tenant": connection.tenant_id, "wanted": connection.id}
        self.connection.execute(_MARK_BACKCHANNEL, {**wanted, "at": at})

    def mark_tested(self, connection: Connection, *, at: float) -> None:
        self.connection.execute(
            _MARK_TESTED,
            {
                "tenant": connection.tenant_id,
                "wanted": connection.id,
                "at": at,
                "fingerprint": connection.fingerprint,
            },
        )
