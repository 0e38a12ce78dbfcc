"""`/account/apps`: the apps that a person has connected, and disconnecting one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import HiddenField

from app.domain.oauth2.client import Scope
from app.ports.system import Clock
from app.services.oauth2.connected_apps import ConnectedApp, ConnectedApps
from app.web.browser import Browser, client_ip
from app.web.consoles.console_form import ConsoleForm
from app.web.i18n import ago, moment
from app.web.oauth2.consent import permission
from app.web.pages import go, page
from app.web.user_session import signed_in_user

HERE = "/account/apps"


class DisconnectForm(ConsoleForm):
    """Which app; the token is checked by the view."""

    client_id = HiddenField()


@dataclass(frozen=True, slots=True)
class ConnectedAppViews:
    """The signed-in person's own."""

    connected_apps: ConnectedApps
    clock: Clock
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("connected_apps", __name__)
        blueprint.add_url_rule(HERE, view_func=self.show, endpoint="show")
        blueprint.add_url_rule(HERE, view_func=self.disconnect, endpoint="disconnect", methods=["POST"])
        return blueprint

    def show(self) -> Response:
        user = signed_in_user()
        if user is None:
            return go("/")
        tenant, account = user.signed_in.tenant, user.signed_in.account
        return page(
            "account_apps.html",
            tenant=tenant,
            apps=app_rows(self.connected_apps.of(tenant, account), self.connected_apps.scopes(), now=self.clock.now()),
            done="done" in request.args,
            action=HERE,
            csrf_token=self.browser.csrf_token(user),
        )

    def disconnect(self) -> Response:
        signed_in, form = self.browser.poster().signed_in, DisconnectForm(request.form)
        self.connected_apps.disconnect_own(signed_in, form.client_id.data or "", client_ip=client_ip())
        return go(f"{HERE}?done")


def app_rows(apps: Sequence[ConnectedApp], catalogue: Sequence[Scope], *, now: float) -> Sequence[Mapping[str, object]]:
    known = {scope.name: scope for scope in catalogue}
    return [
        {
            "client_id": app.client.client_id,
            "name": app.client.name,
            "may": [permission(known.get(name, Scope(name, ""))) for name in app.scopes],
            "since": moment(app.since),
            "used": ago(app.last_used_at, now=now),
            "live": app.live,
        }
        for app in apps
    ]
