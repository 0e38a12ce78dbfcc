"""`/apps/new` and `/apps/<id>/edit`: make an app or an API credential, and change what it may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request

from app.domain.accounts.account import Role
from app.domain.errors import NotFound
from app.domain.oauth2.client import Client, GrantType, Scope
from app.domain.oauth2.client_settings import assignable_scopes
from app.domain.oauth2.client_type import APP_TYPES, GRANTS_OF_TYPE, ClientType, client_type
from app.domain.tenants.tenant import Tenant
from app.ports.system import Randomness
from app.services.oauth2.apps import AppInvalid, AppObstacle, AppRefused, AppService, WithSecret
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext
from app.web.oauth2.app_form import AppForm
from app.web.oauth2.app_words import grant_words, obstacle_words, type_explained, type_name
from app.web.oauth2.scope_words import scope_groups
from app.web.oauth2.secret_page import secret_page
from app.web.oauth2.vendor_console import APPS, of_vendor, owner_of
from app.web.pages import go, with_query

CREDENTIAL, APP = "credential", "app"


@dataclass(frozen=True, slots=True)
class AppChangeViews:
    """For the tenant's admins, and of staff for operators; for anybody else there are no such pages."""

    apps: AppService
    randomness: Randomness
    base_url: str
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("app_changes", self.place, staff_roles=[Role.OPERATOR], hidden=True)
        pages.page("/apps/new", self.choose)
        pages.form(f"/apps/new/{CREDENTIAL}", self.new_credential, self.create_credential)
        pages.form(f"/apps/new/{APP}", self.new_app, self.create_app, keep=["type"])
        pages.form("/apps/<client_id>/edit", self.edit, self.change)
        return pages

    def choose(self, tenant: Tenant) -> Response:
        form = self.place.url(tenant, APPS, "new", APP)
        credential = _choice(ClientType.CREDENTIAL, self.place.url(tenant, APPS, "new", CREDENTIAL))
        return self.place.page(
            "apps/new.html",
            tenant,
            APPS,
            groups=[
                (
                    gettext("People sign in to it"),
                    [_choice(kind, with_query(form, type=kind.value)) for kind in APP_TYPES],
                ),
                (gettext("It works without people"), [credential]),
            ],
            apps_url=self.place.url(tenant, APPS),
        )

    def new_credential(self, tenant: Tenant) -> Response:
        return self._new(tenant, ClientType.CREDENTIAL)

    def create_credential(self, tenant: Tenant) -> Response:
        return self._create(tenant, ClientType.CREDENTIAL)

    def new_app(self, tenant: Tenant) -> Response:
        if not request.args.get("type"):
            return go(self.place.url(tenant, APPS, "new"))
        return self._new(tenant, _asked_type())

    def create_app(self, tenant: Tenant) -> Response:
        return self._create(tenant, _asked_type())

    def edit(self, tenant: Tenant, client_id: str) -> Response:
        client = self._editable(tenant, client_id)
        return self._page(tenant, client_type(client), AppForm.of(client), client=client)

    def change(self, tenant: Tenant, client_id: str) -> Response:
        client = self._editable(tenant, client_id)
        form, kind = AppForm(request.form), client_type(client)
        try:
            self.apps.change(
                owner_of(self.place, tenant),
                client_id,
                form.settings(kind, client),
                version=form.version.data or "",
                by=self.place.console.actor(),
            )
        except AppInvalid as invalid:
            return self._refused(tenant, kind, form, invalid, client=client)
        return go(f"{self.place.url(tenant, APPS, client.client_id)}?done=changed")

    def _new(self, tenant: Tenant, kind: ClientType) -> Response:
        form = AppForm.blank(kind, form=self.randomness.token(), trusted=of_vendor(self.place))
        return self._page(tenant, kind, form)

    def _create(self, tenant: Tenant, kind: ClientType) -> Response:
        form = AppForm(request.form)
        try:
            made = self.apps.create(
                owner_of(self.place, tenant),
                kind,
                form.settings(kind),
                form=form.form.data or self.randomness.token(),
                by=self.place.console.actor(),
            )
        except AppInvalid as invalid:
            return self._refused(tenant, kind, form, invalid)
        except AppRefused as refused:
            if refused.why is AppObstacle.MADE_ALREADY:
                return go(f"{self.place.url(tenant, APPS)}?done={AppObstacle.MADE_ALREADY.value}")
            return self._page(tenant, kind, form, status=409, problem=obstacle_words(refused.why))
        return self._made(tenant, made)

    def _made(self, tenant: Tenant, made: WithSecret) -> Response:
        if made.secret is None:
            return go(f"{self.place.url(tenant, APPS, made.client.client_id)}?done=created")
        return secret_page(self.place, tenant, made, base_url=self.base_url)

    def _editable(self, tenant: Tenant, client_id: str) -> Client:
        client = self.apps.one(owner_of(self.place, tenant), client_id)
        if client.revoked:
            raise NotFound("page", request.path)
        return client

    def _refused(
        self, tenant: Tenant, kind: ClientType, form: AppForm, invalid: AppInvalid, *, client: Client | None = None
    ) -> Response:
        elsewhere = form.refuse(invalid.problems)
        return self._page(tenant, kind, form, client=client, status=400, problem=" ".join(elsewhere) or None)

    def _page(
        self,
        tenant: Tenant,
        kind: ClientType,
        form: AppForm,
        *,
        client: Client | None = None,
        status: int = 200,
        problem: str | None = None,
    ) -> Response:
        catalogue = self.apps.catalogue()
        held = client.scopes if client else ()
        chosen = form.scopes.data or ()
        offered = {*assignable_scopes(kind, of_tenant=not of_vendor(self.place), catalogue=_names(catalogue)), *held}
        apps_url = self.place.url(tenant, APPS)
        return self.place.page(
            "apps/form.html",
            tenant,
            APPS,
            status=status,
            wrong=status != HTTPStatus.OK,
            problem=problem or gettext("Nothing was saved. Correct the fields marked below."),
            client=client,
            kind=kind.value,
            type_name=type_name(kind),
            form=form,
            grants=_grants(kind, form, client),
            groups=scope_groups(offered, chosen, catalogue),
            may_trust=of_vendor(self.place) and kind is not ClientType.CREDENTIAL,
            apps_url=apps_url,
            back=f"{apps_url}/{client.client_id}" if client else f"{apps_url}/new",
        )


def _choice(kind: ClientType, url: str) -> dict[str, str]:
    return {"name": type_name(kind), "explained": type_explained(kind), "url": url}


def _asked_type() -> ClientType:
    asked = request.args.get("type", "")
    if asked not in APP_TYPES:
        raise NotFound("page", request.path)
    return ClientType(asked)


def _names(scopes: Sequence[Scope]) -> list[str]:
    return [scope.name for scope in scopes]


def _grants(kind: ClientType, form: AppForm, client: Client | None) -> list[dict[str, object]]:
    """Those to choose from: the first of its type is always there."""
    held = client.grants if client else ()
    offered = [grant for grant in GrantType if grant in {*GRANTS_OF_TYPE[kind][1:], *held}]
    return [
        {"value": grant.value, "words": grant_words(grant), "chosen": grant.value in (form.grants.data or ())}
        for grant in offered
        if grant is not GRANTS_OF_TYPE[kind][0]
    ]
