"""A forgotten password, and the page behind a mailed link, for people who are not signed in."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.tenant import Tenant
from app.services.passwords.password_changes import PasswordChangeService
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.passwords import PasswordService
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.browser import Browser, client_ip
from app.web.i18n import gettext, reader
from app.web.pages import go, login_url, page
from app.web.site.csrf import BoundForm

FORGOT = "/t/<tenant>/password/forgot"
NEW = "/t/<tenant>/password/new"
ASKED = "asked"
LINK = re.compile(r"[A-Za-z0-9_-]{1,1024}")
"""What may be kept in a cookie until the form is sent."""


class ForgotForm(BoundForm):
    """Asks for the username."""

    username = StringField(validators=[InputRequired(), Length(max=255)])


class NewPasswordForm(BoundForm):
    """The password twice, exactly as typed; the form carries the link, so that two of them can be open at once."""

    link = HiddenField()
    new = PasswordField()
    again = PasswordField()

    def problem(self) -> str | None:
        """What is wrong before the password rules are checked."""
        if not self.new.data:
            return gettext("Enter a new password.")
        return None if self.new.data == self.again.data else gettext("The passwords don't match. Enter both again.")


@dataclass(frozen=True, slots=True)
class PasswordPages:
    """`/t/<tenant>/password/forgot` and `/t/<tenant>/password/new`."""

    tenant_lookup: TenantLookup
    passwords: PasswordService
    password_changes: PasswordChangeService
    password_links: PasswordLinkService
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("password", __name__)
        blueprint.add_url_rule(FORGOT, view_func=self.forgot, endpoint="forgot")
        blueprint.add_url_rule(FORGOT, view_func=self.ask, endpoint="ask", methods=["POST"])
        blueprint.add_url_rule(NEW, view_func=self.link, endpoint="link")
        blueprint.add_url_rule(NEW, view_func=self.set_new, endpoint="new", methods=["POST"])
        return blueprint

    def forgot(self, tenant: str) -> Response:
        found = self._open(tenant)
        if ASKED in request.args:
            return page("password_asked.html", tenant=found, login_url=login_url(found))
        return self._forgot_page(found)

    def ask(self, tenant: str) -> Response:
        """The same for everyone: it must not show whether the account exists or whether mail was sent."""
        found = self._open(tenant)
        self.browser.check_csrf()
        form = self._forgot_form()
        if not form.validate():
            return self._forgot_page(found, problem=gettext("Enter your username."), status=HTTPStatus.BAD_REQUEST)
        self.password_links.request(found, form.username.data or "", client_ip(), reader=reader())
        return go(f"/t/{found.slug}/password/forgot?{ASKED}=1")

    def link(self, tenant: str) -> Response:
        """The mail's link. It moves into a cookie at once, so that it stays out of the address bar and the history."""
        found = self.tenant_lookup.options(tenant).tenant
        given = request.args.get("link")
        if given is not None:
            response = go(f"/t/{found.slug}/password/new")
            self.browser.cookies.set_link(response, given if LINK.fullmatch(given) else "")
            return response
        sealed = self.browser.cookies.link(request) or ""
        if self.password_links.leads_to_login(found, sealed):
            return go(login_url(found))
        self._open(tenant)
        return self._new_page(found, sealed)

    def set_new(self, tenant: str) -> Response:
        found = self._open(tenant)
        self.browser.check_csrf()
        form = self._new_form()
        sealed = form.link.data or ""
        problem = form.problem()
        if problem is None:
            unfit = self.password_changes.redeem(found, sealed, new=form.new.data or "", client_ip=client_ip())
            problem = gettext(unfit.problem) if unfit else None
        if problem is not None:
            return self._new_page(found, sealed, problem=problem, status=HTTPStatus.BAD_REQUEST)
        response = go(f"{login_url(found)}?new-password=set")
        self.browser.cookies.set_link(response, "")
        return response

    def _open(self, slug: str) -> Tenant:
        """The tenant, if it takes passwords; otherwise the same refusal for everyone, before anything is read."""
        found = self.tenant_lookup.options(slug).tenant
        self.passwords.refuse_where_closed(found, client_ip=client_ip())
        return found

    def _forgot_form(self) -> ForgotForm:
        return ForgotForm(request.form, meta={"csrf_context": self.browser.csrf_context()})

    def _new_form(self) -> NewPasswordForm:
        return NewPasswordForm(request.form, meta={"csrf_context": self.browser.csrf_context()})

    def _forgot_page(self, tenant: Tenant, *, problem: str | None = None, status: int = 200) -> Response:
        response = page(
            "password_forgot.html",
            status=status,
            tenant=tenant,
            form=self._forgot_form(),
            problem=problem,
            login_url=login_url(tenant),
        )
        self.browser.keep(response)
        return response

    def _new_page(self, tenant: Tenant, sealed: str, *, problem: str | None = None, status: int = 200) -> Response:
        kind, account = self.password_links.opened(tenant, sealed, client_ip=client_ip())
        form = self._new_form()
        form.link.data = sealed
        response = page(
            "password_new.html",
            status=status,
            tenant=tenant,
            username=account.username,
            invited=kind is LinkKind.INVITATION,
            form=form,
            problem=problem,
            action=f"/t/{tenant.slug}/password/new",
        )
        self.browser.keep(response)
        return response
