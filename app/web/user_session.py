"""Who is signed in, through Flask-Login: by its request loader only. The one file that knows Flask-Login.

Its remember cookie, its own session and `login_user` stay unused: a session is a row that one query answers for.
"""

from dataclasses import dataclass

from flask import Flask, Request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, current_user

from app.domain.sessions.session import SignedIn
from app.services.sessions.sessions import SessionService
from app.web.cookies import Cookies


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Flask-Login's user: the session, and the cookie that stands for it."""

    signed_in: SignedIn
    token: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.signed_in.account.id


class NoSession(SessionInterface):
    """There is no Flask session: nothing is kept in the browser but an opaque id."""

    def open_session(self, app: Flask, request: Request) -> None:  # noqa: ARG002 - Flask's shape
        return None

    def save_session(self, app: Flask, session: SessionMixin, response: object) -> None:
        """Never reached: a null session is not saved."""


def mount_user_session(app: Flask, sessions: SessionService, cookies: Cookies) -> None:
    """Make `signed_in_user` work in every view."""
    app.session_interface = NoSession()
    # A name that no browser can send: a forged remember cookie must not keep the request loader from being asked.
    app.config["REMEMBER_COOKIE_NAME"] = "no remember; cookie"
    manager = LoginManager()
    manager.session_protection = None
    # Not in templates: an error page must not ask the store that is away.
    manager.init_app(app, add_context_processor=False)

    @manager.request_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def load(request: Request) -> SignedInUser | None:
        token = cookies.session(request)
        signed_in = sessions.check(token)
        return SignedInUser(signed_in=signed_in, token=token) if signed_in and token else None


def signed_in_user() -> SignedInUser | None:
    """Of the present request; asked once, whoever asks."""
    return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 - the proxy's way out
