"""Where drafts of connections are stored, and the version before the present one."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import Draft, PreviousVersion
from app.domain.tenants.tenant import TenantId


class ConnectionDraftStore(Protocol):
    """At most one draft and one previous version for each connection. Logins read neither."""

    def get(self, tenant_id: TenantId, connection_id: ConnectionId) -> Draft | None: ...
    def of_tenant(self, tenant_id: TenantId) -> Sequence[Draft]:
        """By name."""

    def save(self, draft: Draft) -> None: ...
    def mark_tested(self, draft: Draft, *, at: float) -> None:
        """Note that a test with the settings in `draft` passed."""

    def remove(self, tenant_id: TenantId, connection_id: ConnectionId) -> None: ...
    def previous(self, tenant_id: TenantId, connection_id: ConnectionId) -> PreviousVersion | None: ...
    def keep(self, previous: PreviousVersion) -> None:
        """Replaces the one that is kept."""
