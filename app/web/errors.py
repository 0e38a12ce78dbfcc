"""Turns exceptions into pages, in one place. A 500 is our own bug and never reveals its cause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from app.domain.errors import Detail, NotFound, Refused, SsoError, StoreUnavailable
from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.reasons import ReasonCode, reason
from app.domain.sessions.session import SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.step_up import SELECT_ACCOUNT
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import LoginStopped
from app.ports.system import Randomness
from app.services.traces.traces import TraceService
from app.web.connection_checks import RESULT_GONE, failed_proof_page
from app.web.connections.connection_keys import KEY_SET
from app.web.i18n import gettext, speak_for
from app.web.oauth2.published import PUBLISHED
from app.web.pages import RETRY_AFTER_S, login_url, page, what_to_do, with_query
from app.web.readers import change_language_at
from app.web.site.metrics import Metrics
from app.web.user_session import signed_in_user

SOMEBODY_ELSE = SELECT_ACCOUNT
"""What to ask of a provider at which someone is signed in already (OpenID Connect Core, section 3.1.2.1)."""
NOT_THIS_PERSON = (
    ReasonCode.NO_ACCOUNT,
    ReasonCode.ACCOUNT_DISABLED,
    ReasonCode.EMAIL_MISSING,
    ReasonCode.EMAIL_UNVERIFIED,
    ReasonCode.EMAIL_OUTSIDE_DOMAINS,
    ReasonCode.HELD_NEW_SUBJECT,
    ReasonCode.HELD_EMAIL_MOVED,
)
"""Reasons for which another account may help: at a shared computer the provider's session would answer again."""
ONCE_MORE = (ReasonCode.LOGIN_REQUIRED, ReasonCode.ATTEMPT_USED)
"""Reasons that another click on OAuth Login resolves."""
PASSWORD_FORMS = ("login.password", "second_factor.code", "password.ask", "password.new", "password_change.change")
MACHINE_PATHS = ("/session", "/forward-auth", "/healthz", "/readyz", "/metrics")
MACHINE_VIEWS = (KEY_SET, *PUBLISHED)
SUPPORT = "/support/"
PROBLEM = "application/problem+json"

