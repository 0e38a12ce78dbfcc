"""`/account/check`: how a check of a connection ended, for the browser that has just made it."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.errors import NotFound
from app.domain.sessions.session import SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import LoginStopped, Trace
from app.services.login.check_results import CheckResultService, StoppedCheck
from app.services.login.connection_checks import ConnectionCheck
from app.services.traces.traces import TraceService
from app.web.browser import Browser
from app.web.connection_checks import RESULT_GONE, failed_proof_page, proof_page
from app.web.pages import go
from app.web.user_session import signed_in_user

HERE = "/account/check"


@dataclass(frozen=True, slots=True)
class CheckResultViews:
    """The callback keeps a result here, and sends the browser on to it."""

    check_results: CheckResultService
    traces: TraceService
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("check_result", __name__)
        blueprint.add_url_rule(HERE, view_func=self.show, endpoint="show")
        return blueprint

    def keep(self, check: ConnectionCheck | StoppedCheck, signed_in: SignedIn) -> Response:
        session = signed_in.session.id
        if isinstance(check, ConnectionCheck):
            sealed = self.check_results.passed(check, session)
        else:
            sealed = self.check_results.stopped(check, session)
        response = go(HERE)
        self.browser.cookies.set_check_result(response, sealed)
        return response

    def show(self) -> Response:
        user = signed_in_user()
        if user is None:
            raise NotFound(RESULT_GONE, HERE)
        sealed = self.browser.cookies.check_result(request)
        result = self.check_results.open(sealed, user.signed_in.session.id)
        if result is not None and result.passed is not None:
            return proof_page(result.passed, user.signed_in)
        if result is not None and result.stopped is not None:
            return failed_proof_page(self._stopped(result.stopped, at=result.ended_at), user.signed_in)
        raise NotFound(RESULT_GONE, HERE)

    def _stopped(self, check: StoppedCheck, *, at: float) -> LoginStopped:
        """With its trace, as far as that was kept."""
        try:
            trace = self.traces.get(check.reference)
        except NotFound:
            trace = Trace(
                check.reference, at, tenant_id=None, tenant=None, connection=None, method=Method.SSO, reason=check.code
            )
        return LoginStopped(trace, check.code, return_to=check.return_to, purpose=check.purpose)
