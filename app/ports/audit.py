"""Storage for the audit log."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.audit.audit import ANY, AuditEntry, AuditFilter, Chain, ChainedEntry, ChainHead
from app.domain.tenants.tenant import TenantId


class Audit(Protocol):
    """Append-only chains. Only `AuditService` writes here."""

    def lock(self, chain: Chain) -> ChainHead:
        """The head, locked so that nobody else appends to this chain until the transaction ends; others do not wait."""

    def add(self, link: ChainedEntry, *, seal: str) -> None:
        """Call after `lock`; the entry becomes the head, with this seal."""

    def seal(self, head: ChainHead) -> None:
        """Add the seal to a head that has none; the store refuses a second one."""

    def mac(self, chain: Chain, seq: int) -> str | None:
        """The MAC of the entry with this number."""

    def of_tenant(self, tenant_id: TenantId | None) -> Sequence[AuditEntry]:
        """Oldest first."""

    def chains(self) -> Sequence[Chain]:
        """Those of all tenants, and any others that have entries or a head; the bridge's own first."""

    def head(self, chain: Chain) -> ChainHead:
        """Number 0 if there is none."""

    def page(self, chain: Chain, wanted: AuditFilter = ANY, *, after: int, most: int) -> Sequence[ChainedEntry]:
        """At most `most` of those wanted, in the order of writing, starting after the position `after`."""

    def latest(
        self, chain: Chain, wanted: AuditFilter = ANY, *, before: int | None = None, most: int
    ) -> Sequence[ChainedEntry]:
        """The same newest first, starting before the position `before`."""
