"""`/people/<id>/apps/<client>/disconnect` of a tenant: staff and the tenant's admins disconnect an app."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import AccountId
from app.domain.tenants.tenant import Tenant
from app.services.accounts.person import PersonService
from app.services.oauth2.connected_apps import ConnectedApps
from app.web.consoles.acts import Act
from app.web.consoles.people_urls import TAB, person_url
from app.web.consoles.tenant_acts import TenantActPages
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext


@dataclass(frozen=True, slots=True)
class DisconnectViews:
    """A page that says what will happen, with a form."""

    person: PersonService
    connected_apps: ConnectedApps
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("disconnect", self.place)
        pages.form("/people/<account_id>/apps/<client_id>/disconnect", self.ask, self.disconnect)
        return pages

    def ask(self, tenant: Tenant, account_id: str, client_id: str) -> Response:
        return TenantActPages(self.place).ask(tenant, self._act(tenant, account_id, client_id))

    def disconnect(self, tenant: Tenant, account_id: str, client_id: str) -> Response:
        return TenantActPages(self.place).carry_out(
            tenant,
            self._act(tenant, account_id, client_id),
            lambda by: self.connected_apps.disconnect(tenant, AccountId(account_id), client_id, by=by),
        )

    def _act(self, tenant: Tenant, account_id: str, client_id: str) -> Act:
        account = self.person.one(tenant.slug, AccountId(account_id)).glance.account
        app = self.connected_apps.one(tenant, account, client_id).client.name
        here = person_url(self.place, tenant, account)
        return Act(
            title=gettext("Disconnect %(name)s", name=app),
            about=account.username,
            consequences=[
                gettext("The app is signed out for this person, and its tokens end."),
                gettext("They can sign in to it again. It asks for their consent again, if it did before."),
            ],
            button=gettext("Disconnect"),
            url=f"{here}/apps/{client_id}/disconnect",
            back=here,
            done="disconnected",
            tab=TAB,
        )
