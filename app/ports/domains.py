"""Domains that tenants say are their own: what is stored about them, and what DNS says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.tenants.domain_claim import DomainClaim, ProofResult
from app.domain.tenants.tenant import TenantId


class DomainClaims(Protocol):
    """One row for each tenant and domain."""

    def of_tenant(self, tenant_id: TenantId) -> Sequence[DomainClaim]:
        """By domain."""

    def get(self, tenant_id: TenantId, domain: str) -> DomainClaim | None: ...
    def add(self, claim: DomainClaim) -> bool:
        """False if the tenant has claimed it already; that claim stays."""

    def save(self, claim: DomainClaim) -> None:
        """Update it. Raises AlreadyStored if it is proven now and another tenant was faster: a unique row decides."""

    def remove(self, tenant_id: TenantId, domain: str) -> bool:
        """False if there was none."""

    def prover(self, domain: str) -> TenantId | None:
        """The one tenant that has proven it."""

    def claim_due(self, *, now: float, until: float) -> DomainClaim | None:
        """The one most overdue for its check, which nobody else gets before `until`."""

    def listed_elsewhere(self, tenant_id: TenantId, domains: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Which of the domains count for other tenants too, with the slugs of those."""


class LookupFailed(Exception):
    """DNS gave no answer. `result`: `no_such_name`, `server_failed`, `timed_out` or `unreachable`."""

    def __init__(self, result: ProofResult) -> None:
        super().__init__(result.value)
        self.result = result


@dataclass(frozen=True, slots=True)
class TextRecords:
    """The TXT records at a name, each with its strings joined. `alias` is where a CNAME led instead."""

    values: tuple[str, ...]
    alias: str | None = None


class DomainRecords(Protocol):
    """DNS, through the system's resolver."""

    def text(self, name: str, *, timeout_s: float) -> TextRecords:
        """Within `timeout_s` seconds. Raises LookupFailed."""
