"""Drafts of connections, and their previous versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKeyConstraint, bindparam, delete, select, update

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import storable, upsert
from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import Draft, PreviousVersion
from app.domain.tenants.tenant import TenantId


class _Settings:
    """All that can be set of a connection."""

    tenant_id: Column[str] = column(primary_key=True)
    id: Column[str] = column(primary_key=True)
    name: Column[str]
    provider: Column[dict[str, Any]]
    client_secret: Column[str | None]
    next_client_secret: Column[str | None]
    client_secret_expires: Column[str | None]
    private_key: Column[str | None]
    certificate: Column[str | None]
    certificate_expires_at: Column[float | None]
    status: Column[str]
    tested_at: Column[float | None]
    tested_fingerprint: Column[str | None]


class ConnectionDraftRow(_Settings, Base):
    """The settings that a connection is to have."""

    __tablename__ = "connection_drafts"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "id"], ["connections.tenant_id", "connections.id"]),)

    base: Column[str]
    kind: Column[str]
    changed_at: Column[float]
    changed_by: Column[str]


class ConnectionVersionRow(_Settings, Base):
    """The settings that a connection had before."""

    __tablename__ = "connection_versions"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "id"], ["connections.tenant_id", "connections.id"]),)

    successor: Column[str]
    replaced_at: Column[float]
    replaced_by: Column[str]


DRAFT = RowMapper(Draft, ConnectionDraftRow)
VERSION = RowMapper(PreviousVersion, ConnectionVersionRow)

_OF_TENANT = (
    select(*DRAFT.columns).where(ConnectionDraftRow.tenant_id == bindparam("tenant")).order_by(ConnectionDraftRow.name)
)
_THIS = (ConnectionDraftRow.tenant_id == bindparam("tenant"), ConnectionDraftRow.id == bindparam("wanted"))
_ONE = select(*DRAFT.columns).where(*_THIS)
_SAVE = upsert(ConnectionDraftRow, on=["tenant_id", "id"])
_MARK_TESTED = (
    update(ConnectionDraftRow)
    .where(*_THIS)
    .values(tested_at=bindparam("at"), tested_fingerprint=bindparam("fingerprint"))
)
_REMOVE = delete(ConnectionDraftRow).where(*_THIS)
_PREVIOUS = select(*VERSION.columns).where(
    ConnectionVersionRow.tenant_id == bindparam("tenant"), ConnectionVersionRow.id == bindparam("wanted")
)
_KEEP = upsert(ConnectionVersionRow, on=["tenant_id", "id"])


@dataclass(frozen=True, slots=True)
class SqlConnectionDrafts:
    """The port `ConnectionDraftStore`."""

    sql: Executor

    def get(self, tenant_id: TenantId, connection_id: ConnectionId) -> Draft | None:
        if not storable(connection_id):
            return None
        return self.sql.first(_ONE, DRAFT.to_domain, tenant=tenant_id, wanted=connection_id)

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Draft]:
        return self.sql.all(_OF_TENANT, DRAFT.to_domain, tenant=tenant_id)

    def save(self, draft: Draft) -> None:
        self.sql.changed(_SAVE, **DRAFT.from_domain(draft))

    def mark_tested(self, draft: Draft, *, at: float) -> None:
        this = {"tenant": draft.settings.tenant_id, "wanted": draft.id}
        self.sql.changed(_MARK_TESTED, **this, at=at, fingerprint=draft.settings.fingerprint)

    def remove(self, tenant_id: TenantId, connection_id: ConnectionId) -> None:
        self.sql.changed(_REMOVE, tenant=tenant_id, wanted=connection_id)

    def previous(self, tenant_id: TenantId, connection_id: ConnectionId) -> PreviousVersion | None:
        if not storable(connection_id):
            return None
        return self.sql.first(_PREVIOUS, VERSION.to_domain, tenant=tenant_id, wanted=connection_id)

    def keep(self, previous: PreviousVersion) -> None:
        self.sql.changed(_KEEP, **VERSION.from_domain(previous))
