"""`/admin/`: how a tenant's people sign in, and whether its provider works."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import Role
from app.ports.system import Clock
from app.services.connections.overview import ConnectionOverview
from app.web.connection_checks import providers_of
from app.web.connections.connection_card import connection_card
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import SIGN_ON, admin_nav
from app.web.consoles.tenant_console import TenantConsole
from app.web.i18n import moment
from app.web.sso_only.readiness_words import meaning


@dataclass(frozen=True, slots=True)
class SignOnViews:
    """Admins can look and test; `/admin/sso` is where connections are changed.

    No URL here changes the login policy (docs/rules.md, rule 5).
    """

    overview: ConnectionOverview
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("admin_sign_on", self.place.console, roles=[Role.TENANT_ADMIN])
        pages.page(SIGN_ON, self.show)
        return pages

    def show(self) -> Response:
        tenant, now = self.place.tenant(""), self.clock.now()
        found = self.overview.of_tenant(tenant)
        return self.place.console.page(
            "admin/sign_on.html",
            admin_nav(""),
            form_targets=providers_of(one.connection for one in found),
            policy=tenant.policy,
            meaning=meaning(tenant.policy),
            observing=tenant.observing_since is not None,
            planned_at=moment(tenant.planned.at) if tenant.planned else None,
            planned=tenant.planned,
            connections=[connection_card(self.place, tenant, one, now=now) for one in found],
            connections_url=self.place.url(tenant, "sso"),
        )
