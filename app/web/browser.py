"""The browser before and at the moment of login: its own cookie, forms bound to it, the answer that signs it in."""

from dataclasses import dataclass

from flask import Response, g, request

from app.domain.reasons import Outcome
from app.ports.system import Randomness
from app.services.login import Begun
from app.services.sessions import Opened
from app.web.cookies import Cookies
from app.web.csrf import CsrfGuard, browser_binding
from app.web.metrics import Metrics
from app.web.pages import go


def address() -> str:
    """Where the present request comes from."""
    return request.remote_addr or ""


@dataclass(frozen=True, slots=True)
class Browser:
    """Of the present request."""

    cookies: Cookies
    guard: CsrfGuard
    randomness: Randomness
    metrics: Metrics

    def name(self) -> str:
        """The browser's cookie, or the one that `keep` will give it."""
        known = self.cookies.browser(request)
        if known:
            return known
        if "new_browser" not in g:
            g.new_browser = self.randomness.token()
        return str(g.new_browser)

    def keep(self, response: Response) -> None:
        """Give the browser its cookie where it has none."""
        if not self.cookies.browser(request):
            self.cookies.set_browser(response, self.name())

    def csrf_context(self) -> tuple[CsrfGuard, str]:
        return self.guard, browser_binding(self.name())

    def csrf_token(self) -> str:
        return self.guard.token(browser_binding(self.name()))

    def check_csrf(self) -> None:
        """Raises SsoError `csrf` unless the form was made for this browser."""
        known = self.cookies.browser(request)
        self.guard.check(request, browser_binding(known) if known else None)

    def sent_out(self, begun: Begun) -> Response:
        """To the provider; what is to be known on the way back travels in a cookie."""
        response = go(begun.url, status=303 if request.method == "POST" else 302)
        self.cookies.set_attempt(request, response, begun.attempt, begun.sealed)
        return response

    def signed_in(self, opened: Opened, *, shown: Response | None = None) -> Response:
        """The only place that hands out a session's cookie: on the way on, or with a page that must be seen first."""
        method = opened.session.method.value
        self.metrics.logins.labels(method=method, outcome=Outcome.SIGNED_IN.value, reason="").inc()
        g.reference = opened.session.reference
        response = shown or go(opened.return_to)
        self.cookies.set_session(response, opened.token)
        return response
