"""The authorization endpoint: OpenID Connect Core, section 3.1.2; RFC 9207; OAuth 2.0 Form Post Response Mode."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from app.domain.errors import SsoError
from app.domain.login.login_hint import parse_login_hint
from app.domain.oauth2.authorization_request import Answerable, Parameters
from app.domain.oauth2.authorization_response import AuthorizationResponse, error_response
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.pending_authorization import PendingAuthorization
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import SELECT_ACCOUNT
from app.domain.traces.trace import LoginStopped
from app.ports.logins import Workspace
from app.ports.provider_client import AuthorizationOptions
from app.services.oauth2.authorization_requests import AuthorizationRequests
from app.services.oauth2.authorize import (
    AuthorizeService,
    ChoiceNeeded,
    ConsentNeeded,
    LoginNeeded,
    Next,
    denied,
)
from app.services.oauth2.waiting_app import OAuth2WaitingApp
from app.web.browser import Browser, client_ip
from app.web.oauth2.consent import consent_page
from app.web.oauth2.ways import CONTINUE, choice_url, continue_url, login_url, onward
from app.web.pages import go, page
from app.web.readers import UI_LOCALES, languages_wanted
from app.web.user_session import signed_in_user

LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AuthorizeViews:
    """`/oauth2/authorize`, and `/oauth2/authorize/continue`, which the person comes back to after each step."""

    requests: AuthorizationRequests
    authorize: AuthorizeService
    browser: Browser
    to_only_provider: Callable[[str, Workspace | None, str, AuthorizationOptions], Response | None]
    """The redirect to a workspace's provider, if its page would offer nothing else (`LoginViews`)."""
    stopped: Callable[[LoginStopped], Response]
    """The page that explains a login that stopped (`ErrorPages`)."""

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("authorize", __name__)
        blueprint.add_url_rule("/oauth2/authorize", view_func=self.ask, endpoint="ask", methods=["GET", "POST"])
        blueprint.add_url_rule(CONTINUE, view_func=self.resume, endpoint="resume")
        blueprint.add_url_rule(CONTINUE, view_func=self.decide, endpoint="decide", methods=["POST"])
        return blueprint

    def ask(self) -> Response:
        """Errors reach the app only once client and redirect URI are known to belong together."""
        given = _parameters()
        try:
            pending, client, workspace = self.requests.receive(given, signed_in=self._has_session())
            if request.method == "POST":  # another site's form comes without our cookies, the page after it with them
                return self._keep(go(continue_url(pending)), pending)
            return self._next(pending, client, workspace)
        except Answerable as error:
            return self._answer(error_response(error, issuer=self.authorize.issuer))
        except OAuth2Error as error:
            raise _not_answerable(error, given) from error

    def resume(self) -> Response:
        pending = self._pending(request.args.get("request", ""))
        try:
            return self._next(pending, self.requests.still_valid(pending))
        except Answerable as error:
            return self._answer(error_response(error, issuer=self.authorize.issuer), pending)
        except OAuth2Error as error:
            raise _not_answerable(error, {"client_id": [pending.request.client_id]}) from error

    def waiting_app(self) -> OAuth2WaitingApp:
        """The app whose request may have led to the login that ends with the present request."""
        return OAuth2WaitingApp(self.requests, self.authorize, self._request_for, client_ip())

    def after_login(self, app: OAuth2WaitingApp) -> Response | None:
        """None if it has no answer: the browser is sent to `resume`, which asks, or says what is wrong."""
        return self._answer(app.answered, app.pending) if app.answered is not None else None

    def decide(self) -> Response:
        """The consent page's form."""
        user = self.browser.poster()
        pending = self._pending(request.form.get("request", ""))
        try:
            client = self.requests.still_valid(pending)
            if request.form.get("decision") != "allow":
                raise denied(pending)
            answer = self.authorize.allow(pending, client, user.signed_in, client_ip=client_ip())
        except Answerable as error:
            return self._answer(error_response(error, issuer=self.authorize.issuer), pending)
        except OAuth2Error as error:
            raise _not_answerable(error, {"client_id": [pending.request.client_id]}) from error
        return go(continue_url(pending)) if answer is None else self._answer(answer, pending)

    def _has_session(self) -> bool:
        """Whoever signs in for an app has none, as a rule: then Flask-Login need not be asked."""
        return bool(self.browser.cookies.session(request))

    def _next(self, pending: PendingAuthorization, client: Client, workspace: Workspace | None = None) -> Response:
        user = signed_in_user() if self._has_session() else None
        signed_in = user.signed_in if user else None
        try:
            step: Next = self.authorize.proceed(pending, client, signed_in, client_ip=client_ip())
        except LoginStopped as error:
            if not pending.silent:
                raise
            raise pending.refused("access_denied", f"refused: {error.trace.reference}") from error
        match step:
            case AuthorizationResponse():
                return self._answer(step, pending)
            case LoginNeeded():
                return self._keep(self._to_provider(step, workspace) or go(login_url(step), status=302), step.pending)
            case ChoiceNeeded():
                return self._keep(go(choice_url(step.pending), status=302), step.pending)
            case ConsentNeeded() if request.path == CONTINUE and user is not None:
                return self._keep(consent_page(step, user.signed_in, csrf_token=self.browser.csrf_token(user)), pending)
        return self._keep(go(continue_url(pending), status=302), pending)

    def _to_provider(self, needed: LoginNeeded, workspace: Workspace | None) -> Response | None:
        """Without a page in between, if there is nothing to choose on it."""
        app_request = needed.pending.request
        if needed.again is not None or app_request.tenant is None:
            return None
        if SELECT_ACCOUNT in app_request.asked.prompt:  # at a shared computer the provider may know somebody else
            return None
        if app_request.ui_locales and UI_LOCALES not in request.args:  # pushed: the page's address tells the language
            return None
        options = AuthorizationOptions(
            login_hint=parse_login_hint(app_request.login_hint),
            ui_locales=languages_wanted(self.browser.cookies),
            step_up=needed.step_up,
        )
        try:
            return self.to_only_provider(app_request.tenant, workspace, onward(needed.pending), options)
        except LoginStopped as error:  # with the app's request kept, so that it can be tried again
            return self.stopped(error)

    def _request_for(self, return_to: str) -> PendingAuthorization | None:
        path, _, query = return_to.partition("?")
        if path != CONTINUE:
            return None
        try:
            return self._pending(dict(parse_qsl(query)).get("request", ""))
        except SsoError:
            return None

    def _pending(self, request_id: str) -> PendingAuthorization:
        return self.requests.open(request_id, self.browser.cookies.pending(request, request_id))

    def _keep(self, response: Response, pending: PendingAuthorization) -> Response:
        self.browser.cookies.set_pending(request, response, pending, self.requests.seal(pending))
        return response

    def _answer(self, answer: AuthorizationResponse, pending: PendingAuthorization | None = None) -> Response:
        uri = answer.reply_to.redirect_uri
        if answer.posted:
            response = page(
                "repost.html",
                form_targets=["https:" if uri.startswith("https:") else uri],
                action=uri,
                fields=answer.parameters,
            )
        else:
            response = go(answer.url, status=303 if request.method == "POST" else 302)
        if pending is not None and self.browser.cookies.pending(request, pending.id) is not None:
            self.browser.cookies.clear_pending(response, pending)
        return response


def _parameters() -> Parameters:
    """A form's own if there is a form: never those of its address as well."""
    return (request.form if request.method == "POST" else request.args).to_dict(flat=False)


def _not_answerable(error: OAuth2Error, given: Parameters) -> SsoError:
    """For a page: whoever the app says it is, nobody is sent to an address that has not been checked."""
    client = (given.get("client_id") or [""])[0]
    return SsoError(ReasonCode.APP_REQUEST_INVALID, client=client[:LONGEST_SHOWN] or None, error=error.description)
