"""Storage for the vendor's apps."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.oauth2.client import Client, ClientId, Scope
from app.domain.tenants.tenant import TenantId


class Clients(Protocol):
    """The vendor's apps, API credentials and the scopes they may have."""

    def get(self, client_id: str) -> Client | None: ...
    def all(self) -> Sequence[Client]: ...
    def of_owner(self, tenant_id: TenantId | None) -> Sequence[Client]:
        """The tenant's, or, with None, those of no tenant: in any status, by name."""

    def save(self, client: Client) -> None:
        """Insert or update; an update does not change when it was last used."""

    def used(self, client_id: ClientId, *, at: float) -> None:
        """Note that it has authenticated."""

    def scopes(self) -> Sequence[Scope]: ...
    def save_scope(self, scope: Scope) -> None: ...
