"""How agents sign in: the finder, a tenant's login page, the password form, and the redirect to the provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.domain.connections.connection import Connection
from app.domain.login.login_hint import parse_login_hint
from app.domain.login.return_to import ACCOUNT_HOME, return_to
from app.domain.reasons import ReasonCode
from app.domain.tenants.step_up import StepUp, parse_step_up
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import LoginStopped
from app.ports.logins import Workspace
from app.ports.provider_client import AuthorizationOptions
from app.ports.system import Clock
from app.services.login.login import LoginService
from app.services.login.request import LoginRequest
from app.services.passwords.outcomes import MfaRequired
from app.services.passwords.passwords import MAX_PASSWORD_CHARACTERS, PasswordService
from app.services.tenants.tenant_lookup import LoginOptions, TenantLookup
from app.web.browser import Browser, client_ip
from app.web.connection_checks import providers_of
from app.web.errors import ErrorPages
from app.web.i18n import gettext, speak_for
from app.web.login.announcement import announcement
from app.web.pages import go, page
from app.web.passwords.code_page import CodePage
from app.web.readers import languages_wanted
from app.web.site.csrf import BoundForm
from app.web.site.options import SiteOptions
from app.web.user_session import SignedInUser, signed_in_user

STEP_UP = ("prompt", "max_age", "acr_values")
"""Parameters that the login page passes on to the provider."""
SHOWN_ON_THE_FORM = (ReasonCode.WRONG_PASSWORD, ReasonCode.THROTTLED)


class PasswordForm(BoundForm):
    """Username, password, and where to go afterwards."""

    username = StringField(validators=[InputRequired(), Length(max=255)])
    password = PasswordField(validators=[InputRequired(), Length(max=MAX_PASSWORD_CHARACTERS)])
    next = HiddenField()


@dataclass(frozen=True, slots=True)
class LoginViews:
    """`GET /`, `/t/<tenant>/login`, `/t/<tenant>/oauth/login`."""

    tenant_lookup: TenantLookup
    login: LoginService
    passwords: PasswordService
    clock: Clock
    options: SiteOptions
    browser: Browser
    errors: ErrorPages

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("login", __name__)
        blueprint.add_url_rule("/", view_func=self.finder, endpoint="finder")
        blueprint.add_url_rule("/t/<tenant>/login", view_func=self.login_page, endpoint="page")
        blueprint.add_url_rule(
            "/t/<tenant>/login", view_func=self.password_login, endpoint="password", methods=["POST"]
        )
        blueprint.add_url_rule(
            "/t/<tenant>/oauth/login", view_func=self.oauth_login, endpoint="oauth", methods=["GET", "POST"]
        )
        return blueprint

    def finder(self) -> Response:
        query = request.args.get("q", "")[:254]
        onward = self._next(request.args.get("next"))
        if not query.strip():
            if signed_in_user() is not None:
                return go(onward)
            return page("finder.html", query="", next=request.args.get("next"))
        tenants = self.tenant_lookup.find(query)
        suffix = self._query(request.args.get("next"), login_hint=query.strip() if "@" in query else None)
        if len(tenants) == 1:
            return go(f"/t/{tenants[0].slug}/login{suffix}")
        choices = [
            {"slug": found.slug, "name": found.name, "url": f"/t/{found.slug}/login{suffix}"} for found in tenants
        ]
        problem = (
            None
            if choices
            else gettext(
                "We couldn't find a workspace with that name or email domain. Check the spelling and try again."
            )
        )
        return page("finder.html", query=query, problem=problem, choices=choices, next=request.args.get("next"))

    def login_page(self, tenant: str) -> Response:
        options = self.tenant_lookup.options(tenant)
        speak_for(options.tenant.reader)
        problem = None if options.open else gettext("This workspace is disabled. Ask your supervisor or IT team.")
        onward = request.args.get("next")
        user = None if "login" in request.args.get("prompt", "").split() else signed_in_user()
        return self._login_page(
            options,
            onward=onward,
            problem=problem,
            notice=_notice(options),
            signed_in=user.signed_in if user else None,
            continue_url=self._next(onward),
        )

    def oauth_login(self, tenant: str) -> Response:
        """Providers may start it too, also with a form (OpenID Connect Core, section 4)."""
        values = request.values
        name, issuer = values.get("connection"), values.get("iss")
        onward = values.get("next") or self._target_path()
        if issuer:
            found, connection = self.tenant_lookup.initiated_by(tenant, issuer)
        elif name:
            found, connection = self.tenant_lookup.connection(tenant, name)
        else:
            options = self.tenant_lookup.options(tenant)
            if len(options.connections) != 1:
                self.login.refuse_where_closed(options.tenant, options.connections, client_ip=client_ip())
                return self._login_page(options, onward=onward, sso_only=True)
            found, connection = options.tenant, options.connections[0]
        leaving = self._signed_in_elsewhere(found)
        if leaving is not None and request.method == "GET":
            self.login.refuse_where_closed(found, [connection], client_ip=client_ip())
            return self._ask_whether_to_leave(leaving, found, connection)
        begun = self.login.begin(
            found,
            connection,
            LoginRequest(
                return_to=self._next(onward),
                options=AuthorizationOptions(
                    login_hint=parse_login_hint(values.get("login_hint")),
                    ui_locales=languages_wanted(self.browser.cookies),
                    # A provider that starts a login does not decide how it proceeds.
                    step_up=StepUp() if issuer else _step_up(values),
                ),
                started_by=self.browser.poster().signed_in if leaving is not None else None,
            ),
            client_ip=client_ip(),
        )
        return self.browser.sent_out(begun)

    def to_only_provider(
        self, tenant: str, workspace: Workspace | None, onward: str, options: AuthorizationOptions
    ) -> Response | None:
        """The redirect to the provider, for people whom an app would send to a page with one button and nothing else.

        `workspace` is the tenant if it was just read. None: there is something to choose or to be told. Raises
        LoginStopped.
        """
        lookup = self.tenant_lookup
        found = lookup.options_of(tenant, workspace) if workspace else lookup.options(tenant)
        if not found.sso or found.password or len(found.connections) > 1 or self._signed_in_elsewhere(found.tenant):
            return None
        wanted = LoginRequest(return_to=self._next(onward), options=options)
        begun = self.login.begin(found.tenant, found.connections[0], wanted, client_ip=client_ip())
        return self.browser.sent_out(begun)

    def _signed_in_elsewhere(self, tenant: Tenant) -> SignedInUser | None:
        """The session of another tenant that a login here would end."""
        if self.browser.cookies.session(request) is None:  # as a rule
            return None
        user = signed_in_user()
        return user if user is not None and user.signed_in.tenant.id != tenant.id else None

    def _ask_whether_to_leave(self, user: SignedInUser, tenant: Tenant, connection: Connection) -> Response:
        """Any site can make a browser open this URL: only a click here ends a session of another tenant."""
        return page(
            "elsewhere.html",
            form_targets=[*providers_of([connection]), *self.browser.onward()],
            tenant=user.signed_in.tenant,
            account=user.signed_in.account,
            other=tenant,
            action=request.full_path,
            csrf_token=self.browser.csrf_token(user),
        )

    def password_login(self, tenant: str) -> Response:
        options = self.tenant_lookup.options(tenant)
        speak_for(options.tenant.reader)
        self.passwords.refuse_where_closed(options.tenant, client_ip=client_ip())
        self.browser.check_csrf()
        form = self._form(onward=None)
        if not form.validate():
            return self._login_page(options, problem=gettext("Enter your username and password."), status=400)
        try:
            result = self.passwords.login(
                options.tenant,
                self.browser.visitor(),
                username=form.username.data or "",
                password=form.password.data or "",
                return_to=self._next(form.next.data),
            )
        except LoginStopped as error:
            if error.code not in SHOWN_ON_THE_FORM:
                raise
            return self.errors.on_the_form(error, partial(self._login_page, options))
        if isinstance(result, MfaRequired):
            return CodePage(self.browser, self.browser.onward()).show(result)
        return self.browser.signed_in(result)

    def _login_page(
        self,
        options: LoginOptions,
        *,
        onward: str | None = None,
        sso_only: bool = False,
        status: int = 200,
        **said: object,
    ) -> Response:
        """`said` is what the page shows besides: `problem` with its `reference`, `notice`, the `signed_in` person."""
        tenant = options.tenant
        form = self._form(onward=onward) if options.password and not sso_only else None
        response = page(
            "login.html",
            status=status,
            form_targets=self.browser.onward(),
            tenant=tenant,
            sso_buttons=self._buttons(options, onward) if options.sso else [],
            form=form,
            finder_url=f"/{self._query(onward)}",
            announcement=announcement(tenant, now=self.clock.now(), offered=bool(options.sso)),
            **said,
        )
        if form is not None:
            self.browser.keep(response)
        return response

    def _form(self, *, onward: str | None) -> PasswordForm:
        form = PasswordForm(request.form, meta={"csrf_context": self.browser.csrf_context()})
        if onward is not None:
            form.next.data = onward
        return form

    def _target_path(self) -> str | None:
        """Where a provider that starts the login wants it to end (OpenID Connect Core, section 4): here, or nowhere."""
        target = request.values.get("target_link_uri", "")
        return target.removeprefix(self.options.base_url) if target.startswith(f"{self.options.base_url}/") else None

    def _buttons(self, options: LoginOptions, onward: str | None) -> list[dict[str, str]]:
        several, hint = len(options.connections) > 1, request.args.get("login_hint")
        wanted = {name: value for name in STEP_UP if (value := request.args.get(name))}
        login = f"/t/{options.tenant.slug}/oauth/login"
        buttons = []
        for connection in options.connections:
            query = self._query(onward, connection=connection.name if several else None, login_hint=hint)
            url = f"{login}{query}{'&' if query else '?'}{urlencode(wanted)}" if wanted else f"{login}{query}"
            buttons.append({"label": _button(connection, several=several), "url": url})
        return buttons

    def _next(self, raw: str | None) -> str:
        return return_to(raw, hosts=self.options.forward_auth_hosts)

    def _query(self, onward: str | None, *, connection: str | None = None, login_hint: str | None = None) -> str:
        """The parameters passed on from the finder to the login page, and from there to the provider."""
        further = onward if onward and self._next(onward) != ACCOUNT_HOME else None
        named = {"connection": connection, "next": further, "login_hint": parse_login_hint(login_hint)}
        parameters = {name: value for name, value in named.items() if value}
        return f"?{urlencode(parameters)}" if parameters else ""


def _notice(options: LoginOptions) -> str | None:
    """Why the person has come to this page."""
    if "new-password" in request.args and options.password:
        return gettext("Your password has been changed. Sign in with your new password.")
    return gettext("Your session has ended. Sign in again.") if "signed-out" in request.args else None


def _button(connection: Connection, *, several: bool) -> str:
    return gettext("OAuth Login: %(name)s", name=connection.name) if several else gettext("OAuth Login")


def _step_up(values: Mapping[str, str]) -> StepUp:
    try:
        return parse_step_up(**{name: values.get(name) for name in STEP_UP})
    except ValueError as error:
        raise BadRequest(str(error)) from error
