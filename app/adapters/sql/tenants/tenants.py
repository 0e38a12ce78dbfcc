"""Customers."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, delete, func, insert, or_, select

from app.adapters.sql.executor import Executor, Statement, first_column
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import among, storable, upsert
from app.adapters.sql.tables import TenantEmailDomainRow, TenantRow
from app.domain.accounts.account import ascii_lower
from app.domain.tenants.tenant import Status, Tenant, TenantId

TENANT = RowMapper(Tenant, TenantRow, as_text=("email_domains", "proven_domains", "security"))

_ALL = select(*TENANT.columns).order_by(TenantRow.slug)
_BY_ID = select(*TENANT.columns).where(TenantRow.id == bindparam("tenant"))
_THESE = select(*TENANT.columns).where(among(TenantRow.id, "wanted"))
_BY_SLUG = select(*TENANT.columns).where(TenantRow.slug == bindparam("wanted"))
_BY_DOMAIN = (
    select(*TENANT.columns)
    .join(TenantEmailDomainRow, TenantEmailDomainRow.tenant_id == TenantRow.id)
    .where(TenantEmailDomainRow.domain == bindparam("wanted"), TenantRow.status == Status.ACTIVE.value)
    .order_by(TenantRow.slug)
)
# `lower` handles ASCII only: in SQLite always, in PostgreSQL by the column's collation.
_CALLED = (
    select(*TENANT.columns)
    .where(
        or_(TenantRow.slug == bindparam("wanted"), func.lower(TenantRow.name) == bindparam("wanted")),
        TenantRow.status == Status.ACTIVE.value,
    )
    .order_by(TenantRow.slug)
    .limit(bindparam("most", type_=Integer))
)
# Rows that only refer to this one need not wait for a change to it (PostgreSQL: FOR NO KEY UPDATE).
_LOCKED = _BY_ID.with_for_update(key_share=True)
_HELD = _BY_ID.with_for_update(read=True)
_AFTER = (
    select(*TENANT.columns)
    .where(TenantRow.slug > bindparam("after"))
    .order_by(TenantRow.slug)
    .limit(bindparam("most", type_=Integer))
)
_NAMED = _AFTER.where(
    or_(
        TenantRow.slug.contains(bindparam("wanted"), autoescape=False, escape="\\"),
        func.lower(TenantRow.name).contains(bindparam("wanted"), autoescape=False, escape="\\"),
    )
)
_DUE = select(TenantRow.id).where(TenantRow.planned_at <= bindparam("now")).order_by(TenantRow.planned_at)
_SAVE = upsert(TenantRow, on=["id"])
_FORGET_DOMAINS = delete(TenantEmailDomainRow).where(TenantEmailDomainRow.tenant_id == bindparam("tenant"))
_ADD_DOMAIN = insert(TenantEmailDomainRow)


_LIKE = re.compile(r"[\\%_]")
"""The special characters of a LIKE pattern."""


def from_domain(tenant: Tenant) -> Mapping[str, object]:
    return TENANT.from_domain(tenant) | {"planned_at": None if tenant.planned is None else tenant.planned.at}


@dataclass(frozen=True, slots=True)
class SqlTenants:
    """The port `Tenants`."""

    sql: Executor

    def get(self, tenant_id: TenantId) -> Tenant | None:
        return self._one(_BY_ID, tenant=tenant_id)

    def these(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Tenant]:
        wanted = [tenant_id for tenant_id in tenants if storable(tenant_id)]
        return {tenant.id: tenant for tenant in self.sql.all(_THESE, TENANT.to_domain, wanted=wanted)}

    def by_slug(self, slug: str) -> Tenant | None:
        return self._one(_BY_SLUG, wanted=slug) if storable(slug) else None

    def by_slug_or_name(self, text: str, *, most: int) -> Sequence[Tenant]:
        if not storable(text):
            return []
        return self.sql.all(_CALLED, TENANT.to_domain, wanted=ascii_lower(text), most=most)

    def by_email_domain(self, domain: str) -> Sequence[Tenant]:
        return self.sql.all(_BY_DOMAIN, TENANT.to_domain, wanted=domain) if storable(domain) else []

    def all(self) -> Sequence[Tenant]:
        return self.sql.all(_ALL, TENANT.to_domain)

    def save(self, tenant: Tenant) -> None:
        self.sql.changed(_SAVE, **from_domain(tenant))
        self.sql.changed(_FORGET_DOMAINS, tenant=tenant.id)
        if tenant.own_domains:
            domains = sorted(tenant.own_domains)
            self.sql.each(_ADD_DOMAIN, [{"tenant_id": tenant.id, "domain": domain} for domain in domains])

    def lock(self, tenant_id: TenantId) -> Tenant | None:
        return self._one(_LOCKED, tenant=tenant_id)

    def hold(self, tenant_id: TenantId) -> Tenant | None:
        return self._one(_HELD, tenant=tenant_id)

    def search(self, query: str, *, most: int, after: str = "") -> Sequence[Tenant]:
        if not storable(query) or not storable(after):
            return []
        if not query:
            return self.sql.all(_AFTER, TENANT.to_domain, after=after, most=most)
        wanted = _LIKE.sub(r"\\\g<0>", ascii_lower(query))
        return self.sql.all(_NAMED, TENANT.to_domain, wanted=wanted, after=after, most=most)

    def with_due_switch(self, *, now: float) -> Sequence[TenantId]:
        return self.sql.all(_DUE, first_column, now=now)

    def _one(self, query: Statement, **wanted: object) -> Tenant | None:
        return self.sql.first(query, TENANT.to_domain, **wanted)
