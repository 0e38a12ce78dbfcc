"""Set-up links, by their hashes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, Integer, bindparam, insert, select, update

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, Row, Statement
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import storable
from app.adapters.sql.tables import TenantRow
from app.adapters.sql.tenants.tenants import TENANT
from app.domain.setup.setup_link import SetupLink, SetupLinkId
from app.domain.tenants.tenant import Tenant, TenantId


class SetupLinkRow(Base):
    """The table."""

    __tablename__ = "setup_links"
    __table_args__ = (Index(None, "tenant_id", "sent_at"),)

    id: Column[str] = column(primary_key=True)
    tenant_id: Column[str] = column(ForeignKey("tenants.id"))
    token_hash: Column[str] = column(unique=True)
    email: Column[str]
    sent_at: Column[float]
    sent_by: Column[str]
    reason: Column[str]
    expires_at: Column[float] = column(index=True)
    code_mac: Column[str | None]
    code_browser: Column[str | None]
    code_at: Column[float | None]
    codes: Column[int]
    tries: Column[int]
    opened_at: Column[float | None]
    session: Column[str | None] = column(unique=True)
    session_ends_at: Column[float | None]
    proposed_at: Column[float | None]
    revoked_at: Column[float | None]
    revoked_by: Column[str | None]


LINK = RowMapper(SetupLink, SetupLinkRow)
_WIDTH = len(LINK.columns)

_OF_TENANT = (
    select(*LINK.columns)
    .where(SetupLinkRow.tenant_id == bindparam("tenant"))
    .order_by(SetupLinkRow.sent_at.desc())
    .limit(bindparam("most", type_=Integer))
)
_ONE = (SetupLinkRow.tenant_id == bindparam("tenant"), SetupLinkRow.id == bindparam("wanted"))
_GET = select(*LINK.columns).where(*_ONE)
_LOCK = _GET.with_for_update()
_WITH_TENANT = select(*LINK.columns, *TENANT.columns).join(TenantRow, TenantRow.id == SetupLinkRow.tenant_id)
BY_TOKEN = _WITH_TENANT.where(SetupLinkRow.token_hash == bindparam("wanted"))
BY_SESSION = _WITH_TENANT.where(SetupLinkRow.session == bindparam("wanted"))
_CHANGED = tuple(
    name
    for name in LINK.from_domain(SetupLink(SetupLinkId(""), TenantId(""), "", "", 0, "", "", 0))
    if name not in ("id", "tenant_id", "token_hash", "email", "sent_at", "sent_by", "reason")
)
_SAVE = update(SetupLinkRow).where(*_ONE).values({name: bindparam(f"new_{name}") for name in _CHANGED})
_ADD = insert(SetupLinkRow)


@dataclass(frozen=True, slots=True)
class SqlSetupLinks:
    """The port `SetupLinks`."""

    sql: Executor

    def add(self, link: SetupLink) -> None:
        self.sql.changed(_ADD, **LINK.from_domain(link))

    def of_tenant(self, tenant_id: TenantId, *, most: int) -> Sequence[SetupLink]:
        return self.sql.all(_OF_TENANT, LINK.to_domain, tenant=tenant_id, most=most)

    def get(self, tenant_id: TenantId, link_id: SetupLinkId) -> SetupLink | None:
        return self._one(_GET, tenant_id, link_id)

    def lock(self, tenant_id: TenantId, link_id: SetupLinkId) -> SetupLink | None:
        return self._one(_LOCK, tenant_id, link_id)

    def by_token(self, token_hash: str) -> tuple[SetupLink, Tenant] | None:
        return self.sql.first(BY_TOKEN, _with_tenant, wanted=token_hash)

    def by_session(self, session: str) -> tuple[SetupLink, Tenant] | None:
        return self.sql.first(BY_SESSION, _with_tenant, wanted=session)

    def save(self, link: SetupLink) -> None:
        stored = LINK.from_domain(link)
        changes = {f"new_{name}": stored[name] for name in _CHANGED}
        self.sql.changed(_SAVE, tenant=link.tenant_id, wanted=link.id, **changes)

    def _one(self, query: Statement, tenant_id: TenantId, link_id: SetupLinkId) -> SetupLink | None:
        return self.sql.first(query, LINK.to_domain, tenant=tenant_id, wanted=link_id) if storable(link_id) else None


def _with_tenant(row: Row) -> tuple[SetupLink, Tenant]:
    return LINK.to_domain(row[:_WIDTH]), TENANT.to_domain(row[_WIDTH:])
