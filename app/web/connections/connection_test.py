"""The button that tests a connection, in both consoles: to the provider and back, and nobody is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.domain.connections.connection import Connection
from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME, return_to
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import LoginStopped
from app.ports.provider_client import AuthorizationOptions
from app.services.login.login import LoginService
from app.services.login.request import LoginRequest
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.browser import client_ip
from app.web.consoles.nav import SIGN_ON, tenant_url
from app.web.consoles.tenant_console import TenantConsole, TenantPages

UNCONFIRMED = "a test opens nothing, and changes only when it was last tested"


@dataclass(frozen=True, slots=True)
class ConnectionTestViews:
    """The form's field `next` says where the result leads back to: a path of ours, such as a step of the wizard."""

    tenant_lookup: TenantLookup
    login: LoginService
    place: TenantConsole
    stopped: Callable[[LoginStopped], Response]
    """Shows a test that did not even reach the provider, where all results are shown."""

    def blueprint(self) -> Blueprint:
        pages = TenantPages("connection_test", self.place)
        rule = "/test/<path:name>" if self.place.console.staff else "/connections/<path:name>/test"
        pages.button(rule, self.test, on="", unconfirmed_because=UNCONFIRMED)
        return pages

    def test(self, tenant: Tenant, name: str) -> Response:
        """Staff test as themselves or as somebody else at the provider, so no email is suggested to it for them."""
        signed_in = self.place.console.user().signed_in
        found, connection = self.tenant_lookup.connection(tenant.slug, name)
        asked = LoginRequest(
            return_to=self._back(found),
            options=AuthorizationOptions(login_hint=None if self.place.console.staff else signed_in.account.email),
            purpose=Purpose.TEST,
            started_by=signed_in,
        )
        try:
            begun = self.login.begin(found, connection, asked, client_ip=client_ip())
        except LoginStopped as error:
            if error.code is ReasonCode.STORE_UNAVAILABLE:
                raise
            return self.stopped(error)
        return self.place.console.browser.sent_out(begun)

    def _back(self, tenant: Tenant) -> str:
        wished = return_to(request.form.get("next"))
        if wished != ACCOUNT_HOME:
            return wished
        return tenant_url(tenant.slug) if self.place.console.staff else SIGN_ON


def test_url(tenant: Tenant, connection: Connection, *, staff: bool) -> str:
    """Where its button posts to. A name may contain anything that fits on one line."""
    name = quote(connection.name, safe="")
    return tenant_url(tenant.slug, "test", name) if staff else f"/admin/connections/{name}/test"
