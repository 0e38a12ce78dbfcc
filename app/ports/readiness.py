"""The reads behind readiness. Each is one query, however many other tenants there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.sso_only.readiness import Standing, Summary
from app.domain.tenants.tenant import TenantId
from app.domain.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class PasswordLogins:
    """`complete` is False if there are more traces than were read: then the real number is at least `count`."""

    count: int
    complete: bool


class ReadinessFacts(Protocol):
    """Of active accounts only."""

    def standings(self, tenant_id: TenantId) -> Sequence[Standing]:
        """In no particular order."""

    def admins(self, tenant_id: TenantId, role: Role) -> Sequence[Account]:
        """Accounts with `role`, by username."""

    def people(self, tenant_id: TenantId, wanted: Collection[AccountId]) -> Sequence[Account]:
        """By username."""

    def password_logins(self, tenant_id: TenantId, *, since: float, most: int) -> PasswordLogins:
        """How many have signed in since then, among the tenant's newest `most` traces."""

    def last_sso(self, tenant_id: TenantId, *, most: int) -> Trace | None:
        """The newest trace in which the provider led someone here, for any purpose, among the newest `most`."""

    def summaries(self, tenants: Collection[TenantId], *, since: float) -> Mapping[TenantId, Summary]:
        """`since` is the earliest time that counts as proof. Tenants without accounts are left out."""
