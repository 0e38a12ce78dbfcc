"""What is read to tell how ready tenants are. Each is one query, whatever other tenants there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.sso_only.readiness import Standing, Summary
from app.domain.tenants.tenant import TenantId
from app.domain.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class PasswordLogins:
    """`complete` is False where there are more traces than were looked at: then it was at least `count`."""

    count: int
    complete: bool


class ReadinessFacts(Protocol):
    """Of active accounts only."""

    def standings(self, tenant_id: TenantId) -> Sequence[Standing]:
        """In no order."""

    def admins(self, tenant_id: TenantId, role: Role) -> Sequence[Account]:
        """Who has `role`, by username."""

    def people(self, tenant_id: TenantId, wanted: Collection[AccountId]) -> Sequence[Account]:
        """By username."""

    def password_logins(self, tenant_id: TenantId, *, since: float, most: int) -> PasswordLogins:
        """How many came through since then, among the tenant's newest `most` traces."""

    def last_sso(self, tenant_id: TenantId, *, most: int) -> Trace | None:
        """The newest trace of somebody whom the provider led here, for whatever purpose, among the newest `most`."""

    def summaries(self, tenants: Collection[TenantId], *, since: float) -> Mapping[TenantId, Summary]:
        """`since` is when a proof begins to count. Tenants without accounts are left out."""
