"""Storage for set-up links."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.setup.setup_link import SetupLink, SetupLinkId
from app.domain.tenants.tenant import Tenant, TenantId


class SetupLinks(Protocol):
    """Links, in any state."""

    def add(self, link: SetupLink) -> None: ...
    def of_tenant(self, tenant_id: TenantId, *, most: int) -> Sequence[SetupLink]:
        """The newest first."""

    def get(self, tenant_id: TenantId, link_id: SetupLinkId) -> SetupLink | None: ...
    def by_token(self, token_hash: str) -> tuple[SetupLink, Tenant] | None:
        """The link with this hash; whoever opens it names no tenant."""

    def by_session(self, session: str) -> tuple[SetupLink, Tenant] | None:
        """The link that this browser has opened, by one query."""

    def lock(self, tenant_id: TenantId, link_id: SetupLinkId) -> SetupLink | None:
        """As it is now, until this transaction ends: call this first before using a code."""

    def save(self, link: SetupLink) -> None: ...
