"""Pages of all tenants, and an overview of one: what support sees first."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound
from app.domain.sso_only.readiness import Summary
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import Trace
from app.ports.repositories import Database
from app.services.sso_only.readiness import ReadinessService
from app.services.tenants.named import tenant_named
from app.services.traces.login_activity import LoginActivityService, LoginsAtAGlance

PAGE = 25
FAILED_MOST = 10


@dataclass(frozen=True, slots=True)
class ListedTenant:
    """A row of the list."""

    tenant: Tenant
    summary: Summary
    logins: LoginsAtAGlance


@dataclass(frozen=True, slots=True)
class TenantPage:
    """`next_after` is where the next page begins; None on the last page."""

    rows: Sequence[ListedTenant]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class TenantAtAGlance:
    """`failed` are the newest logins that did not succeed."""

    tenant: Tenant
    connections: Sequence[Connection]
    summary: Summary
    failed: Sequence[Trace]


@dataclass(frozen=True, slots=True)
class TenantDirectory:
    """Read-only. A page reads only its own tenants, however many others there are."""

    database: Database
    readiness: ReadinessService
    activity: LoginActivityService

    def page(self, query: str, *, after: str, today: float) -> TenantPage:
        """`today` is when the reader's day began."""
        with self.database.read() as work:
            found = work.tenants.search(query.strip(), most=PAGE + 1, after=after)
        shown = found[:PAGE]
        wanted = [tenant.id for tenant in shown]
        summaries, logins = self.readiness.summaries(wanted), self.activity.at_a_glance(wanted, since=today)
        return TenantPage(
            rows=[ListedTenant(one, summaries.get(one.id, Summary()), logins[one.id]) for one in shown],
            next_after=shown[-1].slug if len(found) > PAGE else None,
        )

    def one(self, slug: str) -> Tenant:
        """In any status. Raises NotFound."""
        with self.database.read() as work:
            return tenant_named(work, slug)

    def account(self, tenant: Tenant, username: str) -> Account:
        """Raises NotFound."""
        with self.database.read() as work:
            account = work.accounts.by_username(tenant.id, username)
        if account is None:
            raise NotFound("account", f"{tenant.slug}/{username}")
        return account

    def at_a_glance(self, slug: str) -> TenantAtAGlance:
        """Raises NotFound."""
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            connections = work.connections.of_tenant(tenant.id)
            failed = work.traces.recent(tenant.id, most=FAILED_MOST, refused_only=True)
        summaries = self.readiness.summaries([tenant.id])
        return TenantAtAGlance(
            tenant=tenant,
            connections=connections,
            summary=summaries.get(tenant.id, Summary()),
            failed=failed,
        )
