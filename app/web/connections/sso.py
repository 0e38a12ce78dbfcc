"""`/sso`: a tenant's connections to its providers, and each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.draft import PreviousVersion
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.connections.drafts import ConnectionDrafts
from app.services.connections.overview import ConnectionAtAGlance, ConnectionOverview
from app.services.login.login import LoginService
from app.web.connection_checks import providers_of
from app.web.connections.addresses import further_addresses
from app.web.connections.connection_test import test_url
from app.web.connections.preset_words import preset_name
from app.web.connections.summary_words import summary
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, gettext

_ONE = "/sso/<connection_id>"
SOON_DAYS = 30


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
            test_url=test_url(tenant, connection, staff=self.place.console.staff),
            card=self._card(tenant, found),
            draft=found.draft,
            overview_url=self.place.url(tenant, "sso"),
            redirect_uri=self.login.redirect_uri(connection.id),
            addresses=further_addresses(self.login.base_url, tenant, connection),
            summary=summary(connection),
            previous=self._previous(previous),
            may_set_up=self.place.may_set_up,
            done=next(
                (name for name in ("activated", "discarded", "undone", "enabled", "disabled") if name in request.args),
                "",
            ),
        )

    def _previous(self, previous: PreviousVersion | None) -> Mapping[str, str | None] | None:
        if previous is None:
            return None
        return {"when": ago(previous.replaced_at, now=self.clock.now()), "by": previous.replaced_by}

    def _card(self, tenant: Tenant, found: ConnectionAtAGlance) -> dict[str, object]:
        connection, now = found.connection, self.clock.now()
        provider = (found.draft.settings if found.being_set_up and found.draft else connection).provider
        return {
            "name": connection.name,
            "url": self.place.url(tenant, "sso", connection.id),
            "provider": preset_name(provider.preset or provider.protocol),
            "issuer": provider.issuer or provider.authorization_endpoint,
            "being_set_up": found.being_set_up,
            "has_draft": found.draft is not None,
            "active": connection.status is Status.ACTIVE,
            "complete": bool(provider.client_id),
            "tested": connection.tested,
            "tested_at": ago(connection.tested_at, now=now),
            "last_login": ago(found.last_login_at, now=now),
            "expires_in": days_left(connection, now),
            "next": _next_step(tenant, found, now),
        }


def days_left(connection: Connection, now: float) -> int | None:
    """Until the client secret expires; negative if it has."""
    if not connection.client_secret_expires:
        return None
    return (date.fromisoformat(connection.client_secret_expires) - datetime.fromtimestamp(now, tz=UTC).date()).days


def _next_step(tenant: Tenant, found: ConnectionAtAGlance, now: float) -> str:
    """The one thing to do next; empty if there is none."""
    connection, left = found.connection, days_left(found.connection, now)
    steps = (
        (found.being_set_up, gettext("Continue the set-up.")),
        (found.draft is not None, gettext("A change has been started. Test and activate it, or discard it.")),
        (
            connection.status is not Status.ACTIVE,
            gettext("Enable it when people should sign in through it again."),
        ),
        (
            left is not None and left <= SOON_DAYS,
            gettext("Create a new client secret at the provider, and enter it here with “Change”."),
        ),
        (not connection.tested, gettext("Test the connection.")),
        (not tenant.policy.takes_sso, gettext("Support can now offer OAuth Login beside passwords.")),
    )
    return next((words for applies, words in steps if applies), "")
