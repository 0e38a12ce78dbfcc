"""The second factor: its step of a login, and its page for someone who is signed in."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, request

from app.domain.errors import SsoError
from app.domain.reasons import ReasonCode, reason
from app.domain.tenants.login_policy import Method
from app.domain.tenants.security_policy import TotpRule
from app.domain.traces.trace import LoginStopped
from app.ports.system import Clock
from app.services.passwords.passwords import PasswordService
from app.services.passwords.second_factors import FactorDemanded, NewFactor, SecondFactorService
from app.services.tenants.tenant_lookup import TenantLookup
from app.web.browser import Browser, client_ip
from app.web.errors import ErrorPages, retry_later
from app.web.i18n import moment
from app.web.pages import go, page, with_query
from app.web.passwords.code_page import CodeForm, CodePage, recovery_codes_page, wrong_code
from app.web.user_session import SignedInUser, signed_in_user

OWN = "/account/second-factor"
SET_UP = "set_up"
SHOWN_ON_THE_FORM = (ReasonCode.WRONG_CODE, ReasonCode.THROTTLED)


@dataclass(frozen=True, slots=True)
class SecondFactorViews:
    """`/t/<tenant>/login/code` and `/account/second-factor`."""

    tenant_lookup: TenantLookup
    passwords: PasswordService
    second_factors: SecondFactorService
    clock: Clock
    browser: Browser
    errors: ErrorPages

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("second_factor", __name__)
        blueprint.add_url_rule("/t/<tenant>/login/code", view_func=self.back_to_login, endpoint="back_to_login")
        blueprint.add_url_rule("/t/<tenant>/login/code", view_func=self.code, endpoint="code", methods=["POST"])
        blueprint.add_url_rule(OWN, view_func=self.own, endpoint="own")
        blueprint.add_url_rule(OWN, view_func=self.change, endpoint="change", methods=["POST"])
        return blueprint

    def back_to_login(self, tenant: str) -> Response:
        """Loading this page by its URL starts over, because there is no login behind it."""
        return go(f"/t/{self.tenant_lookup.options(tenant).tenant.slug}/login")

    def code(self, tenant: str) -> Response:
        found = self.tenant_lookup.options(tenant).tenant
        self.passwords.refuse_where_closed(found, client_ip=client_ip())
        self.browser.check_csrf()
        code_page = CodePage(self.browser, self.browser.onward())
        form = code_page.form()
        ticket = form.ticket.data or ""
        try:
            proven = self.passwords.second_step(found, self.browser.visitor(), ticket=ticket, code=form.typed())
        except LoginStopped as error:
            if error.code not in SHOWN_ON_THE_FORM:
                raise
            asked = self.passwords.asked_again(found, self.browser.visitor(), ticket)
            said = wrong_code(error.code, error.trace.details, setting_up=asked.new is not None)
            return self.errors.on_the_form(error, partial(code_page.show, asked), problem=said)
        if not proven.recovery_codes:
            return self.browser.signed_in(proven.opened)
        shown = recovery_codes_page(
            proven.recovery_codes, onward=proven.opened.return_to, tenant=found, username=proven.opened.account.username
        )
        return self.browser.signed_in(proven.opened, shown=shown)

    def own(self) -> Response:
        user = signed_in_user()
        return go("/") if user is None else self._page(user)

    def change(self) -> Response:
        user = self.browser.poster()
        if request.form.get("do") == SET_UP and self._stale(user):
            return _confirm_first()
        try:
            codes = self._changed(user)
        except FactorDemanded:
            return go(OWN)
        except SsoError as error:
            if error.code not in SHOWN_ON_THE_FORM:
                raise
            said = wrong_code(error.code, error.details, setting_up=request.form.get("do") == SET_UP)
            response = self._page(user, problem=said, status=reason(error.code).status)
            return retry_later(response, error.details.get("retry_after_s"))
        if not codes:
            return go(OWN)
        tenant, account = user.signed_in.tenant, user.signed_in.account
        return recovery_codes_page(codes, onward=OWN, tenant=tenant, username=account.username)

    def _changed(self, user: SignedInUser) -> tuple[str, ...]:
        service, signed_in = self.second_factors, user.signed_in
        form = self._form(user)
        match request.form.get("do"):
            case "set_up":
                return service.enrol_own(
                    signed_in, ticket=form.ticket.data or "", code=form.typed(), client_ip=client_ip()
                )
            case "renew":
                return service.renew_recovery(signed_in, code=form.typed(), client_ip=client_ip())
            case "remove":
                service.give_up(signed_in, code=form.typed(), client_ip=client_ip())
        return ()

    def _page(self, user: SignedInUser, *, problem: str | None = None, status: int = 200) -> Response:
        signed_in = user.signed_in
        tenant, account = signed_in.tenant, signed_in.account
        factor = self.second_factors.of(tenant.id, account.id)
        by_password = signed_in.session.method is Method.PASSWORD
        if by_password and factor is None:
            return self._set_up(user, problem=problem, status=status)
        form = self._form(user)
        form.code.data = None
        return page(
            "second_factor.html",
            status=status,
            tenant=tenant,
            by_password=by_password,
            passwords_open=self.tenant_lookup.options(tenant.slug).password,
            since=moment(factor.confirmed_at) if factor else None,
            codes_left=len(factor.recovery) if factor else 0,
            demanded=tenant.security.totp is TotpRule.REQUIRED,
            form=form,
            csrf_token=self.browser.csrf_token(user),
            action=OWN,
            problem=problem,
        )

    def _set_up(self, user: SignedInUser, *, problem: str | None, status: int) -> Response:
        if self._stale(user):
            return _confirm_first()
        form = self._form(user)
        form.code.data = None
        new, form.ticket.data = self._offered(user, form.ticket.data if problem else None)
        return page(
            "second_factor_new.html",
            status=status,
            tenant=user.signed_in.tenant,
            username=user.signed_in.account.username,
            form=form,
            csrf_token=self.browser.csrf_token(user),
            action=OWN,
            start_again="/account",
            demanded=False,
            problem=problem,
            new=new,
        )

    def _offered(self, user: SignedInUser, ticket: str | None) -> tuple[NewFactor, str]:
        """The same secret as before, after a wrong code for it."""
        return self.second_factors.offer(user.signed_in, ticket=ticket)

    def _form(self, user: SignedInUser) -> CodeForm:
        return CodeForm(request.form, meta={"csrf_context": self.browser.csrf_context(user)})

    def _stale(self, user: SignedInUser) -> bool:
        """Someone who finds an unattended computer must not tie the account to their own phone."""
        return not user.signed_in.session.fresh(self.clock.now())


def _confirm_first() -> Response:
    return go(with_query("/account/confirm", next=OWN))
