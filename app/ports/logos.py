"""Tenants' logos."""

from typing import Protocol

from app.domain.tenants.logo import Logo
from app.domain.tenants.tenant import TenantId


class Logos(Protocol):
    """One image at most for each tenant."""

    def of_tenant(self, tenant_id: TenantId) -> Logo | None: ...
    def save(self, tenant_id: TenantId, logo: Logo) -> None:
        """In place of the one before."""

    def remove(self, tenant_id: TenantId) -> None: ...
