"""Storage for held logins."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.tenants.tenant import TenantId


class HeldLogins(Protocol):
    """Logins that are held until someone decides."""

    def add(self, held: HeldLogin) -> None:
        """Does nothing if the same subject is already held, or was refused, with the same value."""

    def of_subject(self, tenant_id: TenantId, *, issuer: str, subject: str) -> Sequence[HeldLogin]:
        """On any connection of the tenant, in any state, oldest first."""

    def get(self, held_id: HeldLoginId) -> HeldLogin | None: ...
    def by_reference(self, tenant_id: TenantId, reference: str) -> HeldLogin | None:
        """The held login with this reference, in any state."""

    def of_tenant(self, tenant_id: TenantId, *, decision: HeldDecision) -> Sequence[HeldLogin]:
        """Oldest first."""

    def waiting(self, *, most: int, after: tuple[float, HeldLoginId] | None = None) -> Sequence[HeldLogin]:
        """Of all tenants, oldest first, at most `most`; `after` is `at` and id of the last one on the previous page."""

    def decided_since(self, at: float, *, most: int) -> Sequence[HeldLogin]:
        """Of all tenants, the latest decision first, at most `most`."""

    def decide(self, held: HeldLogin) -> bool:
        """Store its decision; False if it was no longer open."""
