"""Confirms who is signed in before actions that cannot simply be undone: the session continues under a new id."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, request
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import return_to
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import LoginStopped
from app.ports.provider_client import AuthorizationOptions
from app.services.login.login import LoginService
from app.services.login.request import LoginRequest
from app.services.passwords.passwords import MAX_PASSWORD_CHARACTERS, PasswordService
from app.services.passwords.second_factors import SecondFactorService
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.browser import Browser, client_ip
from app.web.connection_checks import CONFIRM, providers_of
from app.web.errors import ErrorPages
from app.web.i18n import gettext
from app.web.pages import go, page
from app.web.site.csrf import BoundForm
from app.web.user_session import SignedInUser, signed_in_user

SHOWN_ON_THE_FORM = (ReasonCode.WRONG_PASSWORD, ReasonCode.WRONG_CODE, ReasonCode.THROTTLED)


class ConfirmForm(BoundForm):
    """The password, a code if there is a second factor, and where to go afterwards."""

    password = PasswordField(validators=[InputRequired(), Length(max=MAX_PASSWORD_CHARACTERS)])
    code = StringField(validators=[Length(max=64)])
    next = HiddenField()


@dataclass(frozen=True, slots=True)
class ConfirmViews:
    """`/account/confirm`: by password or at the provider, whichever the session was opened with."""

    tenant_lookup: TenantLookup
    login: LoginService
    passwords: PasswordService
    second_factors: SecondFactorService
    browser: Browser
    errors: ErrorPages

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("confirm", __name__)
        blueprint.add_url_rule(CONFIRM, view_func=self.ask, endpoint="ask")
        blueprint.add_url_rule(CONFIRM, view_func=self.by_password, endpoint="password", methods=["POST"])
        blueprint.add_url_rule(f"{CONFIRM}/sso", view_func=self.by_sso, endpoint="sso", methods=["POST"])
        return blueprint

    def ask(self) -> Response:
        user = signed_in_user()
        return go("/") if user is None else self._page(user, onward=request.args.get("next"))

    def by_password(self) -> Response:
        user = self.browser.poster()
        form = self._form(user)
        if not form.validate():
            return self._page(user, onward=form.next.data, problem=gettext("Enter your password."), status=400)
        try:
            opened = self.passwords.reauthenticate(
                user.signed_in,
                self.browser.visitor(),
                password=form.password.data or "",
                code=form.code.data or "",
                return_to=return_to(form.next.data),
            )
        except LoginStopped as error:
            if error.code not in SHOWN_ON_THE_FORM:
                raise
            # The page shows who is signed in: the name need not be typed again.
            wrong = gettext("Wrong password. Try again.")
            problem = wrong if error.code is ReasonCode.WRONG_PASSWORD else None
            return self.errors.on_the_form(error, partial(self._page, user, onward=form.next.data), problem=problem)
        return self.browser.signed_in(opened)

    def by_sso(self) -> Response:
        signed_in = self.browser.poster().signed_in
        tenant, connection = self.tenant_lookup.connection(signed_in.tenant.slug, signed_in.connection or "")
        begun = self.login.begin(
            tenant,
            connection,
            LoginRequest(
                return_to=return_to(request.form.get("next")),
                options=AuthorizationOptions(login_hint=signed_in.account.email),
                purpose=Purpose.REAUTH,
                started_by=signed_in,
            ),
            client_ip=client_ip(),
        )
        return self.browser.sent_out(begun)

    def _form(self, user: SignedInUser) -> ConfirmForm:
        return ConfirmForm(request.form, meta={"csrf_context": self.browser.csrf_context(user)})

    def _page(
        self,
        user: SignedInUser,
        *,
        onward: str | None,
        problem: str | None = None,
        reference: str | None = None,
        status: int = 200,
    ) -> Response:
        signed_in = user.signed_in
        form = self._form(user)
        form.next.data = return_to(onward)
        by_password = signed_in.session.method is Method.PASSWORD
        connections = [] if by_password else self.tenant_lookup.options(signed_in.tenant.slug).connections
        return page(
            "confirm.html",
            status=status,
            form_targets=[*(providers_of(connections) if connections else ()), *self.browser.onward()],
            tenant=signed_in.tenant,
            account=signed_in.account,
            form=form,
            by_password=by_password,
            with_code=by_password and self._has_second_factor(user),
            sso_action=f"{CONFIRM}/sso",
            problem=problem,
            reference=reference,
        )

    def _has_second_factor(self, user: SignedInUser) -> bool:
        account = user.signed_in.account
        return self.second_factors.of(account.tenant_id, account.id) is not None
