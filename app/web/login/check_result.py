"""`/account/check`: how a check of a connection ended, for the browser that has just made it."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.errors import NotFound
from app.domain.login.login_attempt import Purpose
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons import reason
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import STAFF, TenantId
from app.domain.traces.trace import LoginStopped
from app.ports.system import Clock
from app.services.login.check_diagnosis import CheckDiagnosis, Diagnosis
from app.services.login.check_results import CheckResult, CheckResultService, StoppedCheck, holder_of
from app.services.login.connection_checks import ConnectionCheck, may_test
from app.services.setup.setup_links import SetupLinkService
from app.web.browser import Browser
from app.web.connection_checks import RESULT_GONE, failed_proof_page, proof_page, retry_when_it_passes
from app.web.connections.connection_test import test_url
from app.web.connections.steps import Step
from app.web.consoles.nav import SIGN_ON, tenant_url
from app.web.errors import ErrorPages
from app.web.login.test_result_words import story
from app.web.pages import go, page
from app.web.site.csrf import setup_binding
from app.web.user_session import SignedInUser, signed_in_user

HERE = "/account/check"


@dataclass(frozen=True, slots=True)
class CheckResultViews:
    """The callback keeps a result here, and sends the browser on to it. Who tested may have no account here."""

    check_results: CheckResultService
    diagnosis: CheckDiagnosis
    setup_links: SetupLinkService
    clock: Clock
    browser: Browser
    errors: ErrorPages

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("check_result", __name__)
        blueprint.add_url_rule(HERE, view_func=self.show, endpoint="show")
        return blueprint

    def stopped(self, error: LoginStopped) -> Response:
        """The failure of an attempt that was no login."""
        self.errors.note(error)
        received, reference = error.claims or ReceivedClaims(), error.trace.reference
        return self.keep(StoppedCheck(error.code, error.purpose, reference, error.return_to, received=received))

    def keep(self, check: ConnectionCheck | StoppedCheck) -> Response:
        holder = self._holder(signed_in_user())
        if isinstance(check, ConnectionCheck):
            sealed = self.check_results.passed(check, holder)
        else:
            sealed = self.check_results.stopped(check, holder)
        response = go(HERE)
        self.browser.cookies.set_check_result(response, sealed)
        self.browser.keep(response)
        return response

    def show(self) -> Response:
        user = signed_in_user()
        sealed = self.browser.cookies.check_result(request)
        result = self.check_results.open(sealed, self._holder(user))
        if result is None:
            raise NotFound(RESULT_GONE, HERE)
        signed_in = user.signed_in if user else None
        diagnosis = self.diagnosis.of(result)
        tenant_id = diagnosis.known.trace.tenant_id
        if result.purpose is Purpose.TEST:
            if signed_in is not None and may_test(signed_in, tenant_id):
                return self._test(result, diagnosis, user)
            if tenant_id is not None and (signed_in is None or self._at_work(tenant_id)):
                return self._test(result, diagnosis, None)
        if signed_in is None or (result.purpose is Purpose.TEST and result.passed is not None):
            raise NotFound(RESULT_GONE, HERE)
        if result.passed is not None:
            return proof_page(result.passed, signed_in)
        return failed_proof_page(_stopped(result, diagnosis), signed_in)

    def _holder(self, user: SignedInUser | None) -> str:
        return holder_of(user.signed_in.session.id if user else None, self.browser.name())

    def _at_work(self, tenant_id: TenantId) -> bool:
        """Whether this browser has opened a set-up link of this tenant, whoever is signed in beside it."""
        seen = self.setup_links.at_work(self.browser.cookies.setup(request))
        return seen is not None and seen.tenant.id == tenant_id

    def _test(self, result: CheckResult, diagnosis: Diagnosis, user: SignedInUser | None) -> Response:
        """`user` is None for somebody without an account, who may not read who has one."""
        code = diagnosis.known.trace.reason
        why = reason(code) if code else None
        known, staff = diagnosis.known, user is not None and _is_staff(user.signed_in)
        response = page(
            "test_result.html",
            status=why.status if why else 200,
            form_targets=["https:", *self._targets(diagnosis)],
            tenant=None if staff or user is None else user.signed_in.tenant,
            customer=known.tenant,
            again=_again(result, diagnosis, user),
            onward=result.return_to,
            settings_url=_settings_url(result, diagnosis, user),
            own=result.passed.own if result.passed else None,
            signed_in=user is not None,
            csrf_token=self.browser.csrf_token(user) if user else self._token_of_link(),
            **story(diagnosis, result.passed, now=self.clock.now(), named=user is not None),
        )
        return retry_when_it_passes(response, why.status, known.trace.details) if why else response

    def _token_of_link(self) -> str:
        cookie = self.browser.cookies.setup(request)
        return self.browser.guard.token(setup_binding(cookie)) if cookie else ""

    def _targets(self, diagnosis: Diagnosis) -> list[str]:
        connection = diagnosis.known.connection
        provider = connection.provider if connection else None
        return [url for url in (provider.issuer, provider.authorization_endpoint) if url] if provider else []


def _again(result: CheckResult, diagnosis: Diagnosis, user: SignedInUser | None) -> str | None:
    """Where its button posts to: a draft's on the page that the result leads back to, which starts its tests."""
    tenant, connection = diagnosis.known.tenant, diagnosis.known.connection
    if tenant is None or connection is None:
        return None
    if connection.is_draft:
        return result.return_to
    return test_url(tenant, connection, staff=_is_staff(user.signed_in)) if user is not None else None


def _settings_url(result: CheckResult, diagnosis: Diagnosis, user: SignedInUser | None) -> str | None:
    """Where its scopes and claims are changed: the step of a draft, or the page on which a change begins."""
    tenant, connection = diagnosis.known.tenant, diagnosis.known.connection
    if tenant is None or connection is None:
        return None
    if connection.is_draft:
        return result.return_to.removesuffix(Step.TEST) + Step.CLAIMS
    if user is None:
        return None
    staff = _is_staff(user.signed_in)
    return tenant_url(tenant.slug, "sso", connection.id) if staff else f"{SIGN_ON}sso/{connection.id}"


def _is_staff(signed_in: SignedIn) -> bool:
    return signed_in.tenant.slug == STAFF


def _stopped(result: CheckResult, diagnosis: Diagnosis) -> LoginStopped:
    """With its trace, as far as that was kept."""
    if result.stopped is None:
        raise RuntimeError("only of one that stopped")
    check = result.stopped
    return LoginStopped(diagnosis.known.trace, check.code, return_to=check.return_to, purpose=check.purpose)
