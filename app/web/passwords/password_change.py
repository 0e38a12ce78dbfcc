"""`/account/password`: a new password for someone who is signed in and knows the present one."""

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, request
from wtforms import PasswordField, StringField
from wtforms.validators import Length

from app.domain.reasons import ReasonCode
from app.domain.traces.trace import LoginStopped
from app.services.passwords.password_changes import PasswordChangeService, Unfit
from app.services.passwords.passwords import MAX_PASSWORD_CHARACTERS, PasswordService
from app.services.passwords.second_factors import SecondFactorService
from app.web.browser import Browser, client_ip
from app.web.errors import ErrorPages
from app.web.i18n import gettext
from app.web.pages import go, page
from app.web.passwords.password_pages import NewPasswordForm
from app.web.user_session import SignedInUser, signed_in_user

CHANGE = "/account/password"
DONE = "changed"
SHOWN_ON_THE_FORM = (ReasonCode.WRONG_PASSWORD, ReasonCode.WRONG_CODE, ReasonCode.THROTTLED)


class ChangeForm(NewPasswordForm):
    """The present password, a code if there is a second factor, and the new password twice."""

    current = PasswordField(validators=[Length(max=MAX_PASSWORD_CHARACTERS)])
    code = StringField(validators=[Length(max=64)])


@dataclass(frozen=True, slots=True)
class PasswordChangeViews:
    """For accounts with a password, if the policy accepts it."""

    passwords: PasswordService
    second_factors: SecondFactorService
    password_changes: PasswordChangeService
    browser: Browser
    errors: ErrorPages

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("password_change", __name__)
        blueprint.add_url_rule(CHANGE, view_func=self.ask, endpoint="ask")
        blueprint.add_url_rule(CHANGE, view_func=self.change, endpoint="change", methods=["POST"])
        return blueprint

    def ask(self) -> Response:
        user = signed_in_user()
        if user is None:
            return go("/")
        return self._refused(user) or self._page(user, done=DONE in request.args)

    def change(self) -> Response:
        user = self.browser.poster()
        refused = self._refused(user)
        if refused is not None:
            return refused
        form = self._form(user)
        problem = None if form.current.data and form.validate() else gettext("Enter your current password.")
        problem = problem or form.problem()
        if problem is not None:
            return self._page(user, problem=problem, status=HTTPStatus.BAD_REQUEST)
        return self._changed(user, form)

    def _changed(self, user: SignedInUser, form: ChangeForm) -> Response:
        try:
            done = self.password_changes.change(
                user.signed_in,
                self.browser.visitor(),
                current=form.current.data or "",
                code=form.code.data or "",
                new=form.new.data or "",
            )
        except LoginStopped as error:
            if error.code not in SHOWN_ON_THE_FORM:
                raise
            wrong = gettext("Wrong current password. Try again.")
            problem = wrong if error.code is ReasonCode.WRONG_PASSWORD else None
            return self.errors.on_the_form(error, partial(self._page, user), problem=problem)
        if isinstance(done, Unfit):
            return self._page(user, problem=gettext(done.problem), status=HTTPStatus.BAD_REQUEST)
        return self.browser.signed_in(replace(done, return_to=f"{CHANGE}?{DONE}=1"))

    def _refused(self, user: SignedInUser) -> Response | None:
        """If there is nothing to change: raises LoginStopped if that is due to the policy, as the login form does."""
        signed_in = user.signed_in
        self.passwords.refuse_where_closed(signed_in.tenant, client_ip=client_ip())
        if self.password_changes.offered(signed_in):
            return None
        return page(
            "error.html",
            status=HTTPStatus.FORBIDDEN,
            title=gettext("This account has no password"),
            sentence=gettext("You sign in with OAuth Login, so there is no password to change."),
            next_step=gettext("If you need a password, ask your supervisor or IT team for an invitation."),
            actions=[{"label": gettext("Your account"), "url": "/account"}],
            tenant=signed_in.tenant,
        )

    def _form(self, user: SignedInUser) -> ChangeForm:
        return ChangeForm(request.form, meta={"csrf_context": self.browser.csrf_context(user)})

    def _page(
        self,
        user: SignedInUser,
        *,
        done: bool = False,
        problem: str | None = None,
        reference: str | None = None,
        status: int = 200,
    ) -> Response:
        account = user.signed_in.account
        form = self._form(user)
        form.code.data = ""  # a code works once, so never fill it in again
        return page(
            "password_change.html",
            status=status,
            tenant=user.signed_in.tenant,
            username=account.username,
            with_code=self.second_factors.of(account.tenant_id, account.id) is not None,
            form=form,
            done=done,
            problem=problem,
            reference=reference,
        )