_log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class ErrorPages:
    """Turns every exception from a view into a response with the right status."""

    randomness: Randomness
    traces: TraceService
    metrics: Metrics

    def mount(self, app: Flask) -> None:
        app.register_error_handler(LoginStopped, self.login_stopped)
        app.register_error_handler(SsoError, self.sso_error)
        app.register_error_handler(NotFound, self.not_found)
        app.register_error_handler(Refused, self.refused)
        app.register_error_handler(HTTPException, self.http_error)
        app.register_error_handler(Exception, self.bug)

    def login_stopped(self, error: LoginStopped) -> Response:
        """A failed login attempt: its trace is recorded, and the page shows its reference."""
        trace = error.trace
        self.note(error)
        signed_in = self.signed_in()
        if error.purpose is not Purpose.LOGIN and signed_in is not None:
            return failed_proof_page(error, signed_in)
        return self._answer(
            error.code,
            reference=trace.reference,
            actions=_ways_on(error, signed_in=signed_in is not None),
            tenant=error.tenant,
            details=trace.details,
        )

    def note(self, error: LoginStopped) -> None:
        """Count it, and add its reference to the request's log line."""
        g.reference = error.trace.reference
        outcome = reason(error.code).outcome.value
        self.metrics.logins.labels(error.trace.method.value, outcome, error.code.value).inc()
        if error.code is ReasonCode.INTERNAL:
            _log.error("bug", reference=error.trace.reference, exc_info=error.__cause__)

    def on_the_form(
        self, error: LoginStopped, show: Callable[..., Response], *, problem: str | None = None
    ) -> Response:
        """The form again, rendered by `show`. `problem` replaces the reason's own text."""
        self.note(error)
        why = reason(error.code)
        said = problem or f"{gettext(why.sentence)} {what_to_do(error.code, error.trace.details)}"
        response = show(problem=said, reference=error.trace.reference, status=why.status)
        return retry_later(response, error.trace.details.get("retry_after_s"))

    def sso_error(self, error: SsoError) -> Response:
        """A refusal outside any login attempt: a store is unavailable, a form was not ours."""
        reference = g.reference = self.randomness.reference()
        _log.warning("refused", reason=error.code.value, reference=reference, **error.details)
        method = Method.PASSWORD if request.endpoint in PASSWORD_FORMS else Method.SSO
        if not isinstance(error, StoreUnavailable):
            self.traces.refused(error, method=method, reference=reference)
        user = self.signed_in()
        home = [{"label": gettext("Go to your account"), "url": "/account"}] if user else None
        return self._answer(error.code, reference=reference, actions=home, tenant=user.tenant if user else None)

    def not_found(self, error: NotFound) -> Response:
        _log.info("not_found", what=error.what)
        if request.path.startswith(SUPPORT):
            title = gettext("Page not found")
            sentence = gettext("There is nothing at this address.")
            next_step = gettext("Check the address, or start from the list of tenants.")
        elif error.what == RESULT_GONE:
            title = gettext("Test result not found")
            sentence = gettext("This test result is no longer available.")
            next_step = gettext("A result is shown for 5 minutes, only in the browser that ran the test. Run it again.")
        elif error.what == "tenant":
            title = gettext("Workspace not found")
            sentence = gettext("There is no workspace at this address.")
            next_step = gettext("Check the address, or find your workspace by its name or your work email.")
        else:
            title = gettext("Page not found")
            sentence = gettext("There is nothing at this address.")
            next_step = gettext("Check the address, or start again from the sign-in page.")
        return self._plain(404, title=title, sentence=sentence, next_step=next_step)

    def refused(self, error: Refused) -> Response:
        """A refusal that the form's page does not handle itself."""
        sentence = gettext(error.sentence, **error.values)
        next_step = gettext("Nothing was changed. Go back, and look at the page again.")
        return self._plain(HTTPStatus.CONFLICT, sentence=sentence, next_step=next_step)

    def http_error(self, error: HTTPException) -> Response:
        status = error.code or 500
        if status < HTTPStatus.BAD_REQUEST:
            return Response(status=status, headers=dict(error.get_headers()))
        if status == HTTPStatus.NOT_FOUND:
            return self.not_found(NotFound("page", request.path))
        response = self._plain(
            status,
            sentence=gettext("We couldn't process this request."),
            next_step=gettext("Go back and start again from the sign-in page."),
        )
        if status == HTTPStatus.METHOD_NOT_ALLOWED and error.get_response().headers.get("Allow"):
            response.headers["Allow"] = error.get_response().headers["Allow"]
        return response

    def bug(self, error: Exception) -> Response:
        reference = self.randomness.reference()
        _log.error("bug", reference=reference, exc_info=error)
        return self._answer(ReasonCode.INTERNAL, reference=reference)

    def _answer(
        self,
        code: ReasonCode,
        *,
        reference: str,
        actions: list[dict[str, str]] | None = None,
        tenant: Tenant | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> Response:
        why, details = reason(code), details or {}
        if tenant is not None:
            speak_for(tenant.reader)
        if _machine():
            response = problem(why.status, code.value, reference=reference)
        else:
            change_language_at(login_url(tenant))
            response = page(
                "error.html",
                status=why.status,
                title=self._title(code),
                sentence=gettext(why.sentence),
                next_step=what_to_do(code, details),
                reference=reference,
                actions=actions or [{"label": gettext("Back to sign-in"), "url": "/"}],
                tenant=tenant,
            )
        if why.status in (429, 503):
            retry = details.get("retry_after_s")
            response.headers["Retry-After"] = str(retry if isinstance(retry, int) else RETRY_AFTER_S)
        return response

    def _plain(self, status: int, *, sentence: str, next_step: str, title: str = "") -> Response:
        reference = g.reference = self.randomness.reference()
        if _machine():
            return problem(status, "request", reference=reference)
        onward = {"label": gettext("Find your workspace"), "url": "/"}
        if request.path.startswith(SUPPORT):
            onward = {"label": gettext("Tenants"), "url": SUPPORT}
        return page(
            "error.html",
            status=status,
            title=title or gettext("Something went wrong"),
            sentence=sentence,
            next_step=next_step,
            reference=reference,
            actions=[onward],
        )

    def _title(self, code: ReasonCode) -> str:
        if code is ReasonCode.LINK_REFUSED or self.signed_in():  # a link signs nobody in anyway
            return gettext("Something went wrong")
        return gettext("We couldn't sign you in")

    def signed_in(self) -> SignedIn | None:
        """Whom this browser belongs to, as far as that can be found out at this moment."""
        try:
            user = signed_in_user()
        except SsoError:
            return None
        return user.signed_in if user else None


def _ways_on(error: LoginStopped, *, signed_in: bool) -> list[dict[str, str]]:
    """Buttons for the page of a stopped login, the best one first."""
    code, tenant, connection = error.code, error.tenant, error.trace.connection
    onward = None if error.return_to == ACCOUNT_HOME else error.return_to
    ways = [{"label": gettext("Back to sign-in"), "url": with_query(login_url(tenant), next=onward)}]
    account = {"label": gettext("Go to your account"), "url": "/account"}
    if tenant is not None and connection:
        url = oauth_login_url(tenant, connection, onward=error.return_to)
        if code is ReasonCode.SIGNED_IN_ELSEWHERE or (code in ONCE_MORE and not signed_in):
            ways.insert(0, {"label": gettext("OAuth Login"), "url": url})
        if code in NOT_THIS_PERSON:
            url = oauth_login_url(tenant, connection, onward=error.return_to, prompt=SOMEBODY_ELSE)
            ways.append({"label": gettext("Sign in as someone else"), "url": url})
    if code is ReasonCode.SIGNED_IN_ELSEWHERE:
        ways[-1] = account
    if code is ReasonCode.ATTEMPT_USED:  # after a double click the person may be signed in by now
        ways.insert(0, account)
    if code is ReasonCode.LINK_REFUSED and tenant is not None:
        ways.insert(0, {"label": gettext("Request a new link"), "url": f"/t/{tenant.slug}/password/forgot"})
    return ways


def oauth_login_url(tenant: Tenant, connection: str | None, *, onward: str | None = None, prompt: str = "") -> str:
    """The same login again, but with permission for the provider to ask the person."""
    return with_query(f"/t/{tenant.slug}/oauth/login", connection=connection, next=onward, prompt=prompt)


def somebody_else_url(signed_in: SignedIn, *, onward: str) -> str:
    """A login as another person, from a session."""
    if signed_in.session.method is Method.SSO:
        return oauth_login_url(signed_in.tenant, signed_in.connection, onward=onward, prompt=SOMEBODY_ELSE)
    return with_query(login_url(signed_in.tenant), next=onward, prompt="login")


def problem_body(status: int, code: str, reference: str | None = None) -> dict[str, object]:
    """RFC 9457, section 3.1."""
    body: dict[str, object] = {"type": "about:blank", "status": status, "title": code}
    return {**body, "reference": reference} if reference else body


def problem(status: int, code: str, *, reference: str | None = None) -> Response:
    response = jsonify(problem_body(status, code, reference))
    response.status_code = status
    response.mimetype = PROBLEM
    return response


def retry_later(response: Response, retry_after_s: Detail) -> Response:
    """With the seconds to wait, if any."""
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def _machine() -> bool:
    return request.path.startswith(MACHINE_PATHS) or request.endpoint in MACHINE_VIEWS
