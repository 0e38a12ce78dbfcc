"""`/sso`: a tenant's connections to its providers, and each of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import PreviousVersion
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.connections.drafts import ConnectionDrafts
from app.services.connections.overview import ConnectionAtAGlance, ConnectionOverview
from app.services.login.login import LoginService
from app.web.connection_checks import providers_of
from app.web.connections.addresses import further_addresses
from app.web.connections.connection_card import connection_card
from app.web.connections.summary_words import summary
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago

_ONE = "/sso/<connection_id>"


@dataclass(frozen=True, slots=True)
class SsoViews:
    """Read-only, for whoever may look."""

    overview: ConnectionOverview
    drafts: ConnectionDrafts
    login: LoginService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> TenantPages:
        pages = TenantPages("sso", self.place, staff_roles=STAFF_ROLES)
        pages.page("/sso", self.show)
        pages.page(_ONE, self.one)
        return pages

    def show(self, tenant: Tenant) -> Response:
        connections = self.overview.of_tenant(tenant)
        return self.place.page(
            "sso/connections.html",
            tenant,
            "sso",
            connections=[self._card(tenant, one) for one in connections],
            new_url=self.place.url(tenant, "sso", "new"),
            may_set_up=self.place.may_set_up,
            discarded="discarded" in request.args,
        )

    def one(self, tenant: Tenant, connection_id: str) -> Response:
        found = self.overview.one(tenant, ConnectionId(connection_id))
        connection = found.connection
        previous = self.drafts.undoable(tenant, connection.id)
        return self.place.page(
            "sso/connection.html",
            tenant,
            "sso",
            form_targets=providers_of([connection]),
            connection=connection,
            card=self._card(tenant, found),
            draft=found.draft,
            overview_url=self.place.url(tenant, "sso"),
            redirect_uri=self.login.redirect_uri(connection.id),
            addresses=further_addresses(self.login.base_url, tenant, connection),
            summary=summary(connection),
            previous=self._previous(previous),
            has_next_secret=found.has_next_secret,
            may_set_up=self.place.may_set_up,
            done=next(
                (
                    name
                    for name in ("activated", "discarded", "undone", "enabled", "disabled", "withdrawn")
                    if name in request.args
                ),
                "",
            ),
        )

    def _previous(self, previous: PreviousVersion | None) -> Mapping[str, str | None] | None:
        if previous is None:
            return None
        return {"when": ago(previous.replaced_at, now=self.clock.now()), "by": previous.replaced_by}

    def _card(self, tenant: Tenant, found: ConnectionAtAGlance) -> dict[str, object]:
        return connection_card(self.place, tenant, found, now=self.clock.now())
