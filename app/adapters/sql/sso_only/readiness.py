"""What is read to tell how ready tenants are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, Text, bindparam, case, cast, func, select

from app.adapters.sql.accounts import accounts
from app.adapters.sql.tables import AccountRow, TraceRow
from app.adapters.sql.traces import traces
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
_PEOPLE = select(*accounts.COLUMNS).where(*_ACTIVE).order_by(AccountRow.username_key)
_ADMINS = _PEOPLE.where(cast(AccountRow.roles, Text).contains(bindparam("role"), autoescape=False))
_THESE = _PEOPLE.where(AccountRow.id.in_(bindparam("wanted", expanding=True)))
_NEWEST = (
    select(*traces.COLUMNS)
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
    select(*traces.COLUMNS)
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
        AccountRow.tenant_id.in_(bindparam("tenants", expanding=True)),
        AccountRow.status == Status.ACTIVE.value,
    )
    .group_by(AccountRow.tenant_id)
)


@dataclass(frozen=True, slots=True)
class SqlReadinessFacts:
    """The port `ReadinessFacts`."""

    connection: Connection

    def standings(self, tenant_id: TenantId) -> Sequence[Standing]:
        return [Standing._make(row) for row in self.connection.execute(_STANDINGS, {"tenant": tenant_id})]

    def admins(self, tenant_id: TenantId, role: Role) -> Sequence[Account]:
        rows = self.connection.execute(_ADMINS, {"tenant": tenant_id, "role": f'"{role.value}"'})
        return [accounts.to_domain(row) for row in rows]

    def people(self, tenant_id: TenantId, wanted: Collection[AccountId]) -> Sequence[Account]:
        rows = self.connection.execute(_THESE, {"tenant": tenant_id, "wanted": list(wanted)})
        return [accounts.to_domain(row) for row in rows]

    def password_logins(self, tenant_id: TenantId, *, since: float, most: int) -> PasswordLogins:
        wanted = {"tenant": tenant_id, "since": since, "most": most}
        count, looked_at = self.connection.execute(_BY_PASSWORD, wanted).one()
        return PasswordLogins(count=int(count), complete=looked_at < most)

    def last_sso(self, tenant_id: TenantId, *, most: int) -> Trace | None:
        row = self.connection.execute(_LAST_SSO, {"tenant": tenant_id, "since": 0.0, "most": most}).first()
        return None if row is None else traces.to_domain(row)

    def summaries(self, tenants: Collection[TenantId], *, since: float) -> Mapping[TenantId, Summary]:
        rows = self.connection.execute(_SUMMARIES, {"tenants": list(tenants), "since": since})
        return {
            TenantId(tenant_id): Summary(accounts=count, proven=int(proven), last_login_at=last)
            for tenant_id, count, proven, last in rows
        }
