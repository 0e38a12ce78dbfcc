"""Who is signed in, by Flask-Login's request loader. The only file that imports Flask-Login.

Its remember cookie, its own session and `login_user` are not used: a session is a row, read by one query.
"""

from dataclasses import dataclass

from flask import Flask, Request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, current_user

from app.domain.sessions.session import SignedIn
from app.services.sessions.sessions import SessionService
from app.web.i18n import speak_for
from app.web.site.cookies import Cookies


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Flask-Login's user: the session and its cookie."""

    signed_in: SignedIn
    token: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.signed_in.account.id


class NoSession(SessionInterface):
    """There is no Flask session: the browser holds only an opaque id."""

    def open_session(self, app: Flask, request: Request) -> None:  # noqa: ARG002 - Flask's shape
        return None

    def save_session(self, app: Flask, session: SessionMixin, response: object) -> None:
        """Never reached: a null session is not saved."""


def mount_user_session(app: Flask, sessions: SessionService, cookies: Cookies) -> None:
    """Make `signed_in_user` work in every view."""
    app.session_interface = NoSession()
    # A name that no browser can send: a forged remember cookie must not bypass the request loader.
    app.config["REMEMBER_COOKIE_NAME"] = "no remember; cookie"
    manager = LoginManager()
    manager.session_protection = None
    # Not by `init_app`: after each response it would look for a remember cookie to set, and in templates, where an
    # error page must not query a store that is unavailable, for the user.
    app.login_manager = manager  # type: ignore[attr-defined]  # where Flask-Login looks for it

    @manager.request_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def load(request: Request) -> SignedInUser | None:
        token = cookies.session(request)
        signed_in = sessions.check(token)
        if signed_in is None or token is None:
            return None
        speak_for(signed_in.tenant.reader)
        return SignedInUser(signed_in=signed_in, token=token)


def logout_targets(user: SignedInUser) -> list[str]:
    """Where a sign-out button may lead, for the page's CSP: to the provider, and on to wherever that redirects to."""
    endpoint = user.signed_in.session.end_session_endpoint
    return ["https:", endpoint] if endpoint else []


def signed_in_user() -> SignedInUser | None:
    """The user of the present request; looked up at most once."""
    return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 - the proxy's way out
