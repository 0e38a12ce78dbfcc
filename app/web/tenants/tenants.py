"""`/support/` and `/support/tenants/<slug>`: all tenants, and an overview of one."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.connections.connection import Connection
from app.domain.reasons import summary as in_words
from app.domain.tenants.tenant import STAFF, Tenant
from app.domain.traces.trace import Trace
from app.ports.system import Clock
from app.services.login.login import LoginService
from app.services.staff.tenant_directory import ListedTenant, TenantDirectory
from app.services.traces.login_activity import UNSUCCESSFUL_MOST
from app.web.connection_checks import providers_of
from app.web.connections.addresses import connection_url, further_addresses
from app.web.connections.connection_test import test_url
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.consoles.period import today
from app.web.i18n import ago, duration, gettext, moment, number, time_zone
from app.web.pages import with_query
from app.web.site.options import SiteOptions
from app.web.traces.provider_words import provider_words

HERE = "/support/"
QUERY_MOST = 100


@dataclass(frozen=True, slots=True)
class TenantViews:
    """For all staff; operators also see what they may change."""

    login: LoginService
    tenant_directory: TenantDirectory
    clock: Clock
    options: SiteOptions
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_tenants", self.console, roles=STAFF_ROLES)
        pages.page(HERE, self.tenants, keep=["q", "after"])
        pages.page("/support/tenants/<slug>", self.tenant)
        return pages

    def tenants(self) -> Response:
        query, after = request.args.get("q", "")[:QUERY_MOST], request.args.get("after", "")[:QUERY_MOST]
        now = self.clock.now()
        found = self.tenant_directory.page(query, after=after, today=today(now, time_zone()))
        return self.console.page(
            "support/tenants.html",
            support_nav(self.console, HERE),
            query=query,
            later=bool(after),
            next_url=with_query(HERE, q=query, after=found.next_after) if found.next_after else None,
            rows=[self._row(row, now=now) for row in found.rows],
            operator=self.console.has(Role.OPERATOR),
        )

    def tenant(self, slug: str) -> Response:
        found = self.tenant_directory.at_a_glance(slug)
        now = self.clock.now()
        tenant = found.tenant
        return self.console.page(
            "support/tenant.html",
            support_nav(self.console, HERE),
            customer=tenant,
            tabs=tenant_nav(tenant),
            created=request.args.get("created"),
            operator=self.console.has(Role.OPERATOR),
            login_url=f"{self.options.base_url}/t/{tenant.slug}/login",
            idle=duration(tenant.limits.idle_s // 60),
            absolute=duration(tenant.limits.absolute_s // 60),
            summary=found.summary,
            last_login=ago(found.summary.last_login_at, now=now),
            planned_at=moment(tenant.planned.at) if tenant.planned else None,
            connections=[self._connection(tenant, connection) for connection in found.connections],
            new_connection_url=tenant_url(tenant.slug, "sso", "new"),
            failed=[_failed(trace, now=now) for trace in found.failed],
            form_targets=providers_of(found.connections),
            may_test=self.console.may_act_on(slug),
        )

    def _row(self, row: ListedTenant, *, now: float) -> Mapping[str, object]:
        failed = row.logins.unsuccessful
        return {
            "tenant": row.tenant,
            "url": tenant_url(row.tenant.slug),
            "summary": row.summary,
            "last_login": ago(row.summary.last_login_at, now=now),
            "failed_today": gettext("%(count)s or more", count=number(failed))
            if failed >= UNSUCCESSFUL_MOST
            else number(failed),
            "any_failed": failed > 0,
            "failed_url": with_query(tenant_url(row.tenant.slug, "activity"), outcome="unsuccessful"),
            "providers": [provider_words(record) for record in row.logins.providers],
            "staff": row.tenant.slug == STAFF,
        }

    def _connection(self, tenant: Tenant, connection: Connection) -> Mapping[str, object]:
        return {
            "name": connection.name,
            "url": connection_url(tenant, connection),
            "test_url": test_url(tenant, connection, staff=True),
            "status": connection.status,
            "issuer": connection.identity_issuer,
            "redirect_uri": self.login.redirect_uri(connection.id),
            "addresses": further_addresses(self.login.base_url, tenant, connection),
            "tested": connection.tested,
            "tested_at": moment(connection.tested_at) if connection.tested_at else None,
            "complete": bool(connection.provider.client_id),
        }


def _failed(trace: Trace, *, now: float) -> Mapping[str, object]:
    return {
        "reference": trace.reference,
        "url": with_query("/support/references", reference=trace.reference),
        "when": ago(trace.at, now=now),
        "at": moment(trace.at),
        "method": trace.method,
        "why": in_words(trace.reason, trace.details) if trace.reason else "",
        "connection": trace.connection,
    }
