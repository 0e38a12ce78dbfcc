"""Tenants' links to providers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Index, bindparam, delete, or_, select, text, update

from app.adapters.sql.executor import Executor, Query, Row
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import among, storable, upsert
from app.adapters.sql.tables import ConnectionKeyRow, ConnectionRow, TenantRow
from app.adapters.sql.tenants.tenants import TENANT
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.tenants.tenant import Status, Tenant, TenantId

CONNECTION = RowMapper(Connection, ConnectionRow, as_text=["provider"])
_TENANT = len(CONNECTION.columns)
Index(None, ConnectionRow.client_secret_expires)
Index(None, ConnectionRow.certificate_expires_at)

_OF_TENANT = (
    select(*CONNECTION.columns).where(ConnectionRow.tenant_id == bindparam("tenant")).order_by(ConnectionRow.name)
)
_OF_TENANTS = select(*CONNECTION.columns).where(among(ConnectionRow.tenant_id, "tenants")).order_by(ConnectionRow.name)
_EXPIRING = select(*CONNECTION.columns).where(
    or_(
        ConnectionRow.client_secret_expires < bindparam("day"),
        ConnectionRow.certificate_expires_at < bindparam("before"),
    ),
    ConnectionRow.status == Status.ACTIVE.value,
)
_NEXT_SECRET = (
    select(ConnectionRow.client_secret_expires)
    .where(
        ConnectionRow.client_secret_expires.is_not(None),
        ConnectionRow.next_client_secret.is_(None),
        ConnectionRow.status == Status.ACTIVE.value,
    )
    .order_by(ConnectionRow.client_secret_expires)
    .limit(1)
)
_NEXT_CERTIFICATE = (
    select(ConnectionRow.certificate_expires_at)
    .where(ConnectionRow.certificate_expires_at.is_not(None), ConnectionRow.status == Status.ACTIVE.value)
    .order_by(ConnectionRow.certificate_expires_at)
    .limit(1)
)
_NAMED = _OF_TENANT.where(ConnectionRow.name == bindparam("wanted"))
_THIS = (ConnectionRow.tenant_id == bindparam("tenant"), ConnectionRow.id == bindparam("wanted"))
_ONE = select(*CONNECTION.columns).where(*_THIS)
_WITH_TENANT = (
    select(*CONNECTION.columns, *TENANT.columns)
    .join(TenantRow, TenantRow.id == ConnectionRow.tenant_id)
    .where(ConnectionRow.id == bindparam("wanted"))
)
# The tenant first, as `Tenants.hold` does. Whoever changes a connection has locked its tenant: after waiting for that,
# PostgreSQL still shows what this query saw when it began, except for rows that it locks. So it locks the connection's
# too, after the tenant's, and in the way that a foreign key does, which keeps nobody waiting.
_HELD_WITH_TENANT = _WITH_TENANT.with_for_update(read=True, of=TenantRow).suffix_with(
    text("FOR KEY SHARE OF connections"), dialect="postgresql"
)
_BY_TENANT_SLUG = (
    select(*TENANT.columns, *CONNECTION.columns)
    .outerjoin(ConnectionRow, ConnectionRow.tenant_id == TenantRow.id)
    .where(TenantRow.slug == bindparam("slug"))
    .order_by(ConnectionRow.name)
)
_CONNECTION = len(TENANT.columns)
# The tenant is part of the lookup: another tenant's id then violates the primary key instead of matching.
_SAVE = upsert(ConnectionRow, on=["tenant_id", "id"], never=["backchannel_at"])
_MARK_TESTED = (
    update(ConnectionRow).where(*_THIS).values(tested_at=bindparam("at"), tested_fingerprint=bindparam("fingerprint"))
)
_REMOVE_KEYS = delete(ConnectionKeyRow).where(
    ConnectionKeyRow.tenant_id == bindparam("tenant"), ConnectionKeyRow.connection_id == bindparam("wanted")
)
_REMOVE = delete(ConnectionRow).where(*_THIS)
_MARK_BACKCHANNEL = update(ConnectionRow).where(*_THIS).values(backchannel_at=bindparam("at"))


@dataclass(frozen=True, slots=True)
class SqlConnections:
    """The port `Connections`."""

    sql: Executor

    def get(self, tenant_id: TenantId, connection_id: ConnectionId) -> Connection | None:
        if not storable(connection_id):
            return None
        return self.sql.first(_ONE, CONNECTION.to_domain, tenant=tenant_id, wanted=connection_id)

    def with_tenant(self, connection_id: ConnectionId) -> tuple[Connection, Tenant] | None:
        (found,) = self.sql.together(with_tenant(connection_id)) if storable(connection_id) else ([],)
        return found[0] if found else None

    def by_tenant_slug(self, slug: str) -> tuple[Tenant, Sequence[Connection]] | None:
        (rows,) = self.sql.together(by_tenant_slug(slug)) if storable(slug) else ([],)
        return workspace_of(rows)

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Connection]:
        return self.sql.all(_OF_TENANT, CONNECTION.to_domain, tenant=tenant_id)

    def expiring(self, *, before: float) -> Sequence[Connection]:
        day = datetime.fromtimestamp(before, tz=UTC).date().isoformat()
        return self.sql.all(_EXPIRING, CONNECTION.to_domain, day=day, before=before)

    def next_expiries(self) -> tuple[float | None, float | None]:
        day = self.sql.first(_NEXT_SECRET, tuple)
        at = self.sql.first(_NEXT_CERTIFICATE, tuple)
        secret_at = datetime.fromisoformat(day[0]).replace(tzinfo=UTC).timestamp() if day else None
        return secret_at, at[0] if at else None

    def named(self, tenant_id: TenantId, name: str) -> Connection | None:
        if not storable(name):
            return None
        return self.sql.first(_NAMED, CONNECTION.to_domain, tenant=tenant_id, wanted=name)

    def of_tenants(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Sequence[Connection]]:
        found: dict[TenantId, list[Connection]] = {tenant_id: [] for tenant_id in tenants}
        for connection in self.sql.all(_OF_TENANTS, CONNECTION.to_domain, tenants=list(tenants)):
            found[connection.tenant_id].append(connection)
        return found

    def save(self, connection: Connection) -> None:
        self.sql.changed(_SAVE, **CONNECTION.from_domain(connection))

    def remove(self, tenant_id: TenantId, connection_id: ConnectionId) -> None:
        for statement in (_REMOVE_KEYS, _REMOVE):
            self.sql.changed(statement, tenant=tenant_id, wanted=connection_id)

    def mark_backchannel(self, connection: Connection, *, at: float) -> None:
        self.sql.changed(_MARK_BACKCHANNEL, tenant=connection.tenant_id, wanted=connection.id, at=at)

    def mark_tested(self, connection: Connection, *, at: float) -> None:
        this = {"tenant": connection.tenant_id, "wanted": connection.id}
        self.sql.send(_MARK_TESTED, **this, at=at, fingerprint=connection.fingerprint)


def by_tenant_slug(slug: str) -> Query[Row]:
    """For `workspace_of`."""
    return Query(_BY_TENANT_SLUG, tuple, {"slug": slug})


def workspace_of(rows: Sequence[Row]) -> tuple[Tenant, Sequence[Connection]] | None:
    if not rows:
        return None
    connections = [CONNECTION.to_domain(row[_CONNECTION:]) for row in rows if row[_CONNECTION] is not None]
    return TENANT.to_domain(rows[0][:_CONNECTION]), connections


def with_tenant(connection_id: ConnectionId) -> Query[tuple[Connection, Tenant]]:
    return Query(_WITH_TENANT, _with_tenant, {"wanted": connection_id})


def held_with_tenant(connection_id: ConnectionId) -> Query[tuple[Connection, Tenant]]:
    return Query(_HELD_WITH_TENANT, _with_tenant, {"wanted": connection_id})


def _with_tenant(row: Row) -> tuple[Connection, Tenant]:
    return CONNECTION.to_domain(row[:_TENANT]), TENANT.to_domain(row[_TENANT:])
