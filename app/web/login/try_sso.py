"""Observe mode's offer: one click shows someone who used a password whether OAuth Login finds them too."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import return_to
from app.domain.sessions.session import SignedIn
from app.domain.sso_only.observing import TRY_SSO, unproven
from app.domain.tenants.login_policy import Method
from app.domain.tenants.step_up import StepUp
from app.ports.provider_client import AuthorizationOptions
from app.services.login.login import LoginService
from app.services.login.request import LoginRequest
from app.services.tenants.tenant_lookup import LoginOptions, TenantLookup
from app.web.browser import Browser, client_ip
from app.web.connection_checks import providers_of
from app.web.errors import SOMEBODY_ELSE
from app.web.i18n import gettext
from app.web.pages import go, page
from app.web.site.options import SiteOptions
from app.web.user_session import signed_in_user


@dataclass(frozen=True, slots=True)
class TrySsoViews:
    """`/account/try-sso`: optional, with a link on to where the login was going."""

    tenant_lookup: TenantLookup
    login: LoginService
    options: SiteOptions
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("try_sso", __name__)
        blueprint.add_url_rule(TRY_SSO, view_func=self.offer, endpoint="offer")
        blueprint.add_url_rule(TRY_SSO, view_func=self.begin, endpoint="begin", methods=["POST"])
        return blueprint

    def offer(self) -> Response:
        user = signed_in_user()
        onward = self._next(request.args.get("next"))
        options = offered(self.tenant_lookup, user.signed_in) if user else None
        if user is None or options is None:
            return go(onward)
        several = len(options.connections) > 1
        return page(
            "try_sso.html",
            form_targets=providers_of(options.connections),
            tenant=options.tenant,
            csrf_token=self.browser.csrf_token(user),
            action=TRY_SSO,
            onward=onward,
            another=request.args.get("another") == "1",
            buttons=[
                {
                    "name": connection.name,
                    "label": gettext("Check OAuth Login: %(name)s", name=connection.name)
                    if several
                    else gettext("Check OAuth Login"),
                }
                for connection in options.connections
            ],
        )

    def begin(self) -> Response:
        signed_in = self.browser.poster().signed_in
        tenant, connection = self.tenant_lookup.connection(signed_in.tenant.slug, request.form.get("connection", ""))
        begun = self.login.begin(
            tenant,
            connection,
            LoginRequest(
                return_to=self._next(request.form.get("next")),
                options=AuthorizationOptions(
                    login_hint=signed_in.account.email,
                    step_up=StepUp(prompt=(SOMEBODY_ELSE,) if request.form.get("another") else ()),
                ),
                purpose=Purpose.PROVE,
                started_by=signed_in,
            ),
            client_ip=client_ip(),
        )
        return self.browser.sent_out(begun)

    def _next(self, raw: str | None) -> str:
        return return_to(raw, hosts=self.options.forward_auth_hosts)


def offered(tenant_lookup: TenantLookup, signed_in: SignedIn) -> LoginOptions | None:
    """The connections to try, if there is anything left to find out."""
    if signed_in.session.method is not Method.PASSWORD or not unproven(signed_in.tenant, signed_in.account):
        return None
    options = tenant_lookup.options(signed_in.tenant.slug)
    return options if options.connections else None
