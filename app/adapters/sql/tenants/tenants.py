"""Customers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Integer, bindparam, delete, func, insert, or_, select

from app.adapters.sql.statements import storable, upsert
from app.adapters.sql.tables import TenantEmailDomainRow, TenantRow
from app.domain.accounts.account import ascii_lower
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.security_policy import SecurityPolicy, Throttling, TotpRule
from app.domain.tenants.tenant import SessionLimits, Status, Tenant, TenantId

COLUMNS = (
    TenantRow.id,
    TenantRow.slug,
    TenantRow.name,
    TenantRow.policy,
    TenantRow.password_epoch,
    TenantRow.email_domains,
    TenantRow.accent,
    TenantRow.status,
    TenantRow.idle_s,
    TenantRow.absolute_s,
    TenantRow.security,
    TenantRow.observing_since,
    TenantRow.planned,
    TenantRow.requested,
)

_ALL = select(*COLUMNS).order_by(TenantRow.slug)
_BY_ID = select(*COLUMNS).where(TenantRow.id == bindparam("tenant"))
_BY_SLUG = select(*COLUMNS).where(TenantRow.slug == bindparam("wanted"))
_BY_DOMAIN = (
    select(*COLUMNS)
    .join(TenantEmailDomainRow, TenantEmailDomainRow.tenant_id == TenantRow.id)
    .where(TenantEmailDomainRow.domain == bindparam("wanted"), TenantRow.status == Status.ACTIVE.value)
    .order_by(TenantRow.slug)
)
# `lower` knows ASCII only: in SQLite anyway, in PostgreSQL by the column's collation.
_CALLED = (
    select(*COLUMNS)
    .where(
        or_(TenantRow.slug == bindparam("wanted"), func.lower(TenantRow.name) == bindparam("wanted")),
        TenantRow.status == Status.ACTIVE.value,
    )
    .order_by(TenantRow.slug)
    .limit(bindparam("most", type_=Integer))
)
# What only refers to the row need not wait for whoever changes it (PostgreSQL: FOR NO KEY UPDATE).
_LOCKED = _BY_ID.with_for_update(key_share=True)
_HELD = _BY_ID.with_for_update(read=True)
_AFTER = (
    select(*COLUMNS)
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
"""What means something in a pattern of LIKE."""


def to_domain(values: Sequence[Any]) -> Tenant:
    """From the values of `COLUMNS`."""
    (
        id_,
        slug,
        name,
        policy,
        password_epoch,
        email_domains,
        accent,
        status,
        idle_s,
        absolute_s,
        security,
        observing_since,
        planned,
        requested,
    ) = values
    return Tenant(
        id=id_,
        slug=slug,
        name=name,
        policy=LoginPolicy(policy),
        password_epoch=password_epoch,
        email_domains=tuple(email_domains),
        accent=accent,
        status=Status(status),
        limits=SessionLimits(idle_s=idle_s, absolute_s=absolute_s),
        security=_security(security),
        observing_since=observing_since,
        planned=None if planned is None else _planned(planned),
        requested=None if requested is None else SwitchRequest(**requested),
    )


def from_domain(tenant: Tenant) -> Mapping[str, object]:
    return {
        "id": tenant.id,
        "slug": tenant.slug,
        "name": tenant.name,
        "policy": tenant.policy.value,
        "password_epoch": tenant.password_epoch,
        "email_domains": list(tenant.email_domains),
        "accent": tenant.accent,
        "status": tenant.status.value,
        "idle_s": tenant.limits.idle_s,
        "absolute_s": tenant.limits.absolute_s,
        "security": asdict(tenant.security),
        "observing_since": tenant.observing_since,
        "planned": None if tenant.planned is None else asdict(tenant.planned),
        "planned_at": None if tenant.planned is None else tenant.planned.at,
        "requested": None if tenant.requested is None else asdict(tenant.requested),
    }


def _planned(fields: Mapping[str, Any]) -> PlannedSwitch:
    read = {"policy": LoginPolicy(fields["policy"]), "overridden": tuple(fields["overridden"])}
    return PlannedSwitch(**{**fields, **read})


def _security(fields: Mapping[str, Any]) -> SecurityPolicy:
    return SecurityPolicy(
        networks=tuple(fields["networks"]),
        totp=TotpRule(fields["totp"]),
        throttling=Throttling(**fields["throttling"]),
        shared_desk=fields["shared_desk"],
    )


@dataclass(frozen=True, slots=True)
class SqlTenants:
    """The port `Tenants`."""

    connection: Connection

    def get(self, tenant_id: TenantId) -> Tenant | None:
        return self._one(_BY_ID, {"tenant": tenant_id})

    def by_slug(self, slug: str) -> Tenant | None:
        return self._one(_BY_SLUG, {"wanted": slug}) if storable(slug) else None

    def by_slug_or_name(self, text: str, *, most: int) -> Sequence[Tenant]:
        if not storable(text):
            return []
        found = self.connection.execute(_CALLED, {"wanted": ascii_lower(text), "most": most})
        return [to_domain(row) for row in found]

    def by_email_domain(self, domain: str) -> Sequence[Tenant]:
        if not storable(domain):
            return []
        return [to_domain(row) for row in self.connection.execute(_BY_DOMAIN, {"wanted": domain})]

    def all(self) -> Sequence[Tenant]:
        return [to_domain(row) for row in self.connection.execute(_ALL)]

    def save(self, tenant: Tenant) -> None:
        self.connection.execute(_SAVE, from_domain(tenant))
        self.connection.execute(_FORGET_DOMAINS, {"tenant": tenant.id})
        if tenant.email_domains:
            domains = sorted(set(tenant.email_domains))
            self.connection.execute(_ADD_DOMAIN, [{"tenant_id": tenant.id, "domain": domain} for domain in domains])

    def lock(self, tenant_id: TenantId) -> Tenant | None:
        return self._one(_LOCKED, {"tenant": tenant_id})

    def hold(self, tenant_id: TenantId) -> Tenant | None:
        return self._one(_HELD, {"tenant": tenant_id})

    def search(self, query: str, *, most: int, after: str = "") -> Sequence[Tenant]:
        if not storable(query) or not storable(after):
            return []
        parameters: dict[str, object] = {"after": after, "most": most}
        if query:
            parameters["wanted"] = _LIKE.sub(r"\\\g<0>", ascii_lower(query))
        found = self.connection.execute(_NAMED if query else _AFTER, parameters)
        return [to_domain(row) for row in found]

    def with_due_switch(self, *, now: float) -> Sequence[TenantId]:
        return [TenantId(id_) for id_ in self.connection.execute(_DUE, {"now": now}).scalars()]

    def _one(self, query: Executable, parameters: Mapping[str, object]) -> Tenant | None:
        row = self.connection.execute(query, parameters).first()
        return None if row is None else to_domain(row)
