"""Storage for the vendor's apps."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.oauth2.client import Client, Scope
from app.domain.tenants.tenant import TenantId


class Clients(Protocol):
    """The vendor's apps, API credentials and the scopes they may have."""

    def get(self, client_id: str) -> Client | None: ...
    def all(self) -> Sequence[Client]: ...
    def of_owner(self, tenant_id: TenantId | None) -> Sequence[Client]:
        """The tenant's, or, with None, those of no tenant: in any status, by name."""

    def save(self, client: Client) -> None: ...
    def scopes(self) -> Sequence[Scope]: ...
    def save_scope(self, scope: Scope) -> None: ...
