"""The callback from the provider, and the account chooser."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, request

from app.domain.accounts.account import AccountId
from app.domain.connections.connection import ConnectionId
from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import return_to
from app.domain.reasons import ReasonCode
from app.domain.traces.trace import LoginStopped
from app.ports.provider_client import AuthorizationResponse
from app.ports.system import Clock
from app.services.accounts.matching import AccountService
from app.services.login.connection_checks import ConnectionCheck
from app.services.login.login import LoginService
from app.services.login.outcomes import Choice
from app.services.oauth2.waiting_app import OAuth2WaitingApp
from app.services.sessions.sessions import Opened, SessionService
from app.web.browser import Browser, client_ip
from app.web.errors import SOMEBODY_ELSE, ErrorPages, oauth_login_url, somebody_else_url
from app.web.login.check_result import CheckResultViews
from app.web.pages import cards, go, page, with_query
from app.web.site.options import SiteOptions
from app.web.user_session import SignedInUser, signed_in_user

PARAMETERS = ("code", "state", "iss", "error", "error_description")
CHOOSE = "/accounts/choose"
LONGEST = 4096
REPOSTED = "reposted"


@dataclass(frozen=True, slots=True)
class CallbackViews:
    """`/callback/<connection id>` and `/accounts/choose`."""

    login: LoginService
    accounts: AccountService
    sessions: SessionService
    clock: Clock
    options: SiteOptions
    browser: Browser
    errors: ErrorPages
    check_result: CheckResultViews
    waiting_app: Callable[[], OAuth2WaitingApp]
    """The app whose request may have led to the present login (`AuthorizeViews`)."""
    app_answer: Callable[[OAuth2WaitingApp], Response | None]
    """What it is answered; None if there is no such app, or something is still to be asked."""

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("callback", __name__)
        blueprint.add_url_rule(
            "/callback/<connection_id>", view_func=self.callback, endpoint="callback", methods=["GET", "POST"]
        )
        blueprint.add_url_rule(CHOOSE, view_func=self.chooser, endpoint="chooser")
        blueprint.add_url_rule(CHOOSE, view_func=self.choose, endpoint="choose", methods=["POST"])
        return blueprint

    def callback(self, connection_id: str) -> Response:
        answer = _answer()
        state = answer.state or ""
        sealed = self.browser.cookies.attempt(request, state)
        if request.method == "POST" and state and sealed is None and REPOSTED not in request.form:
            return self._repost(connection_id)
        app = self.waiting_app()
        try:
            result = self.login.complete(
                ConnectionId(connection_id),
                answer,
                self.browser.visitor(),
                sealed=sealed,
                app=app,
            )
        except LoginStopped as error:
            response = self._stopped(error)
            if error.code is ReasonCode.STORE_UNAVAILABLE:
                return response  # most likely the code was not spent, and a reload may finish the login
        else:
            response = self._past_the_form(self._ended(result, app))
        self.browser.cookies.clear_attempt(request, response, state)
        return response

    def chooser(self) -> Response:
        """For someone signed in: the other accounts of the same identity."""
        user = signed_in_user()
        if user is None:
            return go("/")
        signed_in, onward = user.signed_in, request.args.get("next")
        accounts = self.accounts.changeable(signed_in)
        if onward is not None:  # who was sent here to choose may stay who they are
            accounts = (signed_in.account, *accounts)
        if not accounts:
            return go("/account")
        return page(
            "choose.html",
            form_targets=self.browser.onward(),
            tenant=signed_in.tenant,
            heading_email=signed_in.account.email,
            accounts=cards(accounts, signed_in.tenant, now=self.clock.now()),
            ticket="",
            csrf_token=self.browser.csrf_token(user),
            action=with_query(CHOOSE, next=onward),
            other_login_url=None if onward is None else somebody_else_url(signed_in, onward=self._next(onward)),
        )

    def choose(self) -> Response:
        account_id = AccountId(request.form.get("account", ""))
        ticket = request.form.get("ticket", "")
        if ticket:
            self.browser.check_csrf()
            opened = self.login.choose(ticket, account_id, self.browser.visitor())
            return self.browser.signed_in(opened)
        user, onward = self.browser.poster(), request.args.get("next")
        if onward is not None and account_id == user.signed_in.account.id:
            return go(self._next(onward))
        opened = self._change(user, account_id)
        return self.browser.signed_in(opened if onward is None else replace(opened, return_to=self._next(onward)))

    def _next(self, raw: str) -> str:
        return return_to(raw, hosts=self.options.forward_auth_hosts)

    def _change(self, user: SignedInUser, account_id: AccountId) -> Opened:
        accounts = self.accounts.changeable(user.signed_in)
        return self.sessions.change_account(user.signed_in, accounts, account_id, client_ip=client_ip())

    def _ended(self, result: Opened | Choice | ConnectionCheck, app: OAuth2WaitingApp) -> Response:
        match result:
            case Choice():
                return self._chooser(result)
            case ConnectionCheck():
                return self._checked(result)
            case Opened():
                return self.browser.signed_in(result, shown=self.app_answer(app))

    def _stopped(self, error: LoginStopped) -> Response:
        kept = error.purpose is not Purpose.LOGIN and error.code is not ReasonCode.STORE_UNAVAILABLE
        # Who runs a test need not be signed in, unless the test was begun in a session that has ended.
        known = self.errors.signed_in() is not None or (
            error.purpose is Purpose.TEST and error.code is not ReasonCode.SESSION_CHANGED
        )
        if not kept or not known:
            return self.errors.login_stopped(error)
        return self.check_result.stopped(error)

    def _checked(self, check: ConnectionCheck) -> Response:
        if (
            check.purpose is not Purpose.TEST and signed_in_user() is None
        ):  # signed out by another tab, in this very moment
            return go("/")
        return self.check_result.keep(check)

    def _chooser(self, choice: Choice) -> Response:
        response = page(
            "choose.html",
            form_targets=self.browser.onward(),
            tenant=choice.tenant,
            heading_email=choice.email,
            accounts=cards(choice.accounts, choice.tenant, now=self.clock.now(), marked=choice.last),
            ticket=choice.ticket,
            csrf_token=self.browser.csrf_token(),
            action=CHOOSE,
            other_login_url=oauth_login_url(choice.tenant, choice.connection, prompt=SOMEBODY_ELSE),
        )
        self.browser.keep(response)
        return response

    def _repost(self, connection_id: str) -> Response:
        """A cross-site POST comes without our cookies: the page posts itself again from our own origin, once.

        Which app waits is in a cookie, too, so that its form may lead to ourselves only.
        """
        fields = [(name, value) for name in PARAMETERS if (value := _single(request.form.getlist(name)))]
        if sum(len(name) + len(value) for name, value in fields) > LONGEST:
            fields = []
        return page(
            "repost.html",
            action=f"/callback/{connection_id}",
            fields=[*fields, (REPOSTED, "1")],
        )

    def _past_the_form(self, response: Response) -> Response:
        """After that page, a page in place of a redirect that leads on to an app, or to another host.

        Browsers hold every redirect after a form against the policy of its page (CSP 3, section 6.4.1).
        """
        there = response.headers.get("Location")
        if there is None or REPOSTED not in request.form:
            return response
        if there.startswith("/") and not self.browser.cookies.all_pending(request):
            return response
        onward = page("onward.html", there=there)
        for cookie in response.headers.getlist("Set-Cookie"):
            onward.headers.add("Set-Cookie", cookie)
        return onward


def _answer() -> AuthorizationResponse:
    """The parameters. If any of them is repeated, the response is invalid (RFC 6749, section 3.1) and has no code."""
    sent = request.form if request.method == "POST" else request.args
    received = {name: sent.getlist(name) for name in PARAMETERS}
    values = {name: _single(texts) for name, texts in received.items()}
    if any(len(texts) > 1 for texts in received.values()):
        values |= {"code": "", "error": None}
    return AuthorizationResponse(**values)


def _single(texts: list[str]) -> str | None:
    """A parameter that came once; an empty string if it is repeated or too long, which no check accepts."""
    if not texts:
        return None
    return texts[0] if len(texts) == 1 and len(texts[0]) <= LONGEST else ""
