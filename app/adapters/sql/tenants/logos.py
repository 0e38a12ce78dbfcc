"""The images of tenants' logos; `tenants.logo` says which one is shown."""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, bindparam, delete, select

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import upsert
from app.domain.tenants.logo import Logo
from app.domain.tenants.tenant import TenantId


class TenantLogoRow(Base):
    """One image at most."""

    __tablename__ = "tenant_logos"

    tenant_id: Column[str] = column(ForeignKey("tenants.id"), primary_key=True)
    content: Column[bytes]
    content_type: Column[str]


LOGO = RowMapper(Logo, TenantLogoRow)
_OF_TENANT = select(*LOGO.columns).where(TenantLogoRow.tenant_id == bindparam("tenant"))
_SAVE = upsert(TenantLogoRow, on=["tenant_id"])
_REMOVE = delete(TenantLogoRow).where(TenantLogoRow.tenant_id == bindparam("tenant"))


@dataclass(frozen=True, slots=True)
class SqlLogos:
    """The port `Logos`."""

    sql: Executor

    def of_tenant(self, tenant_id: TenantId) -> Logo | None:
        return self.sql.first(_OF_TENANT, LOGO.to_domain, tenant=tenant_id)

    def save(self, tenant_id: TenantId, logo: Logo) -> None:
        self.sql.changed(_SAVE, tenant_id=tenant_id, **LOGO.from_domain(logo))

    def remove(self, tenant_id: TenantId) -> None:
        self.sql.changed(_REMOVE, tenant=tenant_id)
