"""What is done to an app or an API credential: a second secret, retiring one, and switching off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from wtforms import HiddenField

from app.domain.accounts.account import Role
from app.domain.errors import NotFound
from app.domain.oauth2.client import Client
from app.domain.oauth2.client_type import ClientType, client_type
from app.domain.tenants.tenant import Status, Tenant
from app.services.oauth2.apps import AppObstacle, AppRefused, AppService, SecretPlace
from app.web.consoles.acts import Act, ReasonForm
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.tenant_acts import TenantActPages
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext, moment
from app.web.oauth2.app_words import obstacle_words
from app.web.oauth2.secret_page import secret_page
from app.web.oauth2.vendor_console import APPS, owner_of
from app.web.pages import go

ENABLE, DISABLE, REVOKE = "enable", "disable", "revoke"


class SecretForm(ConsoleForm):
    """From which version of the client it starts."""

    version = HiddenField()


@dataclass(frozen=True, slots=True)
class AppActViews:
    """For the tenant's admins, and of staff for operators. Each has a page that says what will happen."""

    apps: AppService
    base_url: str
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("app_acts", self.place, staff_roles=[Role.OPERATOR], hidden=True)
        pages.form("/apps/<client_id>/secret", self.ask_secret, self.add_secret)
        pages.form("/apps/<client_id>/retire", self.ask_retire, self.retire, keep=["secret"])
        pages.form("/apps/<client_id>/<act>", self.ask, self.carry_out)
        return pages

    def ask_secret(self, tenant: Tenant, client_id: str) -> Response:
        return self._secret_form(tenant, self._client(tenant, client_id))

    def add_secret(self, tenant: Tenant, client_id: str) -> Response:
        client = self._client(tenant, client_id)
        try:
            made = self.apps.add_secret(
                owner_of(self.place, tenant), client_id, version=self._version(), by=self.place.console.actor()
            )
        except AppRefused as refused:
            return self._secret_form(tenant, client, problem=obstacle_words(refused.why))
        return secret_page(self.place, tenant, made, base_url=self.base_url)

    def ask_retire(self, tenant: Tenant, client_id: str) -> Response:
        return self._retire_form(tenant, self._client(tenant, client_id))

    def retire(self, tenant: Tenant, client_id: str) -> Response:
        client = self._client(tenant, client_id)
        try:
            self.apps.retire_secret(
                owner_of(self.place, tenant),
                client_id,
                _asked_secret(),
                version=self._version(),
                by=self.place.console.actor(),
            )
        except AppRefused as refused:
            return self._retire_form(tenant, client, problem=obstacle_words(refused.why))
        return go(f"{self._url(tenant, client)}?done=retired")

    def ask(self, tenant: Tenant, client_id: str, act: str) -> Response:
        client = self._client(tenant, client_id)
        return TenantActPages(self.place).ask(tenant, self._act(tenant, client, act))

    def carry_out(self, tenant: Tenant, client_id: str, act: str) -> Response:
        client, owner = self._client(tenant, client_id), owner_of(self.place, tenant)
        asked, pages = self._act(tenant, client, act), TenantActPages(self.place)
        try:
            if act == REVOKE:
                return pages.carry_out(tenant, asked, lambda by: self.apps.revoke(owner, client_id, by=by))
            status = Status.ACTIVE if act == ENABLE else Status.DISABLED
            return pages.carry_out(tenant, asked, lambda by: self.apps.switch(owner, client_id, status, by=by))
        except AppRefused as refused:
            return pages.refused(tenant, asked, ReasonForm(request.form), obstacle_words(refused.why))

    def _act(self, tenant: Tenant, client: Client, act: str) -> Act:
        """Raises NotFound for one that this client is not offered."""
        if act not in offered_acts(client):
            raise NotFound("page", request.path)
        title, consequences = _words(act)
        back = self._url(tenant, client)
        return Act(
            title=title,
            about=client.name,
            consequences=consequences,
            button=title,
            url=f"{back}/{act}",
            back=back,
            done=act,
            tab=APPS,
            danger=act != ENABLE,
        )

    def _client(self, tenant: Tenant, client_id: str) -> Client:
        return self.apps.one(owner_of(self.place, tenant), client_id)

    def _url(self, tenant: Tenant, client: Client) -> str:
        return self.place.url(tenant, APPS, client.client_id)

    def _version(self) -> str:
        return SecretForm(request.form).version.data or ""

    def _secret_form(self, tenant: Tenant, client: Client, *, problem: str | None = None) -> Response:
        if client.secret_hash is None:
            raise NotFound("page", request.path)
        return self._form(tenant, client, "apps/secret_new.html", problem=problem)

    def _retire_form(self, tenant: Tenant, client: Client, *, problem: str | None = None) -> Response:
        if client.next_secret_hash is None:
            problem = obstacle_words(AppObstacle.ONLY_SECRET)
        place = _asked_secret()
        at = client.secret_made_at if place is SecretPlace.FIRST else client.next_secret_made_at
        made = moment(at) if at else None
        return self._form(tenant, client, "apps/secret_retire.html", problem=problem, place=place, made=made)

    def _form(self, tenant: Tenant, client: Client, template: str, *, problem: str | None, **context: Any) -> Response:
        return self.place.page(
            template,
            tenant,
            APPS,
            status=409 if problem else 200,
            client=client,
            problem=problem,
            back=self._url(tenant, client),
            **context,
        )


def offered_acts(client: Client) -> Sequence[str]:
    """A credential is revoked for good; an app can be enabled again."""
    if client.revoked:
        return ()
    if client.status is not Status.ACTIVE:
        return (ENABLE,)
    return (REVOKE,) if client_type(client) is ClientType.CREDENTIAL else (DISABLE,)


def _words(act: str) -> tuple[str, Sequence[str]]:
    """The title, which is on the button too, and what will happen."""
    if act == REVOKE:
        return gettext("Revoke credential"), [
            gettext(
                "Programs that use it get no new token from now on, and APIs that ask us refuse the ones they have."
            ),
            gettext("An API that does not ask accepts a token until it expires, at most an hour after it was issued."),
            gettext("It cannot be undone. Whoever still needs access needs a new credential."),
        ]
    if act == DISABLE:
        return gettext("Disable app"), [
            gettext("No one can sign in to it any more."),
            gettext("Everyone who is signed in there is signed out when the app next asks us, within an hour."),
            gettext("You can enable it again; people then sign in again."),
        ]
    return gettext("Enable"), [gettext("It can be used again with the secrets it has.")]


def _asked_secret() -> SecretPlace:
    asked = request.args.get("secret", "")
    if asked not in tuple(SecretPlace):
        raise NotFound("page", request.path)
    return SecretPlace(asked)
