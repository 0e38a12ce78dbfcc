"""Domains that tenants say are their own."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, bindparam, delete, select, text, update

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, first_column
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import among, insert_once, storable
from app.adapters.sql.tables import TenantEmailDomainRow, TenantRow
from app.domain.tenants.domain_claim import DomainClaim
from app.domain.tenants.tenant import TenantId


class DomainClaimRow(Base):
    """A domain that a tenant says is its own. Any number may claim one; a unique row lets one tenant prove it."""

    __tablename__ = "domain_claims"
    __table_args__ = (
        Index(
            "uq_domain_claims_proven",
            "domain",
            unique=True,
            sqlite_where=text("proven_at IS NOT NULL"),
            postgresql_where=text("proven_at IS NOT NULL"),
        ),
    )

    tenant_id: Column[str] = column(ForeignKey("tenants.id"), primary_key=True)
    domain: Column[str] = column(primary_key=True)
    token: Column[str] = column(unique=True)
    added_at: Column[float]
    added_by: Column[str]
    proven_at: Column[float | None]
    checked_at: Column[float | None]
    result: Column[str | None]
    seen: Column[list[str]]
    failing_since: Column[float | None]
    expired_at: Column[float | None]
    due_at: Column[float | None] = column(index=True)


CLAIM = RowMapper(DomainClaim, DomainClaimRow)

_ALL = select(*CLAIM.columns).where(DomainClaimRow.tenant_id == bindparam("tenant")).order_by(DomainClaimRow.domain)
_ONE = (DomainClaimRow.tenant_id == bindparam("tenant"), DomainClaimRow.domain == bindparam("wanted"))
_GET = select(*CLAIM.columns).where(*_ONE)
_ADD = insert_once(DomainClaimRow, index_elements=["tenant_id", "domain"])
_CHANGED = ("proven_at", "checked_at", "result", "seen", "failing_since", "expired_at", "due_at")
_SAVE = update(DomainClaimRow).where(*_ONE).values({name: bindparam(f"new_{name}") for name in _CHANGED})
_REMOVE = delete(DomainClaimRow).where(*_ONE)
_PROVER = select(DomainClaimRow.tenant_id).where(
    DomainClaimRow.domain == bindparam("wanted"), DomainClaimRow.proven_at.is_not(None)
)
DUE = (
    select(DomainClaimRow.token)
    .where(DomainClaimRow.due_at <= bindparam("now"))
    .order_by(DomainClaimRow.due_at)
    .limit(1)
    .with_for_update(skip_locked=True)  # on SQLite there is one writer at a time anyway
)
_CLAIM_DUE = (
    update(DomainClaimRow)
    .where(DomainClaimRow.token == DUE.scalar_subquery())
    .values(due_at=bindparam("until"))
    .returning(*CLAIM.columns)
)
_ELSEWHERE = (
    select(TenantEmailDomainRow.domain, TenantRow.slug)
    .join(TenantRow, TenantRow.id == TenantEmailDomainRow.tenant_id)
    .where(among(TenantEmailDomainRow.domain, "domains"), TenantEmailDomainRow.tenant_id != bindparam("tenant"))
    .order_by(TenantEmailDomainRow.domain, TenantRow.slug)
)


@dataclass(frozen=True, slots=True)
class SqlDomainClaims:
    """The port `DomainClaims`."""

    sql: Executor

    def of_tenant(self, tenant_id: TenantId) -> Sequence[DomainClaim]:
        return self.sql.all(_ALL, CLAIM.to_domain, tenant=tenant_id)

    def get(self, tenant_id: TenantId, domain: str) -> DomainClaim | None:
        return self.sql.first(_GET, CLAIM.to_domain, tenant=tenant_id, wanted=domain) if storable(domain) else None

    def add(self, claim: DomainClaim) -> bool:
        return self.sql.changed(_ADD, **CLAIM.from_domain(claim)) == 1

    def save(self, claim: DomainClaim) -> None:
        stored = CLAIM.from_domain(claim)
        changes = {f"new_{name}": stored[name] for name in _CHANGED}
        self.sql.changed(_SAVE, tenant=claim.tenant_id, wanted=claim.domain, **changes)

    def remove(self, tenant_id: TenantId, domain: str) -> bool:
        return self.sql.changed(_REMOVE, tenant=tenant_id, wanted=domain) == 1

    def prover(self, domain: str) -> TenantId | None:
        return self.sql.first(_PROVER, first_column, wanted=domain)

    def claim_due(self, *, now: float, until: float) -> DomainClaim | None:
        return self.sql.first(_CLAIM_DUE, CLAIM.to_domain, now=now, until=until)

    def listed_elsewhere(self, tenant_id: TenantId, domains: Collection[str]) -> Mapping[str, Sequence[str]]:
        found = defaultdict(list)
        for domain, slug in self.sql.all(_ELSEWHERE, tuple, tenant=tenant_id, domains=list(domains)):
            found[domain].append(slug)
        return found
