"""The account home and sign-out."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.errors import NotFound
from app.domain.sessions.session import SignedIn
from app.domain.sso_only.observing import TRY_SSO
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import STAFF, Tenant
from app.ports.system import Clock
from app.services.accounts.matching import AccountService
from app.services.passwords.password_changes import PasswordChangeService
from app.services.sessions.sessions import SessionService
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.browser import Browser
from app.web.i18n import gettext, moment
from app.web.login.try_sso import offered
from app.web.pages import cards, go, login_url, page, role_name
from app.web.passwords.second_factor import OWN
from app.web.sign_out import SignOut
from app.web.user_session import logout_targets, signed_in_user


@dataclass(frozen=True, slots=True)
class AccountViews:
    """`/account`, `/logout`, `/logged-out`."""

    tenant_lookup: TenantLookup
    accounts: AccountService
    sessions: SessionService
    password_changes: PasswordChangeService
    out: SignOut
    clock: Clock
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("account", __name__)
        blueprint.add_url_rule("/account", view_func=self.home, endpoint="home")
        blueprint.add_url_rule("/logout", view_func=self.sign_out, endpoint="logout", methods=["POST"])
        blueprint.add_url_rule("/logged-out", view_func=self.logged_out, endpoint="logged_out")
        return blueprint

    def home(self) -> Response:
        user = signed_in_user()
        if user is None:
            return go(self._way_back())
        signed_in = user.signed_in
        others = self.accounts.changeable(signed_in)
        return page(
            "account.html",
            form_targets=logout_targets(user),
            tenant=signed_in.tenant,
            account={
                "name": signed_in.account.name or signed_in.account.username,
                "username": signed_in.account.username,
                "email": signed_in.account.email,
                "roles": [role_name(role) for role in signed_in.account.roles],
            },
            session=_shown(signed_in),
            others=cards(others, signed_in.tenant, now=self.clock.now()),
            switch_action="/accounts/choose",
            ticket="",
            try_sso_url=TRY_SSO if offered(self.tenant_lookup, signed_in) else None,
            csrf_token=self.browser.csrf_token(user),
            password_url="/account/password" if self.password_changes.offered(signed_in) else None,
            logout_action="/logout",
            admin_url=_admin_url(signed_in),
            support_url=_support_url(signed_in),
            second_factor_url=OWN if signed_in.session.method is Method.PASSWORD else None,
        )

    def _way_back(self) -> str:
        """On the morning after a switch everyone's session has ended: they should not have to search for the login."""
        tenant = self.sessions.tenant_left(self.browser.cookies.session(request))
        return f"{login_url(tenant)}?signed-out=1" if tenant else "/"

    def sign_out(self) -> Response:
        user = signed_in_user()
        if user is None:
            response = go("/logged-out")
            # Another site's POST comes without cookies: it must not remove the ones that the browser held back.
            if self.browser.cookies.session(request):
                self.browser.cookies.clear_session(response)
            return response
        self.browser.poster()
        return self.out.sign_out(user)

    def logged_out(self) -> Response:
        """Also where the provider sends people back to. Only a state of ours tells the tenant and its app."""
        back = self.out.returned()
        if back is not None and back.onward:
            response = go(back.onward)
        else:
            tenant = self._tenant(request.args.get("tenant") or (back.tenant if back else ""))
            response = page("logged_out.html", tenant=tenant, login_url=login_url(tenant))
        self.browser.cookies.clear_logout_state(response)
        return response

    def _tenant(self, slug: str) -> Tenant | None:
        try:
            return self.tenant_lookup.options(slug).tenant
        except NotFound:
            return None


def _admin_url(signed_in: SignedIn) -> str | None:
    may = signed_in.tenant.slug != STAFF and Role.TENANT_ADMIN in signed_in.account.roles
    return "/admin/" if may else None


def _support_url(signed_in: SignedIn) -> str | None:
    may = signed_in.tenant.slug == STAFF and set(STAFF_ROLES) & set(signed_in.account.roles)
    return "/support/" if may else None


def _shown(signed_in: SignedIn) -> dict[str, str | None]:
    session = signed_in.session
    by_provider = gettext("OAuth Login")
    return {
        "method_label": by_provider if session.method is Method.SSO else gettext("Password"),
        "since": moment(session.auth_time),
        "expires": moment(session.expires_at),
        "connection": signed_in.connection,
    }
