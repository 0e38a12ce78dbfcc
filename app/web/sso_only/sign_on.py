"""`/admin/`: how a tenant's people sign in, and whether its provider works."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.login.login import LoginService
from app.services.staff.tenant_directory import TenantDirectory
from app.web.connection_checks import providers_of
from app.web.connections.addresses import further_addresses
from app.web.connections.connection_test import test_url
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import SIGN_ON, admin_nav
from app.web.i18n import ago, moment
from app.web.sso_only.readiness_words import meaning


@dataclass(frozen=True, slots=True)
class SignOnViews:
    """Admins can look and test. No URL here changes the login policy (docs/rules.md, rule 5)."""

    login: LoginService
    tenant_directory: TenantDirectory
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("admin_sign_on", self.console, roles=[Role.TENANT_ADMIN])
        pages.page(SIGN_ON, self.show)
        return pages

    def show(self) -> Response:
        tenant = self.console.user().signed_in.tenant
        connections = self.tenant_directory.at_a_glance(tenant.slug).connections
        now = self.clock.now()
        return self.console.page(
            "admin/sign_on.html",
            admin_nav(""),
            form_targets=providers_of(connections),
            policy=tenant.policy,
            meaning=meaning(tenant.policy),
            observing=tenant.observing_since is not None,
            planned_at=moment(tenant.planned.at) if tenant.planned else None,
            planned=tenant.planned,
            connections=[self._shown(tenant, connection, now=now) for connection in connections],
        )

    def _shown(self, tenant: Tenant, connection: Connection, *, now: float) -> dict[str, object]:
        provider = connection.provider
        return {
            "name": connection.name,
            "issuer": provider.issuer or provider.authorization_endpoint,
            "client_id": provider.client_id,
            "redirect_uri": self.login.redirect_uri(connection.id),
            "addresses": further_addresses(self.login.base_url, tenant, connection),
            "active": connection.status is Status.ACTIVE,
            "tested": connection.tested,
            "tested_at": ago(connection.tested_at, now=now),
            "test_url": test_url(tenant, connection, staff=False),
        }
