"""The browser of the present request: its cookie, CSRF tokens, and the response that signs it in."""

from dataclasses import dataclass

from flask import Response, g, request
from flask.globals import request_ctx

from app.domain.errors import SsoError
from app.domain.reasons import Outcome, ReasonCode
from app.domain.sessions.visitor import Visitor
from app.ports.system import Randomness
from app.services.login.outcomes import Begun
from app.services.sessions.sessions import Opened
from app.web.i18n import wished_language
from app.web.pages import go
from app.web.site.cookies import Cookies
from app.web.site.csrf import CsrfGuard, browser_binding, session_binding
from app.web.site.metrics import Metrics
from app.web.user_session import SignedInUser, signed_in_user


def client_ip() -> str:
    """Where the present request comes from."""
    return request.remote_addr or ""


@dataclass(frozen=True, slots=True)
class Browser:
    """The client's address in the present request."""

    cookies: Cookies
    guard: CsrfGuard
    randomness: Randomness
    metrics: Metrics

    def name(self) -> str:
        """The browser's cookie, or the value that `keep` will set."""
        known = self.cookies.browser(request)
        if known:
            return known
        if "new_browser" not in g:
            g.new_browser = self.randomness.token()
        return str(g.new_browser)

    def visitor(self) -> Visitor:
        """Who sends the present request: the only place that reads it."""
        sent = request_ctx.request  # itself: `request` looks it up for each of these
        return Visitor(
            client_ip=client_ip(),
            browser=self.name(),
            user_agent=sent.headers.get("User-Agent", ""),
            session=self.cookies.session(sent),
            setup=self.cookies.setup(sent),
            device=self.cookies.device(sent),
            language=wished_language(),
        )

    def keep(self, response: Response) -> None:
        """Set the browser's cookie if it has none."""
        if not self.cookies.browser(request):
            self.cookies.set_browser(response, self.name())

    def onward(self) -> list[str]:
        """Where a form that completes a login may lead, for the CSP: hosts that the vendor named, and waiting apps.

        A browser holds every redirect after a form against it, those of the app as well, which nobody here knows: for
        an app on the web any `https` address.
        """
        uris = [pending.request.reply_to.redirect_uri for pending in self.cookies.all_pending(request)]
        apps = ["https:" if uri.startswith("https:") else uri for uri in uris]
        return [*self.cookies.options.forward_auth_origins, *apps]

    def csrf_context(self, user: SignedInUser | None = None) -> tuple[CsrfGuard, str]:
        """A token for a form in a user's session; without a `user`, for a form posted before there is a session."""
        return self.guard, session_binding(user.token) if user else browser_binding(self.name())

    def csrf_token(self, user: SignedInUser | None = None) -> str:
        guard, binding = self.csrf_context(user)
        return guard.token(binding)

    def check_csrf(self) -> None:
        """Raises SsoError `csrf` unless the form was made for this browser."""
        known = self.cookies.browser(request)
        self.guard.check(request, browser_binding(known) if known else None)

    def poster(self) -> SignedInUser:
        """The user who posted this form. Raises SsoError `csrf` if there is no session or the form is not from it."""
        user = signed_in_user()
        if user is None:
            raise SsoError(ReasonCode.CSRF)
        self.guard.check(request, session_binding(user.token))
        return user

    def sent_out(self, begun: Begun) -> Response:
        """Redirect to the provider; what the callback needs travels in a cookie."""
        response = go(begun.url, status=303 if request.method == "POST" else 302)
        self.cookies.set_attempt(request, response, begun.attempt, begun.sealed)
        return response

    def signed_in(self, opened: Opened, *, shown: Response | None = None) -> Response:
        """The only place that sets a session cookie: on a redirect, or with a page that must be seen first."""
        method = opened.session.method.value
        self.metrics.logins.labels(method, Outcome.SIGNED_IN.value, "").inc()
        g.reference = opened.session.reference
        response = shown or go(opened.return_to)
        self.cookies.set_session(response, opened.token)
        if opened.device_cookie is not None:
            self.cookies.set_device(response, opened.device_cookie)
        return response
