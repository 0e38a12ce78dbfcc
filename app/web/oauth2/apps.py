"""`/apps` in both consoles: a tenant's apps and API credentials, and under `/support/apps` the vendor's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.oauth2.client import Client
from app.domain.oauth2.client_type import ClientType, client_type
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.oauth2.apps import AppService
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, moment
from app.web.oauth2.app_words import grant_words, type_name
from app.web.oauth2.scope_words import scope_groups
from app.web.oauth2.vendor_console import APPS, of_vendor, owner_of

DONE = ("created", "changed", "enable", "disable", "revoke", "retired", "made_already")
"""The values of the `done` parameter."""


@dataclass(frozen=True, slots=True)
class AppViews:
    """Whoever may look. What changes something is in `app_changes.py` and `app_acts.py`."""

    apps: AppService
    clock: Clock
    base_url: str
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("apps", self.place, hidden=True)
        pages.page("/apps", self.all)
        pages.page("/apps/<client_id>", self.one)
        return pages

    def all(self, tenant: Tenant) -> Response:
        clients = self.apps.of(owner_of(self.place, tenant))
        rows = [(client_type(client), self._row(tenant, client)) for client in clients]
        return self.place.page(
            "apps/apps.html",
            tenant,
            APPS,
            credentials=[row for kind, row in rows if kind is ClientType.CREDENTIAL and not row["revoked"]],
            revoked=[row for _, row in rows if row["revoked"]],
            apps=[row for kind, row in rows if kind is not ClientType.CREDENTIAL],
            of_vendor=of_vendor(self.place),
            new_url=self.place.url(tenant, APPS, "new") if self.place.may_set_up else None,
            done=_done(),
        )

    def one(self, tenant: Tenant, client_id: str) -> Response:
        client = self.apps.one(owner_of(self.place, tenant), client_id)
        kind = client_type(client)
        return self.place.page(
            "apps/app.html",
            tenant,
            APPS,
            client=client,
            kind=kind,
            type_name=type_name(kind),
            here=self.place.url(tenant, APPS, client.client_id),
            apps_url=self.place.url(tenant, APPS),
            may=self.place.may_set_up and self.place.console.may_act_on(tenant.slug),
            of_vendor=of_vendor(self.place),
            grants=[grant_words(grant) for grant in client.grants],
            groups=scope_groups(client.scopes, client.scopes, self.apps.catalogue()),
            made=moment(client.made_at) if client.made_at else None,
            used=ago(client.last_used_at, now=self.clock.now()),
            secrets=self._secrets(client),
            issuer=self.base_url,
            done=_done(),
        )

    def _row(self, tenant: Tenant, client: Client) -> Mapping[str, object]:
        return {
            "name": client.name,
            "client_id": client.client_id,
            "type_name": type_name(client_type(client)),
            "scopes": client.scopes,
            "used": ago(client.last_used_at, now=self.clock.now()),
            "active": client.status is Status.ACTIVE,
            "revoked": client.revoked,
            "two_secrets": client.next_secret_hash is not None,
            "url": self.place.url(tenant, APPS, client.client_id),
        }

    def _secrets(self, client: Client) -> list[Mapping[str, object]]:
        """Each by its place; only when it was made is known."""
        made = [
            ("first", client.secret_hash, client.secret_made_at),
            ("second", client.next_secret_hash, client.next_secret_made_at),
        ]
        return [{"place": place, "made": moment(at) if at else None} for place, stored, at in made if stored]


def _done() -> str | None:
    asked = request.args.get("done")
    return asked if asked in DONE else None
