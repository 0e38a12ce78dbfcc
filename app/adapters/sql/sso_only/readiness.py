"""The reads behind readiness."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Text, bindparam, case, cast, func, select

from app.adapters.sql.accounts.accounts import ACCOUNT
from app.adapters.sql.executor import Executor
from app.adapters.sql.statements import among
from app.adapters.sql.tables import AccountRow
from app.adapters.sql.traces.traces import TRACE, TraceRow
from app.domain.accounts.account import Account, AccountId, Role
from app.domain.sso_only.readiness import Standing, Summary
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, TenantId
from app.domain.traces.trace import Trace
from app.ports.readiness import PasswordLogins

_ACTIVE = (AccountRow.tenant_id == bindparam("tenant"), AccountRow.status == Status.ACTIVE.value)
_STANDINGS = select(
    AccountRow.id,
    AccountRow.username_key,
    AccountRow.email_key,
    AccountRow.external_id,
    AccountRow.last_login_at,
    AccountRow.last_sso_at,
    AccountRow.last_password_at,
).where(*_ACTIVE)
_PEOPLE = select(*ACCOUNT.columns).where(*_ACTIVE).order_by(AccountRow.username_key)
_ADMINS = _PEOPLE.where(cast(AccountRow.roles, Text).contains(bindparam("role"), autoescape=False))
_THESE = _PEOPLE.where(among(AccountRow.id, "wanted"))
_NEWEST = (
    select(*TRACE.columns)
    .where(TraceRow.tenant_id == bindparam("tenant"), TraceRow.at >= bindparam("since"))
    .order_by(TraceRow.at.desc())
    .limit(bindparam("most", type_=Integer))
)
_METHODS = _NEWEST.with_only_columns(TraceRow.method, TraceRow.reason).subquery()
_BY_PASSWORD = select(
    func.coalesce(
        func.sum(case(((_METHODS.c.method == Method.PASSWORD.value) & _METHODS.c.reason.is_(None), 1), else_=0)), 0
    ),
    func.count(),
).select_from(_METHODS)
_REFERENCES = _NEWEST.with_only_columns(TraceRow.reference, TraceRow.at, TraceRow.method, TraceRow.reason).subquery()
_LAST_SSO = (
    select(*TRACE.columns)
    .join(_REFERENCES, _REFERENCES.c.reference == TraceRow.reference)
    .where(_REFERENCES.c.method == Method.SSO.value, _REFERENCES.c.reason.is_(None))
    .order_by(_REFERENCES.c.at.desc())
    .limit(1)
)
_SUMMARIES = (
    select(
        AccountRow.tenant_id,
        func.count(),
        func.sum(case((AccountRow.last_sso_at >= bindparam("since"), 1), else_=0)),
        func.max(AccountRow.last_login_at),
    )
    .where(
        among(AccountRow.tenant_id, "tenants"),
        AccountRow.status == Status.ACTIVE.value,
    )
    .group_by(AccountRow.tenant_id)
)


@dataclass(frozen=True, slots=True)
class SqlReadinessFacts:
    """The port `ReadinessFacts`."""

    sql: Executor

    def standings(self, tenant_id: TenantId) -> Sequence[Standing]:
        return self.sql.all(_STANDINGS, Standing._make, tenant=tenant_id)

    def admins(self, tenant_id: TenantId, role: Role) -> Sequence[Account]:
        return self.sql.all(_ADMINS, ACCOUNT.to_domain, tenant=tenant_id, role=f'"{role.value}"')

    def people(self, tenant_id: TenantId, wanted: Collection[AccountId]) -> Sequence[Account]:
        return self.sql.all(_THESE, ACCOUNT.to_domain, tenant=tenant_id, wanted=list(wanted))

    def password_logins(self, tenant_id: TenantId, *, since: float, most: int) -> PasswordLogins:
        ((count, looked_at),) = self.sql.all(_BY_PASSWORD, tuple, tenant=tenant_id, since=since, most=most)
        return PasswordLogins(count=int(count), complete=looked_at < most)

    def last_sso(self, tenant_id: TenantId, *, most: int) -> Trace | None:
        return self.sql.first(_LAST_SSO, TRACE.to_domain, tenant=tenant_id, since=0.0, most=most)

    def summaries(self, tenants: Collection[TenantId], *, since: float) -> Mapping[TenantId, Summary]:
        return {
            TenantId(tenant_id): Summary(accounts=count, proven=int(proven), last_login_at=last)
            for tenant_id, count, proven, last in self.sql.all(_SUMMARIES, tuple, tenants=list(tenants), since=since)
        }
